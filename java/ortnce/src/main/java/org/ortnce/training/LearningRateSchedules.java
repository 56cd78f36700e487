package org.ortnce.training;

import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;

/**
 * The schedules of tf.keras.optimizers.schedules under Keras's names, computed in double (Keras
 * computes in float). Powers and cosines are StrictMath's: the same bits on every machine.
 */
public final class LearningRateSchedules {
  private LearningRateSchedules() {}

  /** {@code learningRate} in every step. */
  public static LearningRateSchedule constant(double learningRate) {
    checkRate("learningRate", learningRate);
    return new Constant(learningRate);
  }

  /**
   * {@code initialLearningRate * decayRate^(step / decaySteps)}.
   *
   * @param staircase whether the quotient is rounded down
   */
  public static LearningRateSchedule exponentialDecay(
      double initialLearningRate, long decaySteps, double decayRate, boolean staircase) {
    checkRate("initialLearningRate", initialLearningRate);
    checkDecaySteps(decaySteps);
    checkRate("decayRate", decayRate);
    return new ExponentialDecay(initialLearningRate, decaySteps, decayRate, staircase);
  }

  /**
   * {@code (initialLearningRate - endLearningRate) * (1 - p)^power + endLearningRate} with {@code p
   * = min(step, decaySteps) / decaySteps}; linear for {@code power} 1.
   *
   * @param cycle whether {@code decaySteps} is, instead of stopping, multiplied by the least whole
   *     number that keeps p at or below 1
   */
  public static LearningRateSchedule polynomialDecay(
      double initialLearningRate,
      long decaySteps,
      double endLearningRate,
      double power,
      boolean cycle) {
    checkRate("initialLearningRate", initialLearningRate);
    checkDecaySteps(decaySteps);
    checkRate("endLearningRate", endLearningRate);
    checkRate("power", power);
    return new PolynomialDecay(initialLearningRate, decaySteps, endLearningRate, power, cycle);
  }

  /** {@link #polynomialDecay} of power 1, without cycle. */
  public static LearningRateSchedule linearDecay(
      double initialLearningRate, long decaySteps, double endLearningRate) {
    return polynomialDecay(initialLearningRate, decaySteps, endLearningRate, 1, false);
  }

  /**
   * {@code initialLearningRate * ((1 - alpha) * (1 + cos(pi p)) / 2 + alpha)} with {@code p =
   * min(step, decaySteps) / decaySteps}.
   *
   * @param alpha the last rate as a fraction of the first, in [0, 1]
   */
  public static LearningRateSchedule cosineDecay(
      double initialLearningRate, long decaySteps, double alpha) {
    checkRate("initialLearningRate", initialLearningRate);
    checkDecaySteps(decaySteps);
    checkAlpha(alpha);
    return new CosineDecay(initialLearningRate, decaySteps, alpha, OptionalDouble.empty(), 0);
  }

  /**
   * From {@code initialLearningRate} at step 0 linearly to {@code warmupTarget} at step {@code
   * warmupSteps}, then {@link #cosineDecay(double, long, double)} from there.
   */
  public static LearningRateSchedule cosineDecay(
      double initialLearningRate,
      long decaySteps,
      double alpha,
      double warmupTarget,
      long warmupSteps) {
    checkRate("initialLearningRate", initialLearningRate);
    checkDecaySteps(decaySteps);
    checkAlpha(alpha);
    checkRate("warmupTarget", warmupTarget);
    checkSteps("warmupSteps", warmupSteps);
    return new CosineDecay(
        initialLearningRate, decaySteps, alpha, OptionalDouble.of(warmupTarget), warmupSteps);
  }

  /**
   * {@code initialLearningRate / (1 + decayRate * step / decaySteps)}.
   *
   * @param staircase whether the quotient is rounded down
   */
  public static LearningRateSchedule inverseTimeDecay(
      double initialLearningRate, long decaySteps, double decayRate, boolean staircase) {
    checkRate("initialLearningRate", initialLearningRate);
    checkDecaySteps(decaySteps);
    checkRate("decayRate", decayRate);
    return new InverseTimeDecay(initialLearningRate, decaySteps, decayRate, staircase);
  }

