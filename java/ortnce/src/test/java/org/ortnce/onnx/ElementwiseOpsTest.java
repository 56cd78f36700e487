package org.ortnce.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * Element-wise operators run on stock ONNX Runtime against values worked out by hand. {@link
 * StockRuntime#eval} also compares the inferred type with that of the result.
 */
class ElementwiseOpsTest {
  static Value floats(float... values) {
    return Ops.constant(Tensor.of(values, values.length));
  }

  static Value bools(boolean... values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length);
    for (boolean value : values) {
      bytes.put((byte) (value ? 1 : 0));
    }
    return Ops.constant(Tensor.of(bytes.flip(), ElementType.BOOL, values.length));
  }

  static float[] eval(Value y) {
    return StockRuntime.eval(y).toFloatArray();
  }

  static byte[] bytes(Value y) {
    ByteBuffer raw = StockRuntime.eval(y).rawBytes();
    byte[] bytes = new byte[raw.remaining()];
    raw.get(bytes);
    return bytes;
  }

  static Arguments unary(String name, UnaryOperator<Value> op, double... expectedAtMinusHalfAnd2) {
    return Arguments.of(name, op, expectedAtMinusHalfAnd2);
  }

  static Stream<Arguments> unaryOps() {
    return Stream.of(
        unary("identity", Ops::identity, -0.5, 2),
        unary("neg", Ops::neg, 0.5, -2),
        unary("abs", Ops::abs, 0.5, 2),
        unary("sign", Ops::sign, -1, 1),
        unary("floor", Ops::floor, -1, 2),
        unary("ceil", Ops::ceil, 0, 2),
        unary("exp", Ops::exp, 0.60653066, 7.389056099),
        unary("log of abs", x -> Ops.log(Ops.abs(x)), -0.693147181, 0.693147181),
        unary("sqrt of abs", x -> Ops.sqrt(Ops.abs(x)), 0.707106781, 1.414213562),
        unary("reciprocal", Ops::reciprocal, -2, 0.5),
        unary("relu", Ops::relu, 0, 2),
        unary("tanh", Ops::tanh, -0.462117157, 0.96402758),
        unary("sigmoid", Ops::sigmoid, 0.377540669, 0.880797078),
        unary("softplus", Ops::softplus, 0.474076984, 2.126928011),
        unary("softmax", x -> Ops.softmax(x, 0), 0.07585818, 0.92414182),
        unary("logSoftmax", x -> Ops.logSoftmax(x, -1), -2.578889734, -0.078889734));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("unaryOps")
  void unaryOpsHaveTheirValues(String name, UnaryOperator<Value> op, double[] expected) {
    float[] found = eval(op.apply(floats(-0.5f, 2)));
    assertThat(found).hasSize(2);
    assertThat((double) found[0]).isCloseTo(expected[0], within(1e-6));
    assertThat((double) found[1]).isCloseTo(expected[1], within(1e-6 * 8));
  }

  @Test
  void arithmeticBroadcastsBothWays() {
    Value column = Ops.constant(Tensor.of(new float[] {10, 20}, 2, 1));
    Value row = floats(1, 2, 4);
    assertThat(eval(Ops.add(column, row))).containsExactly(11, 12, 14, 21, 22, 24);
    assertThat(eval(Ops.sub(row, column))).containsExactly(-9, -8, -6, -19, -18, -16);
    assertThat(eval(Ops.mul(column, row))).containsExactly(10, 20, 40, 20, 40, 80);
    assertThat(eval(Ops.div(column, row))).containsExactly(10, 5, 2.5f, 20, 10, 5);
    assertThat(eval(Ops.max(column, row, Ops.scalar(15f)))).containsExactly(15, 15, 15, 20, 20, 20);
    assertThat(eval(Ops.min(column, row))).containsExactly(1, 2, 4, 1, 2, 4);
    assertThat(Ops.add(column, row).type()).hasToString("float[2, 3]");
  }

  @Test
  void integersDivideAndLeaveRemainders() {
    Value a = Ops.vector(7, -7);
    Value b = Ops.vector(3);
    assertThat(StockRuntime.eval(Ops.div(a, b)).toLongArray()).containsExactly(2, -2);
    assertThat(StockRuntime.eval(Ops.mod(a, b)).toLongArray()).containsExactly(1, 2);
    assertThat(eval(Ops.mod(floats(7, -7), floats(3)))).containsExactly(1, -1);
  }

  @Test
  void powTakesAnExponentOfAnotherType() {
    assertThat(eval(Ops.pow(floats(2, 3), Ops.vector(3)))).containsExactly(8, 27);
  }

  @Test
  void comparisons() {
    Value a = floats(1, 2, 3);
    Value b = Ops.scalar(2f);
    assertThat(bytes(Ops.equal(a, b))).containsExactly(0, 1, 0);
    assertThat(bytes(Ops.greater(a, b))).containsExactly(0, 0, 1);
    assertThat(bytes(Ops.greaterOrEqual(a, b))).containsExactly(0, 1, 1);
    assertThat(bytes(Ops.less(a, b))).containsExactly(1, 0, 0);
    assertThat(bytes(Ops.lessOrEqual(a, b))).containsExactly(1, 1, 0);
    assertThat(bytes(Ops.isNaN(floats(1, Float.NaN)))).containsExactly(0, 1);
  }

  @Test
  void logic() {
    Value a = bools(true, true, false, false);
    Value b = bools(true, false, true, false);
    assertThat(bytes(Ops.and(a, b))).containsExactly(1, 0, 0, 0);
    assertThat(bytes(Ops.or(a, b))).containsExactly(1, 1, 1, 0);
    assertThat(bytes(Ops.xor(a, b))).containsExactly(0, 1, 1, 0);
    assertThat(bytes(Ops.not(a))).containsExactly(0, 0, 1, 1);
    assertThat(eval(Ops.where(bools(true, false), floats(1, 2), Ops.scalar(9f))))
        .containsExactly(1, 9);
  }

  @Test
  void clipTakesEitherBoundOrBoth() {
    Value x = floats(-3, 0, 3);
    assertThat(eval(Ops.clip(x, Ops.scalar(-1f), Ops.scalar(1f)))).containsExactly(-1, 0, 1);
    assertThat(eval(Ops.clip(x, null, Ops.scalar(1f)))).containsExactly(-3, 0, 1);
    assertThat(eval(Ops.clip(x, Ops.scalar(-1f), null))).containsExactly(-1, 0, 3);
    assertThat(eval(Ops.clip(x, null, null))).containsExactly(-3, 0, 3);
  }

  @Test
  void castConverts() {
    assertThat(StockRuntime.eval(Ops.cast(floats(1.9f, -1.9f), ElementType.INT64)).toLongArray())
        .containsExactly(1, -1);
    assertThat(eval(Ops.cast(Ops.vector(3), ElementType.FLOAT))).containsExactly(3);
    assertThat(bytes(Ops.cast(floats(0, 5), ElementType.BOOL))).containsExactly(0, 1);
  }

  @Test
  void scalarsOfEveryNumericType() {
    for (ElementType type : ElementType.values()) {
      if (type != ElementType.STRING && type != ElementType.BOOL) {
        Value y = Ops.scalar(type, 3);
        assertThat(y.type()).isEqualTo(new TensorType(type, Shape.scalar()));
        assertThat(eval(Ops.cast(y, ElementType.FLOAT))).as(type.name()).containsExactly(3);
      }
    }
  }
}
