package org.ortnce.onnx;

/** The names of the outputs that {@link ModelBuilder#withGradients} adds. */
public final class GradientNames {
  private GradientNames() {}

  /** The output with the whole gradient of an input or initializer: {@code weights_grad}. */
  public static String dense(String name) {
    return name + "_grad";
  }

  /** The output with the rows that have a gradient, int64 [K]: {@code weights_grad_indices}. */
  public static String indices(String name) {
    return dense(name) + "_indices";
  }

  /** The output with the gradients of these rows, [K, ...]: {@code weights_grad_values}. */
  public static String values(String name) {
    return dense(name) + "_values";
  }
}
