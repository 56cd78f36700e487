package org.ortnce.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.NodeBuilder;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.TensorType;
import org.ortnce.onnx.Value;
import org.ortnce.session.ModelSession;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** The op as a node of any graph: copies and updates in place, and what it refuses. */
class ApplyGradientsTest {
  private static final String INDICES = "indices";

  /** A graph with one node; inputs and outputs in the order they are added. */
  private static final class Graph {
    private final NodeBuilder node = NodeBuilder.of("ApplyGradients", "org.ortnce", 1);
    private final Map<String, Value> inputs = new LinkedHashMap<>();
    private final List<String> outputs = new ArrayList<>();

    Graph(String rule) {
      node.stringAttribute("rule", rule);
    }

    Graph input(String name, ElementType type, int rank) {
      Shape shape =
          Shape.of(IntStream.range(0, rank).mapToObj(i -> Dim.unknown()).toArray(Dim[]::new));
      inputs.put(name, Value.input(type, shape));
      node.input(inputs.get(name));
      return this;
    }

    Graph input(String name, int rank) {
      return input(name, ElementType.FLOAT, rank);
    }

    Graph hole() {
      node.optionalInput(null);
      return this;
    }

    Graph output(String name, int rank) {
      node.output(name, new TensorType(ElementType.FLOAT, Shape.ofRank(rank)));
      outputs.add(name);
      return this;
    }

    ModelSession open() throws OrtException {
      List<Value> results = node.build();
      ModelBuilder model = new ModelBuilder();
      inputs.forEach(model::input);
      for (int i = 0; i < outputs.size(); i++) {
        model.output(outputs.get(i), results.get(i));
      }
      return ModelSession.open(model.build().toByteArray(), NceRuns.QUIET);
    }
  }

  /** Plain gradient descent of rows of a table. */
  private static Graph sparse() {
    return new Graph("sgd")
        .input("coefficients", 1)
        .hole()
        .input("w", 2)
        .input(INDICES, ElementType.INT64, 1)
        .input("gradient", 2)
        .output("w_new", 2);
  }

  private static Tensor floats(long[] shape, float... values) {
    Tensor tensor = Tensor.allocateFloats(shape);
    tensor.floats().put(values);
    return tensor;
  }

  private static Map<String, Tensor> feeds(Tensor table, long... indices) {
    float[] ones = new float[indices.length * 2];
    Arrays.fill(ones, 1);
    return Map.of(
        "coefficients",
        floats(new long[] {1}, 0.5f),
        "w",
        table,
        INDICES,
        Tensor.of(indices, indices.length),
        "gradient",
        Tensor.of(ones, indices.length, 2));
  }

  private static Tensor table() {
    return floats(new long[] {3, 2}, 1, 2, 3, 4, 5, 6);
  }

  @Test
  void inputsStayUnlessTheOutputIsBoundToThem() throws Exception {
    Tensor table = table();
    float[] updated = {0.5f, 1.5f, 3, 4, 4.5f, 5.5f};
    try (ModelSession session = sparse().open()) {
      assertThat(session.run(feeds(table, 0, 2)).get("w_new").toFloatArray()).isEqualTo(updated);
      assertThat(table.toFloatArray()).containsExactly(1, 2, 3, 4, 5, 6);

      Tensor other = Tensor.allocateFloats(3, 2);
      assertThat(session.run(feeds(table, 0, 2), Set.of(), Map.of("w_new", other))).isEmpty();
      assertThat(other.toFloatArray()).isEqualTo(updated);
      assertThat(table.toFloatArray()).containsExactly(1, 2, 3, 4, 5, 6);

      session.run(feeds(table, 0, 2), Set.of(), Map.of("w_new", table));
      assertThat(table.toFloatArray()).isEqualTo(updated);
    }
  }

  @Test
  void lossAndDenseGradients() throws Exception {
    Graph graph =
        new Graph("momentum")
            .input("coefficients", 1)
            .input("loss", 1)
            .input("w", 1)
            .input("m", 1)
            .input("gradient", 1)
            .output("w_new", 1)
            .output("m_new", 1);
    Map<String, Tensor> feeds =
        new LinkedHashMap<>(
            Map.of(
                "coefficients", floats(new long[] {2}, 0.5f, 0.25f),
                "loss", floats(new long[] {2}, 1, 3),
                "w", floats(new long[] {2}, 10, 20),
                "m", floats(new long[] {2}, 4, 8),
                "gradient", floats(new long[] {2}, 6, -2)));
    try (ModelSession session = graph.open()) {
      Map<String, Tensor> results = session.run(feeds);
      assertThat(results.get("m_new").toFloatArray()).containsExactly(1 - 3, 2 + 1);
      assertThat(results.get("w_new").toFloatArray()).containsExactly(8, 23);
      for (float loss : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
        feeds.put("loss", floats(new long[] {2}, 1, loss));
        results = session.run(feeds);
        assertThat(results.get("m_new").toFloatArray()).containsExactly(4, 8);
        assertThat(results.get("w_new").toFloatArray()).containsExactly(10, 20);
      }
    }
  }

