package org.ortnce.onnx;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.ortnce.onnx.ShapeInferenceTest.ids;
import static org.ortnce.onnx.ShapeInferenceTest.input;

import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** Each wrong call fails at once, naming operator, argument, what it is and what it should be. */
class OpsErrorTest {
  private static final Value X = input("2 3");
  private static final Value IDS = ids("4");
  private static final Value DOUBLES = Value.input(ElementType.DOUBLE, Shape.of(2, 3));

  private static Arguments wrong(String message, ThrowingCallable call) {
    return Arguments.of(message, call);
  }

  static Stream<Arguments> wrongCalls() {
    return Stream.of(
        wrong("Add: a is null, expected a value", () -> Ops.add(null, X)),
        wrong(
            "Add: b is double[2, 3], expected the element type of a, which is float[2, 3]",
            () -> Ops.add(X, DOUBLES)),
        wrong(
            "Add: b is [4], expected a shape that can be broadcast with a, which is [2, 3]",
            () -> Ops.add(X, input("4"))),
        wrong(
            "Max: values[1] is [2, 4], expected a shape that can be broadcast with values before"
                + " it, which is [2, 3]",
            () -> Ops.max(X, input("2 4"))),
        wrong("Max: needs at least one value", () -> Ops.max()),
        wrong(
            "Exp: x is int64[4], expected elements of type float, float16, double, bfloat16",
            () -> Ops.exp(IDS)),
        wrong("Softplus: x is bfloat16[1], expected elements", () -> Ops.softplus(halves())),
        wrong("And: a is float[2, 3], expected elements of type bool", () -> Ops.and(X, X)),
        wrong("Where: condition is float[2, 3]", () -> Ops.where(X, X, X)),
        wrong("Clip: min is float[2, 3], expected a scalar", () -> Ops.clip(X, X, null)),
        wrong("Cast: to is null", () -> Ops.cast(X, null)),
        wrong(
            "MatMul: b is float[2, 3], expected its dimension 0 to be 3, the last dimension of a,"
                + " which is float[2, 3]",
            () -> Ops.matMul(X, X)),
        wrong("MatMul: a is float[], expected rank 1 or more", () -> Ops.matMul(input(""), X)),
        wrong("MatMul: b without its last two dimensions", MATMUL_BATCH),
        wrong("Gemm: a is float[3], expected rank 2", () -> Ops.gemm(input("3"), X, null)),
        wrong("Gemm: b is float[2, 3], expected its dimension 0 to be 3", GEMM_INNER),
        wrong("Gemm: c is float[5], expected a shape that can be broadcast to [2, 2]", GEMM_C),
        wrong("ReduceSum: axes is 2, expected an axis in [-2, 2)", () -> Ops.reduceSum(X, true, 2)),
        wrong("ReduceMax: axes is [0, -2], expected each axis once", MAX_TWICE),
        wrong("Softmax: axis is -3, expected an axis in [-2, 2)", () -> Ops.softmax(X, -3)),
        wrong("TopK: k is 4, expected at most dimension 1 of x", () -> Ops.topK(X, 4)),
        wrong("TopK: k is int64[4], expected shape [1]", () -> Ops.topK(X, IDS)),
        wrong(
            "TopK: k is int64[0], expected shape [1]",
            () -> Ops.topK(X, Ops.reshape(Ops.vector(), -1), 0, true, true)),
        wrong(
            "Squeeze: x is int64[0], expected dimension 0 to be 1",
            () -> Ops.squeeze(Ops.reshape(Ops.vector(), -1), 0)),
        wrong("TopK: k is -1, expected at least 0", () -> Ops.topK(X, -1)),
        wrong("Gather: indices is float[2, 3], expected elements", () -> Ops.gather(X, X, 0)),
        wrong("Gather: axis is 2, expected an axis in [-2, 2)", () -> Ops.gather(X, IDS, 2)),
        wrong("GatherElements: indices is int64[4], expected the rank of data", GATHER_ELEMENTS),
        wrong("ScatterND: updates is float[2, 3], expected shape [4, 3]", SCATTER),
        wrong("ScatterND: reduction is max, expected one of none, add, mul", SCATTER_MAX),
        wrong("OneHot: depth is 0, expected at least 1", () -> Ops.oneHot(IDS, 0, pair(), -1)),
        wrong("Concat: needs at least one value", () -> Ops.concat(0, List.of())),
        wrong(
            "Concat: values[1] is float[4, 3], expected dimension 0 to be 2 as in values[0]",
            () -> Ops.concat(1, X, input("4 3"))),
        wrong(
            "Concat: values[1] is float[3], expected the rank", () -> Ops.concat(0, X, input("3"))),
        wrong(
            "Concat: values[1] is float[9223372036854775807], expected fewer than 2^63 elements",
            () -> Ops.concat(0, input("1"), input("9223372036854775807"))),
        wrong("Reshape: shape is [-1, -1], expected sizes", () -> Ops.reshape(X, -1, -1)),
        wrong("Reshape: shape is [2, 3, 0], expected no 0", () -> Ops.reshape(X, 2, 3, 0)),
        wrong(
            "Reshape: shape is [4294967296, 4294967296], expected fewer than 2^63 elements",
            () -> Ops.reshape(X, 1L << 32, 1L << 32)),
        wrong(
            "Reshape: x is float[2, 3], expected as many elements as [4] has",
            () -> Ops.reshape(X, 4)),
        wrong("Reshape: x is float[2, 3], expected as many", () -> Ops.reshape(X, 4, -1)),
        wrong("Transpose: perm is [0], expected one axis for each", () -> Ops.transpose(X, 0)),
        wrong("Transpose: axes is [0, 0], expected each axis once", () -> Ops.transpose(X, 0, 0)),
        wrong("Squeeze: x is float[2, 3], expected dimension 1 to be 1", () -> Ops.squeeze(X, 1)),
        wrong("Unsqueeze: axes is 3, expected an axis in [-3, 3)", () -> Ops.unsqueeze(X, 3)),
        wrong("Expand: shape is [4], expected a shape that can be", () -> Ops.expand(X, 4)),
        wrong("Slice: ends is [], expected 1 elements as starts has", SLICE),
        wrong("Slice: steps is [0], expected no 0", SLICE_STEP),
        wrong("Range: start is int64[4], expected a scalar", () -> Ops.range(IDS, IDS, IDS)),
        wrong("ConstantOfShape: value is float[2], expected one element", FILL),
        wrong("Constant: data is null", () -> Ops.constant(null)),
        wrong("Constant: value is 0.5, expected a whole number", HALF_INT),
        wrong(
            "Constant: value is 2.147483648E9, expected a whole number of 32 bits",
            () -> Ops.scalar(ElementType.INT32, 0x1p31)));
  }