  /**
   * {@code values[0]} while {@code step <= boundaries[0]}, {@code values[1]} while {@code step <=
   * boundaries[1]}, ..., the last value after the last boundary.
   *
   * @param boundaries ascending
   * @param values one more than boundaries
   */
  public static LearningRateSchedule piecewiseConstantDecay(
      List<Long> boundaries, List<Double> values) {
    if (values.size() != boundaries.size() + 1) {
      throw new IllegalArgumentException(
          values.size()
              + " values, expected one more than the "
              + boundaries.size()
              + " boundaries");
    }
    for (int i = 1; i < boundaries.size(); i++) {
      if (boundaries.get(i) <= boundaries.get(i - 1)) {
        throw new IllegalArgumentException("boundaries " + boundaries + " are not ascending");
      }
    }
    for (int i = 0; i < values.size(); i++) {
      checkRate("values[" + i + "]", values.get(i));
    }
    return new PiecewiseConstantDecay(List.copyOf(boundaries), List.copyOf(values));
  }

  static LearningRateSchedule withLinearWarmup(LearningRateSchedule schedule, long steps) {
    checkSteps("steps", steps);
    return steps == 0 ? schedule : new LinearWarmup(schedule, steps);
  }

  private record Constant(double learningRate) implements LearningRateSchedule {
    @Override
    public double at(long step) {
      return learningRate;
    }
  }

  private record ExponentialDecay(
      double initialLearningRate, long decaySteps, double decayRate, boolean staircase)
      implements LearningRateSchedule {
    @Override
    public double at(long step) {
      return initialLearningRate * StrictMath.pow(decayRate, quotient(step, decaySteps, staircase));
    }
  }

  private record PolynomialDecay(
      double initialLearningRate,
      long decaySteps,
      double endLearningRate,
      double power,
      boolean cycle)
      implements LearningRateSchedule {
    @Override
    public double at(long step) {
      double p = (double) step / decaySteps;
      p = cycle ? p / Math.max(1, Math.ceil(p)) : Math.min(p, 1);
      return (initialLearningRate - endLearningRate) * StrictMath.pow(1 - p, power)
          + endLearningRate;
    }
  }

  private record CosineDecay(
      double initialLearningRate,
      long decaySteps,
      double alpha,
      OptionalDouble warmupTarget,
      long warmupSteps)
      implements LearningRateSchedule {
    @Override
    public double at(long step) {
      double top = warmupTarget.orElse(initialLearningRate);
      if (step < warmupSteps) {
        return (top - initialLearningRate) * step / warmupSteps + initialLearningRate;
      }
      double p = (double) Math.min(step - warmupSteps, decaySteps) / decaySteps;
      double cosine = 0.5 * (1 + StrictMath.cos(Math.PI * p));
      return top * ((1 - alpha) * cosine + alpha);
    }
  }

  private record InverseTimeDecay(
      double initialLearningRate, long decaySteps, double decayRate, boolean staircase)
      implements LearningRateSchedule {
    @Override
    public double at(long step) {
      return initialLearningRate / (1 + decayRate * quotient(step, decaySteps, staircase));
    }
  }

  private record PiecewiseConstantDecay(List<Long> boundaries, List<Double> values)
      implements LearningRateSchedule {
    @Override
    public double at(long step) {
      int piece = 0;
      while (piece < boundaries.size() && step > boundaries.get(piece)) {
        piece++;
      }
      return values.get(piece);
    }
  }

  private record LinearWarmup(LearningRateSchedule schedule, long steps)
      implements LearningRateSchedule {
    LinearWarmup {
      Objects.requireNonNull(schedule, "schedule");
    }

    @Override
    public double at(long step) {
      double rate = schedule.at(step);
      return step < steps ? rate * ((step + 1.0) / steps) : rate;
    }
  }

  private static double quotient(long step, long decaySteps, boolean staircase) {
    double quotient = (double) step / decaySteps;
    return staircase ? Math.floor(quotient) : quotient;
  }

  private static void checkRate(String argument, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          argument + " is " + value + ", expected a finite number >= 0");
    }
  }

  private static void checkAlpha(double alpha) {
    if (!(alpha >= 0 && alpha <= 1)) {
      throw new IllegalArgumentException("alpha is " + alpha + ", expected [0, 1]");
    }
  }

  private static void checkDecaySteps(long decaySteps) {
    if (decaySteps <= 0) {
      throw new IllegalArgumentException(
          "decaySteps is " + decaySteps + ", expected a positive number");
    }
  }

  private static void checkSteps(String argument, long steps) {
    if (steps < 0) {
      throw new IllegalArgumentException(argument + " is " + steps + ", expected 0 or more");
    }
  }
}
