package org.ortnce.onnx;

import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** Constants and ranges. */
final class Constants {
  /** Vectors up to this length are remembered: enough for any shape, axes or indices. */
  private static final int MAX_ELEMENTS = 64;

  private Constants() {}

  static Value constant(Tensor data) {
    Args.given("Constant", "data", data);
    if (data.elementType() == ElementType.STRING) {
      throw Args.expected("Constant", "data", data, "elements of a fixed size");
    }
    return NodeBuilder.standard("Constant")
        .tensorAttribute("value", data)
        .output(new TensorType(data.elementType(), Shape.of(data.shape())), elements(data))
        .buildOne();
  }

  static Value vector(long... values) {
    return constant(Tensor.of(values, values.length));
  }

  /** A scalar of any numeric type; halves are cast from float, as Java has no type for them. */
  static Value scalar(ElementType type, double value) {
    Args.given("Constant", "type", type);
    return switch (type) {
      case FLOAT -> constant(Tensor.scalar((float) value));
      case DOUBLE -> constant(Tensor.of(new double[] {value}));
      case INT64 -> constant(Tensor.scalar(whole(value)));
      case INT32 -> constant(Tensor.of(new int[] {whole32(value)}));
      default -> Elementwise.cast(constant(Tensor.scalar((float) value)), type);
    };
  }

  private static long whole(double value) {
    if (value != Math.rint(value) || Math.abs(value) > 0x1p53) {
      throw Args.expected("Constant", "value", value, "a whole number");
    }
    return (long) value;
  }

  private static int whole32(double value) {
    long whole = whole(value);
    if (whole != (int) whole) {
      throw Args.expected("Constant", "value", value, "a whole number of 32 bits");
    }
    return (int) whole;
  }

  /** What is known of a constant vector or scalar; negative elements are not sizes. */
  private static List<Dim> elements(Tensor data) {
    if (data.elementType() != ElementType.INT64
        || data.rank() > 1
        || data.elementCount() > MAX_ELEMENTS) {
      return null;
    }
    List<Dim> elements = new ArrayList<>();
    LongBuffer longs = data.longs();
    while (longs.hasRemaining()) {
      long element = longs.get();
      elements.add(element < 0 ? Dim.unknown() : Dim.of(element));
    }
    return elements;
  }

  static Value constantOfShape(Value shape, Tensor value) {
    Args.type("ConstantOfShape", "shape", shape, Types.INT64_ONLY);
    Args.rank("ConstantOfShape", "shape", shape, 1);
    Args.given("ConstantOfShape", "value", value);
    if (value.elementCount() != 1) {
      throw Args.expected("ConstantOfShape", "value", value, "one element");
    }
    return NodeBuilder.standard("ConstantOfShape")
        .input(shape)
        .tensorAttribute("value", value.reshape(1))
        .output(new TensorType(value.elementType(), Layout.shapeOf(shape)), null)
        .buildOne();
  }

  static Value range(Value start, Value limit, Value delta) {
    Args.type("Range", "start", start, Types.RANGES);
    Args.sameType("Range", "start", start, "limit", limit);
    Args.sameType("Range", "start", start, "delta", delta);
    Args.rank("Range", "start", start, 0);
    Args.rank("Range", "limit", limit, 0);
    Args.rank("Range", "delta", delta, 0);
    return NodeBuilder.standard("Range")
        .input(start)
        .input(limit)
        .input(delta)
        .output(new TensorType(start.elementType(), Shape.of(length(start, limit, delta))), null)
        .buildOne();
  }

  /** Range(0, n, 1) has n elements; of others the length is left open. */
  private static Dim length(Value start, Value limit, Value delta) {
    boolean counts =
        start.elements() != null
            && start.elements().get(0).is(0)
            && delta.elements() != null
            && delta.elements().get(0).is(1);
    return counts && limit.elements() != null ? limit.elements().get(0) : Dim.unknown();
  }
}
