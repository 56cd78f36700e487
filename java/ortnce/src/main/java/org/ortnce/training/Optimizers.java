package org.ortnce.training;

/**
 * The optimizers of tf.keras.optimizers under Keras's names and defaults. The learning rate is no
 * part of them: each step gives it.
 */
public final class Optimizers {
  private Optimizers() {}

  /** Plain gradient descent: {@code w -= learning_rate * g}. No slots. */
  public static Optimizer sgd() {
    return new Sgd();
  }

  /**
   * Gradient descent with momentum (Keras's SGD): {@code m = momentum * m - learning_rate * g} and
   * {@code w += m}, or with {@code nesterov} {@code w += momentum * m - learning_rate * g}. Slot
   * {@code momentum}, initially 0.
   *
   * @param momentum in [0, 1)
   */
  public static Optimizer momentum(double momentum, boolean nesterov) {
    checkFraction("momentum", momentum);
    return new Momentum(momentum, nesterov);
  }

  /** {@link #adagrad(double, double)} with 0.1 and 1e-7. */
  public static Optimizer adagrad() {
    return adagrad(0.1, 1e-7);
  }

  /**
   * Adagrad: {@code accumulator += g^2} and {@code w -= learning_rate * g / sqrt(accumulator +
   * epsilon)}. Slot {@code accumulator}.
   *
   * @param initialAccumulatorValue 0 or more
   * @param epsilon 0 or more; with both 0, an element whose gradients were all 0 becomes NaN
   */
  public static Optimizer adagrad(double initialAccumulatorValue, double epsilon) {
    checkNotNegative("initialAccumulatorValue", initialAccumulatorValue);
    checkNotNegative("epsilon", epsilon);
    return new Adagrad(initialAccumulatorValue, epsilon);
  }

  /** {@link #adam(double, double, double)} with 0.9, 0.999 and 1e-7. */
  public static Optimizer adam() {
    return adam(0.9, 0.999, 1e-7);
  }

  /**
   * Adam. With t = step + 1: {@code alpha = learning_rate * sqrt(1 - beta_2^t) / (1 - beta_1^t)},
   * {@code m += (g - m) * (1 - beta_1)}, {@code v += (g^2 - v) * (1 - beta_2)} and {@code w -= m *
   * alpha / (sqrt(v) + epsilon)}. Slots {@code momentum} (m) and {@code velocity} (v), initially 0.
   *
   * @param beta1 in [0, 1)
   * @param beta2 in [0, 1)
   * @param epsilon 0 or more ("epsilon hat" of Kingma and Ba)
   */
  public static Optimizer adam(double beta1, double beta2, double epsilon) {
    checkFraction("beta1", beta1);
    checkFraction("beta2", beta2);
    checkNotNegative("epsilon", epsilon);
    return new Adam(beta1, beta2, epsilon);
  }

  private static void checkFraction(String argument, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(argument + " is " + value + ", expected [0, 1)");
    }
  }

  private static void checkNotNegative(String argument, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          argument + " is " + value + ", expected a finite number >= 0");
    }
  }
}