  @Test
  void badIndicesChangeNothing() throws Exception {
    Tensor table = table();
    try (ModelSession session = sparse().open()) {
      refuse(session, table, "indices[1] of parameter 0 = 3 is outside [0, 3)", 0, 3);
      refuse(session, table, "indices[0] of parameter 0 = -1 is outside [0, 3)", -1);
      refuse(
          session,
          table,
          "indices[1] of parameter 0 = 1 is not above the one before, 1: expected ascending",
          1,
          1);
      refuse(session, table, "indices[1] of parameter 0 = 0 is not above", 2, 0);
      session.run(feeds(table), Set.of(), Map.of("w_new", table));
      assertThat(table.toFloatArray()).containsExactly(1, 2, 3, 4, 5, 6);
    }
  }

  private static void refuse(ModelSession session, Tensor table, String message, long... indices) {
    assertThatThrownBy(() -> session.run(feeds(table, indices), Set.of(), Map.of("w_new", table)))
        .isInstanceOf(OrtException.class)
        .hasMessageContaining("ApplyGradients: " + message);
    assertThat(table.toFloatArray()).containsExactly(1, 2, 3, 4, 5, 6);
  }

  @Test
  void shapesMustMatchExactly() throws Exception {
    Tensor table = table();
    try (ModelSession session = sparse().open()) {
      Map<String, Tensor> feeds = new LinkedHashMap<>(feeds(table, 0, 1));
      feeds.put("gradient", floats(new long[] {2, 1}, 1, 1));
      assertThatThrownBy(() -> session.run(feeds))
          .hasMessageContaining(
              "ApplyGradients: gradient values of parameter 0 must have shape of the parameter's"
                  + " value = [2, 2], got [2, 1]");
      feeds.put("gradient", floats(new long[] {3, 2}, 1, 1, 1, 1, 1, 1));
      assertThatThrownBy(() -> session.run(feeds)).hasMessageContaining("[2, 2], got [3, 2]");
      Map<String, Tensor> more = new LinkedHashMap<>(feeds(table, 0, 1));
      more.put("coefficients", floats(new long[] {2}, 1, 1));
      assertThatThrownBy(() -> session.run(more))
          .hasMessageContaining("ApplyGradients: coefficients must have shape")
          .hasMessageContaining("dimension 0 is 2, expected 1");
    }
  }

  @Test
  void graphsThatCannotRunAreRefusedWhenTheyAreOpened() {
    assertRefused(
        new Graph("rmsprop")
            .input("coefficients", 1)
            .hole()
            .input("w", 1)
            .input("gradient", 1)
            .output("w_new", 1),
        "attribute rule must be one of \"sgd\", \"momentum\", \"nesterov\", \"adagrad\", \"adam\","
            + " got \"rmsprop\"");
    assertRefused(
        new Graph("sgd").input("coefficients", 1).hole().input("w", 1).output("w_new", 1),
        "gradient of parameter 0 is missing");
    assertRefused(
        new Graph("adagrad")
            .input("coefficients", 1)
            .hole()
            .input("w", 1)
            .input("gradient", 1)
            .output("w_new", 1),
        "gradient of parameter 0 is missing");
    assertRefused(
        new Graph("adam")
            .input("coefficients", 1)
            .hole()
            .input("w", 1)
            .input("m", 1)
            .input("v", 1)
            .input("gradient", 1)
            .output("w_new", 1),
        "1 parameters with 2 slots each have 3 outputs, got 1");
    assertRefused(
        new Graph("sgd")
            .input("coefficients", 1)
            .hole()
            .input("w", ElementType.DOUBLE, 1)
            .input("gradient", 1)
            .output("w_new", 1),
        "value of parameter 0 must be float, got double");
  }

  private static void assertRefused(Graph graph, String message) {
    assertThatThrownBy(graph::open)
        .isInstanceOf(OrtException.class)
        .hasMessageContaining("ApplyGradients: " + message);
  }

  @Test
  void memoryForOutputsIsCheckedFirst() throws Exception {
    Tensor table = table();
    try (ModelSession session = sparse().open()) {
      Map<String, Tensor> feeds = feeds(table, 0);
      assertMemoryRefused(
          session,
          feeds,
          Set.of(),
          Map.of("w_new", Tensor.of(new float[6], 3, 2)),
          "the memory for output 'w_new' must be direct and writable, got an array");
      Tensor readOnly = Tensor.of(table.floats().asReadOnlyBuffer(), 3, 2);
      assertMemoryRefused(
          session, feeds, Set.of(), Map.of("w_new", readOnly), "got a read-only buffer");
      assertMemoryRefused(
          session,
          feeds,
          Set.of(),
          Map.of("w_new", Tensor.allocateFloats(6)),
          "the memory for output 'w_new float[?, ?]' is float[6]");
      assertMemoryRefused(
          session,
          feeds,
          Set.of("w_new"),
          Map.of("w_new", table),
          "output 'w_new' is wanted both as a copy and in given memory");
      assertMemoryRefused(session, feeds, Set.of(), Map.of("v", table), "unknown output 'v'");
      assertMemoryRefused(session, feeds, Set.of(), Map.of(), "no output is wanted");
      // Found by ONNX Runtime alone: the shape of this output is not known before the run.
      assertThatThrownBy(
              () -> session.run(feeds, Set.of(), Map.of("w_new", Tensor.allocateFloats(4, 2))))
          .isInstanceOf(OrtException.class);
      assertThat(table.toFloatArray()).containsExactly(1, 2, 3, 4, 5, 6);
    }
  }

  private static void assertMemoryRefused(
      ModelSession session,
      Map<String, Tensor> feeds,
      Set<String> wanted,
      Map<String, Tensor> into,
      String message) {
    assertThatThrownBy(() -> session.run(feeds, wanted, into))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
