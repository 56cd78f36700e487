package org.ortnce.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.ortnce.onnx.ShapeInferenceTest.ids;
import static org.ortnce.onnx.ShapeInferenceTest.input;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** Gradient models as a whole: their outputs, functions and size, on stock ONNX Runtime. */
class GradientsTest {
  private static List<String> opTypes(OnnxModel model) {
    return model.nodes().stream().map(NodeInfo::opType).toList();
  }

  private static List<String> names(List<ValueInfo> values) {
    return values.stream().map(ValueInfo::toString).toList();
  }

  @Test
  void outputsHaveTheNamesOfTheirParameters() {
    Value table = input("10 2");
    Value idsInput = ids("batch");
    Value w = Value.initializer(Tensor.of(new float[] {1, 2}, 2));
    Value loss = Ops.reduceSum(Ops.mul(Ops.gather(table, idsInput, 0), w), false);
    OnnxModel model =
        new ModelBuilder()
            .input("embeddings", table)
            .input("ids", idsInput)
            .initializer("scale", w)
            .output("loss", loss)
            .withGradients(loss, table, w)
            .build();
    assertThat(names(model.outputs()))
        .containsExactly(
            "loss float[]",
            "embeddings_grad_indices int64[embeddings_grad_rows]",
            "embeddings_grad_values float[embeddings_grad_rows, 2]",
            "scale_grad float[2]");
    assertThat(GradientNames.dense("a")).isEqualTo("a_grad");
    assertThat(GradientNames.indices("a")).isEqualTo("a_grad_indices");
    assertThat(GradientNames.values("a")).isEqualTo("a_grad_values");
    Map<String, Tensor> found =
        StockRuntime.run(
            model,
            Map.of(
                "embeddings",
                Tensor.of(new float[20], 10, 2),
                "ids",
                Tensor.of(new long[] {7, 3, 7}, 3)));
    assertThat(found.get("embeddings_grad_indices").toLongArray()).containsExactly(3, 7);
    assertThat(found.get("embeddings_grad_values").toFloatArray()).containsExactly(1, 2, 2, 4);
    assertThat(found.get("scale_grad").toFloatArray()).containsExactly(0, 0);
  }

  /** The sum of a loss that is no scalar; a loss that is an input; by what is no leaf. */
  @Test
  void gradientsAreOfTheSumOfTheLoss() {
    Value x = Ops.constant(Tensor.of(new float[] {3, -1}, 2));
    Value y = Ops.neg(x);
    List<Gradient> gradients = Gradients.of(Ops.mul(y, y), List.of(y, x));
    assertThat(StockRuntime.eval(value(gradients.get(0))).toFloatArray()).containsExactly(-6, 2);
    assertThat(StockRuntime.eval(value(gradients.get(1))).toFloatArray()).containsExactly(6, -2);
    Value ones = value(Gradients.of(x, List.of(x)).get(0));
    assertThat(StockRuntime.eval(ones).toFloatArray()).containsExactly(1, 1);
  }

  private static Value value(Gradient gradient) {
    return ((Gradient.Dense) gradient).value();
  }

  @Test
  void nothingIsComputedForWhatIsNotAskedFor() {
    Value a = input("3 4");
    Value b = input("4 2");
    Value loss = Ops.reduceSum(Ops.matMul(a, b), false);
    ModelBuilder model = new ModelBuilder().input("a", a).input("b", b);
    assertThat(opTypes(model.withGradients(loss, b).build()))
        .containsExactlyInAnyOrder("Constant", "Constant", "Expand", "Gemm");
  }

  @Test
  void graphsDeeperThanTheStack() {
    Value x = Ops.constant(Tensor.scalar(1f));
    Value y = x;
    for (int i = 0; i < 100_000; i++) {
      y = Ops.neg(y);
    }
    assertThat(Gradients.of(y, List.of(x))).hasSize(1);
  }

