package org.ortnce.nce;

/** ONNX's reductions of the losses of a batch. TensorFlow returns the losses unreduced. */
public enum Reduction {
  /** A loss for each example, float [batch]. */
  NONE("none"),

  /** The mean over the examples that have a label that is not ignored; over none it is 0. */
  MEAN("mean"),

  /** The sum. */
  SUM("sum");

  private final String attribute;

  Reduction(String attribute) {
    this.attribute = attribute;
  }

  /** The value of the attribute {@code reduction}. */
  public String attribute() {
    return attribute;
  }
}
