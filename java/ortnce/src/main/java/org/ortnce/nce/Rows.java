package org.ortnce.nce;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** Ranges of the rows of a tensor. */
final class Rows {
  private Rows() {}

  /**
   * Rows {@code first} to {@code first + count} of a tensor of numbers that widen to float, a view
   * of the same memory.
   */
  static Tensor of(Tensor table, long first, long count) {
    long[] shape = table.shape();
    long rowElements = 1;
    for (int axis = 1; axis < shape.length; axis++) {
      rowElements *= shape[axis];
    }
    shape[0] = count;
    ElementType type = table.elementType();
    if (type != ElementType.FLOAT && type.widensToFloat()) {
      ByteBuffer bytes = table.rawBytes();
      int rowBytes = Math.toIntExact(rowElements * type.byteSize());
      int start = Math.toIntExact(first * rowBytes);
      ByteBuffer rows = bytes.slice(start, Math.toIntExact(count * rowBytes)).order(bytes.order());
      return Tensor.of(rows, type, shape);
    }
    FloatBuffer elements = table.floats();
    elements.position(Math.toIntExact(first * rowElements));
    elements.limit(Math.toIntExact((first + count) * rowElements));
    return Tensor.of(elements.slice(), shape);
  }
}
