package org.ortnce.training;

import java.nio.ByteBuffer;
import java.util.List;

/** Checks shared by the sources. */
final class ExampleRows {
  private ExampleRows() {}

  /**
   * Checks the arguments of {@link ExampleSource#read}.
   *
   * @return the number of examples that fill {@code target}
   */
  static int check(ExampleColumn column, long size, long first, ByteBuffer target) {
    long rowBytes = column.rowBytes();
    long count = rowBytes == 0 ? 0 : target.remaining() / rowBytes;
    if (count * rowBytes != target.remaining()) {
      throw new IllegalArgumentException(
          "column "
              + column
              + ": "
              + target.remaining()
              + " bytes are no whole number of rows of "
              + rowBytes
              + " bytes");
    }
    if (first < 0 || first > size || count > size - first) {
      throw new IllegalArgumentException(
          "column "
              + column
              + ": "
              + count
              + " examples from "
              + first
              + " are not within [0, "
              + size
              + ")");
    }
    return (int) count;
  }

  /**
   * Another row shape of as many elements.
   *
   * @throws IllegalArgumentException if they are not as many
   */
  static ExampleColumn reshaped(ExampleColumn column, List<Long> rowShape) {
    ExampleColumn other = new ExampleColumn(column.name(), column.elementType(), rowShape);
    if (other.rowBytes() != column.rowBytes()) {
      throw new IllegalArgumentException(
          "column " + column + " cannot have rows of shape " + rowShape);
    }
    return other;
  }
}
