package org.ortnce.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * A column of an {@link ExampleSource}: one array of this type and shape per example.
 *
 * @param name unique within the source; the name of the model's input
 * @param elementType any type of fixed size
 * @param rowShape the shape of one example's array; empty for a single number
 */
public record ExampleColumn(String name, ElementType elementType, List<Long> rowShape) {
  /** Checks the parts. */
  public ExampleColumn {
    Objects.requireNonNull(name, "name");
    if (elementType == ElementType.STRING) {
      throw new IllegalArgumentException("column '" + name + "' is of strings, expected numbers");
    }
    rowShape = List.copyOf(rowShape);
  }

  /** The column of a tensor or file of shape [examples, row...]. */
  static ExampleColumn of(String name, ElementType elementType, long[] shape) {
    List<Long> rowShape = new ArrayList<>();
    for (int i = 1; i < shape.length; i++) {
      rowShape.add(shape[i]);
    }
    return new ExampleColumn(name, elementType, rowShape);
  }

  /** The shape of {@code examples} examples. */
  public long[] shape(long examples) {
    long[] shape = new long[1 + rowShape.size()];
    shape[0] = examples;
    for (int i = 1; i < shape.length; i++) {
      shape[i] = rowShape.get(i - 1);
    }
    return shape;
  }

  /** The bytes of one example's array. */
  public long rowBytes() {
    return Math.multiplyExact(Tensor.elementCount(shape(1)), (long) elementType.byteSize());
  }

  /** Name, type and row shape, such as {@code labels int64[1]}. */
  @Override
  public String toString() {
    return name + " " + elementType.onnxName() + rowShape;
  }
}
