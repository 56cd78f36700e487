package org.ortnce.session;

import org.ortnce.tensor.Tensor;

/** The number of a sampler's run as a value of the input {@code step}. */
final class Steps {
  private Steps() {}

  /**
   * A scalar or a vector of one element, as the model wants it.
   *
   * @param spec what the model says of its input, or null if it has none
   * @throws IllegalArgumentException if {@code step} is negative
   */
  static Tensor tensor(TensorSpec spec, long step) {
    if (step < 0) {
      throw new IllegalArgumentException("step is " + step + ", expected 0 or more");
    }
    boolean scalar = spec == null || spec.shape().isEmpty();
    return scalar ? Tensor.scalar(step) : Tensor.of(new long[] {step}, 1);
  }
}