  /** An operator of another domain with a rule and a function. */
  @Test
  void operatorsOfOtherDomainsBringTheirRules() {
    Value x = input("n");
    OnnxFunction.Builder f = OnnxFunction.builder("com.example", "Square");
    Value formal = f.input("x", x.type());
    OnnxFunction function = f.output("y", Ops.mul(formal, formal)).build();
    Value y =
        NodeBuilder.of("Square", "com.example", 1)
            .input(x)
            .output("y", x.type())
            .fallback(function)
            .gradient(
                node -> {
                  Value twice = Ops.mul(Ops.scalar(2f), node.input(0));
                  node.add(0, Ops.mul(node.outputGradient(0), twice));
                })
            .buildOne();
    OnnxModel model = new ModelBuilder().input("x", x).withGradients(Ops.exp(y), x).build();
    float found =
        StockRuntime.run(model, Map.of("x", Tensor.of(new float[] {0.5f}, 1)))
            .get("x_grad")
            .toFloatArray()[0];
    assertThat((double) found).isCloseTo(Math.exp(0.25), within(1e-6));
  }

  /** Outputs that the loss does not need have no gradient, and the rule can ask. */
  @Test
  void rulesSeeWhichOutputsTheLossNeeds() {
    Value x = input("n");
    boolean[] seen = new boolean[2];
    List<Value> outputs =
        NodeBuilder.of("Two", "com.example", 1)
            .input(x)
            .optionalInput(null)
            .minInputs(2)
            .output("a", x.type())
            .output("b", x.type())
            .gradient(
                node -> {
                  seen[0] = node.hasOutputGradient(0);
                  seen[1] = node.hasOutputGradient(1);
                  assertThat(node.inputCount()).isEqualTo(2);
                  assertThat(node.input(1)).isNull();
                  assertThat(node.wants(0)).isTrue();
                  assertThat(node.wants(1)).isFalse();
                  assertThat(node.wants(7)).isFalse();
                  assertThatThrownBy(() -> node.outputGradient(0))
                      .isInstanceOf(IllegalStateException.class)
                      .hasMessage("com.example:Two: there is no gradient by output 0");
                  node.add(0, node.outputGradient(1));
                })
            .build();
    assertThat(Gradients.of(Ops.exp(outputs.get(1)), List.of(x))).hasSize(1);
    assertThat(seen).containsExactly(false, true);
  }

  @ParameterizedTest
  @CsvSource({"INT64", "INT32"})
  void duplicatesAreSummedInOrder(ElementType indexType) {
    Random random = new Random(5);
    int count = 4000;
    int width = 7;
    long[] indices = new long[count];
    float[] values = new float[count * width];
    float[][] expected = new float[40][width];
    for (int i = 0; i < count; i++) {
      // Few rows and many duplicates: lost or reordered additions show.
      indices[i] = random.nextInt(20) * 2L + (i % 100 == 0 ? 1 : 0);
      for (int d = 0; d < width; d++) {
        values[i * width + d] = (float) random.nextGaussian();
        expected[(int) indices[i]][d] += values[i * width + d];
      }
    }
    Value at = Value.input(indexType, ShapeInferenceTest.shape("n 4"));
    Value rows = input("n 4 7");
    Gradient.IndexedSlices unique = Gradients.deduplicate(at, rows);
    assertThat(unique.values().type()).hasToString("float[?, 7]");
    OnnxModel model =
        new ModelBuilder()
            .input("indices", at)
            .input("values", rows)
            .output("unique", unique.indices())
            .output("summed", unique.values())
            .build();
    Map<String, Tensor> found =
        StockRuntime.run(
            model,
            Map.of(
                "indices",
                indexType == ElementType.INT64
                    ? Tensor.of(indices, count / 4, 4)
                    : Tensor.of(
                        LongStream.of(indices).mapToInt(i -> (int) i).toArray(), count / 4, 4),
                "values",
                Tensor.of(values, count / 4, 4, width)));
    long[] ids = found.get("unique").toLongArray();
    assertThat(ids).isEqualTo(LongStream.of(indices).sorted().distinct().toArray());
    float[] sums = found.get("summed").toFloatArray();
    for (int i = 0; i < ids.length; i++) {
      assertThat(Arrays.copyOfRange(sums, i * width, (i + 1) * width))
          .isEqualTo(expected[(int) ids[i]]);
    }
  }

