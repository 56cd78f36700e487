package org.ortnce.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * The gradient rule of every operator that has one against central differences in double: see
 * {@link GradientCheck}. Shapes are declared fixed and symbolic, since rules ask the graph for
 * sizes that are not known when it is built.
 */
class GradientRulesTest {
  private static GradientCheck matrix(String declared) {
    return new GradientCheck().input(declared, 0.4, 1.6, 3, 4);
  }

  private static Arguments unary(String name, double low, double high, UnaryOperator<Value> op) {
    return Arguments.of(name, low, high, op);
  }

  static Stream<Arguments> unaryOps() {
    return Stream.of(
        unary("neg", -1, 1, Ops::neg),
        unary("exp", -1, 1, Ops::exp),
        unary("log", 0.4, 2, Ops::log),
        unary("sqrt", 0.4, 2, Ops::sqrt),
        unary("relu", -1, 1, Ops::relu),
        unary("tanh", -1, 1, Ops::tanh),
        unary("sigmoid", -2, 2, Ops::sigmoid),
        unary("identity", -1, 1, Ops::identity),
        unary("transpose", -1, 1, x -> Ops.transpose(x)),
        unary("transpose by perm", -1, 1, x -> Ops.transpose(Ops.unsqueeze(x, 1), 1, 2, 0)),
        unary("reshape", -1, 1, x -> Ops.tanh(Ops.reshape(x, 2, -1))),
        unary("unsqueeze", -1, 1, x -> Ops.unsqueeze(x, 0, -1)),
        unary("squeeze", -1, 1, x -> Ops.squeeze(Ops.unsqueeze(x, 0, 3), 0, -1)),
        unary("squeeze all", -1, 1, x -> Ops.squeeze(Ops.unsqueeze(x, 0, 3))),
        unary("sum", -1, 1, x -> Ops.reduceSum(x, false)),
        unary("sum kept", -1, 1, x -> Ops.reduceSum(x, true)),
        unary("sum of columns", -1, 1, x -> Ops.reduceSum(x, false, 0)),
        unary("sum of rows kept", -1, 1, x -> Ops.reduceSum(x, true, -1)),
        unary("sum of both", -1, 1, x -> Ops.reduceSum(x, false, -1, 0)),
        unary("mean", -1, 1, x -> Ops.reduceMean(x, false)),
        unary("mean kept", -1, 1, x -> Ops.reduceMean(x, true)),
        unary("mean of columns", -1, 1, x -> Ops.reduceMean(x, false, 0)),
        unary("mean of rows kept", -1, 1, x -> Ops.reduceMean(x, true, 1)),
        unary("mean of both", -1, 1, x -> Ops.reduceMean(x, false, 0, -1)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("unaryOps")
  void ofOneInput(String name, double low, double high, UnaryOperator<Value> op) {
    for (String declared : new String[] {"3 4", "rows columns", "? ?", "rows 4"}) {
      new GradientCheck().input(declared, low, high, 3, 4).check(x -> op.apply(x[0]));
    }
  }

  @Test
  void expand() {
    matrix("3 4").check(x -> Ops.expand(Ops.unsqueeze(x[0], 1), 2, 3, 5, 4));
    matrix("n 4")
        .check(
            x -> {
              Value rows = Ops.gather(Ops.shape(x[0]), Ops.vector(0), 0);
              Value shape = Ops.concat(0, Ops.vector(2), rows, Ops.vector(5, 4));
              return Ops.expand(Ops.unsqueeze(x[0], 1), shape);
            });
  }

  @Test
  void severalUsesOfAValueAddUp() {
    for (String declared : new String[] {"3 4", "rows columns"}) {
      matrix(declared).check(x -> Ops.mul(x[0], Ops.tanh(x[0])));
      matrix(declared).check(x -> Ops.add(Ops.exp(x[0]), Ops.sub(x[0], Ops.tanh(x[0]))));
    }
  }

  /** ONNX Runtime has Softplus in float only, so its slope is known here: the sigmoid. */
  @Test
  void softplus() {
    Value x = Value.input(ElementType.FLOAT, Shape.of(4));
    OnnxModel model = new ModelBuilder().input("x", x).withGradients(Ops.softplus(x), x).build();
    float[] at = {-20, -0.5f, 0, 3};
    double[] expected = new double[4];
    for (int i = 0; i < 4; i++) {
      expected[i] = 1 / (1 + Math.exp(-at[i]));
    }
    Tensor found = StockRuntime.run(model, Map.of("x", Tensor.of(at, 4))).get("x_grad");
    GradientTensors.assertNear("x", GradientTensors.doubles(found), expected);
  }

  @ParameterizedTest(name = "[{0}] and [{1}], declared [{2}] and [{3}]")
  @CsvSource({
    "3 4, 3 4, 3 4, 3 4",
    "3 4, 3 4, rows columns, rows columns",
    "3 4, 4, 3 4, 4",
    "3 4, 4, rows columns, columns",
    "3 4, 3 1, rows 4, rows 1",
    "3 1, 1 4, ? 1, 1 ?",
    "2 3 4, 1 4, 2 3 4, 1 4",
    "2 3 4, 3 1, a b c, b 1",
    "3 4, '', rows columns, ''",
    "'', 4, '', 4",
    "1 4, 4, 1 4, 4",
  })
  void broadcasting(String first, String second, String declaredFirst, String declaredSecond) {
    GradientCheck check =
        new GradientCheck()
            .input(declaredFirst, 0.5, 1.5, sizes(first))
            .input(declaredSecond, 0.5, 1.5, sizes(second));
    check.check(x -> Ops.add(x[0], x[1]));
    check.check(x -> Ops.sub(x[0], x[1]));
    check.check(x -> Ops.mul(x[0], x[1]));
    check.check(x -> Ops.div(x[0], x[1]));
    check.check(x -> Ops.div(x[1], x[0]));
  }

  private static long[] sizes(String text) {
    return ShapeInferenceTest.shape(text).sizes();
  }

  @Test
  void matMul() {
    for (String a : new String[] {"3 4", "n k"}) {
      new GradientCheck()
          .input(a, -1, 1, 3, 4)
          .input("4 2", -1, 1, 4, 2)
          .check(x -> Ops.matMul(x[0], x[1]));
    }
  }

  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void gemm(boolean transA, boolean transB) {
    long[] a = transA ? new long[] {4, 3} : new long[] {3, 4};
    long[] b = transB ? new long[] {2, 4} : new long[] {4, 2};
    GradientCheck product = new GradientCheck().input("n m", -1, 1, a).input("? ?", -1, 1, b);
    product.check(x -> Ops.gemm(x[0], x[1], null, 1, 1, transA, transB));
    product.check(x -> Ops.gemm(x[0], x[1], null, -0.5f, 3, transA, transB));
    for (String c : new String[] {"2", "1", "", "3 2", "3 1", "1 2"}) {
      new GradientCheck()
          .input(transA ? "4 3" : "3 4", -1, 1, a)
          .input(transB ? "2 4" : "4 2", -1, 1, b)
          .input(c, -1, 1, sizes(c))
          .check(x -> Ops.gemm(x[0], x[1], x[2], 0.75f, -1.5f, transA, transB));
    }
  }

  @Test
  void concat() {
    for (String declared : new String[] {"3 2", "rows columns"}) {
      GradientCheck check =
          new GradientCheck()
              .input(declared, -1, 1, 3, 2)
              .input(declared.replace("2", "4").replace("columns", "?"), -1, 1, 3, 4);
      check.check(x -> Ops.tanh(Ops.concat(1, x[0], x[1], x[0])));
      check.check(x -> Ops.concat(-1, x[1], x[0]));
      check.check(x -> Ops.add(Ops.concat(0, x[0]), Ops.reduceSum(x[1], true, 1)));
    }
  }

  @Test
  void castsBetweenFloatsPassGradients() {
    Value x = Value.input(ElementType.FLOAT, Shape.of(2));
    Value wide = Ops.cast(x, ElementType.DOUBLE);
    OnnxModel model =
        new ModelBuilder().input("x", x).withGradients(Ops.mul(wide, wide), x).build();
    Tensor found =
        StockRuntime.run(model, Map.of("x", Tensor.of(new float[] {3, -1}, 2))).get("x_grad");
    assertThat(found.toFloatArray()).containsExactly(6, -2);
  }

  static Stream<Arguments> lookUps() {
    return Stream.of(
        Arguments.of("a vector", new long[] {5}),
        Arguments.of("a matrix", new long[] {3, 2}),
        Arguments.of("a scalar", new long[0]),
        Arguments.of("nothing", new long[] {0}),
        Arguments.of("no context", new long[] {2, 0}));
  }

  /** Tables of rank 2, 1 and 3, with ids that repeat. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("lookUps")
  void gather(String name, long[] shape) {
    long[] ids = new long[(int) Tensor.elementCount(shape)];
    int[] ints = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      ints[i] = new int[] {4, 1, 4, 0, 1, 4}[i];
      ids[i] = ints[i];
    }
    for (Value at : new Value[] {constant(ids, shape), Ops.constant(Tensor.of(ints, shape))}) {
      new GradientCheck().input("6 3", -1, 1, 6, 3).check(x -> Ops.gather(x[0], at, 0));
      new GradientCheck().input("6", -1, 1, 6).check(x -> Ops.gather(x[0], at, 0));
      new GradientCheck().input("v ? 2", -1, 1, 6, 3, 2).check(x -> Ops.gather(x[0], at, -3));
    }
  }

  private static Value constant(long[] ids, long... shape) {
    return Ops.constant(Tensor.of(ids, shape));
  }

  /** One table in two look-ups: rows are joined; with a dense use too: rows are added to it. */
  @Test
  void severalUsesOfATable() {
    Value few = constant(new long[] {2, 2, 5}, 3);
    Value context = constant(new long[] {0, 2, 5, 5, 1, 2}, 3, 2);
    Value scalar = Ops.constant(Tensor.of(new int[] {1}));
    for (String declared : new String[] {"6 3", "v d"}) {
      GradientCheck check = new GradientCheck().input(declared, -1, 1, 6, 3);
      check.check(
          x ->
              Ops.mul(
                  Ops.gather(x[0], few, 0),
                  Ops.add(
                      Ops.gather(x[0], scalar, 0),
                      Ops.reduceMean(Ops.gather(x[0], context, 0), false, 1))));
      check.check(x -> Ops.matMul(Ops.gather(x[0], few, 0), Ops.transpose(Ops.tanh(x[0]), 1, 0)));
      check.check(x -> Ops.gather(Ops.identity(x[0]), few, 0));
      check.check(x -> Ops.gather(Ops.tanh(x[0]), context, 0));
    }
  }
}
