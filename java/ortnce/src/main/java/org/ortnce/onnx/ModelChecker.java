package org.ortnce.onnx;

/** Finds what is wrong. */
public final class ModelChecker {
  private ModelChecker() {}

  /** Checks. */
  public static void check(OnnxModel model) {
    if (model.nodes().isEmpty() && model.outputs().isEmpty()) {
      throw new IllegalStateException("empty");
    }
  }
}
