package org.ortnce.cli.train;

import java.util.OptionalDouble;
import org.ortnce.training.GradientClipping;
import org.ortnce.training.LearningRateSchedule;

/**
 * How gradients become updates.
 *
 * @param kind the optimizer
 * @param learningRate at its highest; positive
 * @param schedule how it falls
 * @param warmup steps in which it first rises linearly; 0 or more
 * @param clipNorm the highest norm of all gradients together; positive
 */
public record OptimizerSettings(
    OptimizerKind kind,
    double learningRate,
    ScheduleKind schedule,
    long warmup,
    OptionalDouble clipNorm) {

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException naming the value that is out of range
   */
  public OptimizerSettings {
    Ranges.positive("learning rate", learningRate);
    Ranges.atLeast("warmup", warmup, 0);
    clipNorm.ifPresent(norm -> Ranges.positive("clip norm", norm));
  }

  /** The learning rate of each of {@code steps} steps. */
  LearningRateSchedule rates(long steps) {
    return schedule.schedule(learningRate, steps).withLinearWarmup(warmup);
  }

  /** The limit of the gradients' norm. */
  GradientClipping clipping() {
    return clipNorm.isPresent()
        ? GradientClipping.byGlobalNorm(clipNorm.getAsDouble())
        : GradientClipping.none();
  }
}