  private static final ThrowingCallable MATMUL_BATCH =
      () -> Ops.matMul(input("2 4 3"), input("5 3 4"));
  private static final ThrowingCallable GEMM_INNER = () -> Ops.gemm(X, X, null);
  private static final ThrowingCallable GEMM_C =
      () -> Ops.gemm(X, X, input("5"), 1, 1, false, true);
  private static final ThrowingCallable MAX_TWICE = () -> Ops.reduceMax(X, false, 0, -2);
  private static final ThrowingCallable GATHER_ELEMENTS = () -> Ops.gatherElements(X, IDS, 0);
  private static final ThrowingCallable SCATTER =
      () -> Ops.scatterND(X, ids("4 1"), input("2 3"), "none");
  private static final ThrowingCallable SCATTER_MAX =
      () -> Ops.scatterND(X, ids("4 1"), input("4 3"), "max");
  private static final ThrowingCallable SLICE =
      () -> Ops.slice(X, new long[1], new long[0], new long[1]);
  private static final ThrowingCallable SLICE_STEP =
      () -> Ops.slice(X, new long[1], new long[1], new long[1], new long[1]);
  private static final ThrowingCallable FILL =
      () -> Ops.constantOfShape(IDS, Tensor.of(new float[2], 2));
  private static final ThrowingCallable HALF_INT = () -> Ops.scalar(ElementType.INT64, 0.5);

  private static Value halves() {
    return Value.input(ElementType.BFLOAT16, Shape.of(1));
  }

  private static Tensor pair() {
    return Tensor.of(new float[2], 2);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrongCalls")
  void wrongCallsFailAtOnce(String message, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }
}
