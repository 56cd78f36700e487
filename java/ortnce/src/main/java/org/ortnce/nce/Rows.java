package org.ortnce.nce;

import java.nio.FloatBuffer;
import org.ortnce.tensor.Tensor;

/** Ranges of the rows of a tensor. */
final class Rows {
  private Rows() {}

  /** Rows {@code first} to {@code first + count} of a float tensor, a view of the same memory. */
  static Tensor of(Tensor table, long first, long count) {
    long[] shape = table.shape();
    long rowElements = 1;
    for (int axis = 1; axis < shape.length; axis++) {
      rowElements *= shape[axis];
    }
    shape[0] = count;
    FloatBuffer elements = table.floats();
    elements.position(Math.toIntExact(first * rowElements));
    elements.limit(Math.toIntExact((first + count) * rowElements));
    return Tensor.of(elements.slice(), shape);
  }
}
