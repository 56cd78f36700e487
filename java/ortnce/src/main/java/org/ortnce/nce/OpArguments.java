package org.ortnce.nce;

import java.nio.LongBuffer;
import java.util.List;
import java.util.Objects;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.tensor.ElementType;

/**
 * Checks of the arguments of one op, as far as types and constants tell. Every error is an {@link
 * IllegalArgumentException} that names op, argument, what is expected and what was found.
 */
final class OpArguments {
  private final String op;

  OpArguments(String op) {
    this.op = op;
  }

  /** An unmodifiable copy of values none of which is null. */
  List<Value> listOf(String argument, List<Value> values) {
    if (values == null || values.stream().anyMatch(Objects::isNull)) {
      throw error(argument, "values", "null");
    }
    return List.copyOf(values);
  }

  /** What is known of dimension {@code axis}. */
  static Dim dim(Value value, int axis) {
    return value.shape().hasRank() && value.shape().rank() > axis
        ? value.shape().dim(axis)
        : Dim.unknown();
  }

  /**
   * Demands a type.
   *
   * @param meaning the shape in the words of the contract, such as {@code [batch, num_true]}
   */
  void expect(String argument, Value value, String meaning, ElementType elementType, Dim... dims) {
    String expected = elementType.onnxName() + meaning;
    if (value == null) {
      throw error(argument, expected, "null");
    }
    Shape shape = Shape.of(dims);
    if (value.elementType() != elementType || !value.shape().isCompatibleWith(shape)) {
      throw error(argument, expected + " = " + elementType.onnxName() + shape, value.toString());
    }
  }

  /** Demands numbers of any of the types float, float16 and bfloat16. */
  void expectNumbers(String argument, Value value, String meaning, Dim... dims) {
    if (value != null && !value.elementType().widensToFloat()) {
      throw error(argument, "float, float16 or bfloat16 " + meaning, value.toString());
    }
    expect(argument, value, meaning, value == null ? ElementType.FLOAT : value.elementType(), dims);
  }

  /** Demands ids of either type, int64 or int32. */
  void expectIds(String argument, Value value, String meaning, Dim... dims) {
    boolean int32 = value != null && value.elementType() == ElementType.INT32;
    expect(argument, value, meaning, int32 ? ElementType.INT32 : ElementType.INT64, dims);
  }

  /** Demands the number of a run, int64 scalar or [1], not negative; or null. */
  void checkStep(Value step) {
    if (step == null) {
      return;
    }
    if (step.shape().hasRank() && step.shape().rank() == 0) {
      expect("step", step, "[]", ElementType.INT64);
    } else {
      expect("step", step, "[] or [1]", ElementType.INT64, Dim.of(1));
    }
    step.constant()
        .map(data -> data.longs().get(0))
        .filter(run -> run < 0)
        .ifPresent(
            run -> {
              throw error("step", ">= 0", run.toString());
            });
  }

  /** Demands that a matrix of ids, if it is a constant, lies in [0, limit). */
  void checkIds(String argument, Value ids, long limit) {
    if (ids.constant().isEmpty()) {
      return;
    }
    LongBuffer values = ids.constant().get().longs();
    long columns = ids.shape().dim(1).size();
    for (int i = 0; i < values.limit(); i++) {
      long id = values.get(i);
      if (id < 0 || id >= limit) {
        String element = argument + "[" + i / columns + "," + i % columns + "]";
        throw error(element, "in [0, " + limit + ")", Long.toString(id));
      }
    }
  }

  IllegalArgumentException error(String argument, String expected, String found) {
    return new IllegalArgumentException(
        op + ": " + argument + " must be " + expected + ", got " + found);
  }
}