  /** One function serves look-ups of every rank, so a model can have several. */
  @Test
  void tablesOfOneModelShareTheFunction() {
    Map<String, Tensor> feeds = new LinkedHashMap<>();
    ModelBuilder model = new ModelBuilder();
    Value sum = null;
    Value[] tables = {input("6 2"), input("v ? 3"), input("6")};
    String[] shapes = {"n", "n 2", ""};
    Tensor[] at = {
      Tensor.of(new long[] {5, 0, 5}, 3),
      Tensor.of(new long[] {1, 1, 2, 3}, 2, 2),
      Tensor.of(new long[] {4})
    };
    Tensor[] data = {
      Tensor.of(new float[12], 6, 2), Tensor.of(new float[36], 6, 2, 3), Tensor.of(new float[6], 6)
    };
    for (int i = 0; i < 3; i++) {
      Value idsInput = ids(shapes[i]);
      model.input("t" + i, tables[i]).input("i" + i, idsInput);
      feeds.put("t" + i, data[i]);
      feeds.put("i" + i, at[i]);
      Value rows = Ops.reduceSum(Ops.exp(Ops.gather(tables[i], idsInput, 0)), false);
      sum = sum == null ? rows : Ops.add(sum, rows);
    }
    OnnxModel portable = model.withGradients(sum, tables).build();
    assertThat(portable.functions()).hasSize(1);
    Map<String, Tensor> found = StockRuntime.run(portable, feeds);
    assertThat(found.get("t0_grad_indices").toLongArray()).containsExactly(0, 5);
    assertThat(found.get("t0_grad_values").toFloatArray()).containsExactly(1, 1, 2, 2);
    assertThat(found.get("t1_grad_indices").toLongArray()).containsExactly(1, 2, 3);
    assertThat(found.get("t1_grad_values").shape()).containsExactly(3, 2, 3);
    assertThat(found.get("t1_grad_values").toFloatArray()).startsWith(2, 2, 2, 2, 2, 2, 1);
    assertThat(found.get("t2_grad_indices").toLongArray()).containsExactly(4);
    assertThat(found.get("t2_grad_values").toFloatArray()).containsExactly(1);
  }

  /** Sums over no examples are 0, and no row was used. */
  @Test
  void emptyBatches() {
    Value table = input("6 2");
    Value w = input("2 3");
    Value bias = input("3");
    Value idsInput = ids("batch context");
    Value x = Ops.reduceMean(Ops.gather(table, idsInput, 0), false, 1);
    Value loss = Ops.reduceSum(Ops.tanh(Ops.gemm(x, w, bias)), false, 1);
    OnnxModel model =
        new ModelBuilder()
            .input("table", table)
            .input("w", w)
            .input("bias", bias)
            .input("ids", idsInput)
            .withGradients(loss, table, w, bias)
            .build();
    Map<String, Tensor> found =
        StockRuntime.run(
            model,
            Map.of(
                "table", Tensor.of(new float[12], 6, 2),
                "w", Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3),
                "bias", Tensor.of(new float[3], 3),
                "ids", Tensor.of(new long[0], 0, 4)));
    assertThat(found.get("table_grad_indices").toLongArray()).isEmpty();
    assertThat(found.get("table_grad_values").shape()).containsExactly(0, 2);
    assertThat(found.get("w_grad").toFloatArray()).hasSize(6).containsOnly(0);
    assertThat(found.get("bias_grad").toFloatArray()).hasSize(3).containsOnly(0);
  }
}
