package org.ortnce.golden;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.ortnce.nce.FullSigmoidLoss;
import org.ortnce.nce.FullSigmoidLossOptions;
import org.ortnce.nce.GraphNames;
import org.ortnce.nce.NceOps;
import org.ortnce.nce.PartitionStrategy;
import org.ortnce.nce.Reduction;
import org.ortnce.nce.TopKClasses;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.session.ModelSession;
import org.ortnce.session.SessionConfig;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * TensorFlow's losses over all classes, ranks and top classes: with the native library, and without
 * it through the functions in the model. Losses are within 1e-6 of the float64 reference, logits
 * within the rounding of D + 2 operations of TensorFlow's, ids and ranks equal.
 */
class GoldenFullSigmoidTest {
  private static final double TOLERANCE = 1e-6;
  private static final Dim BATCH = Dim.of("batch");

  @TestFactory
  Stream<DynamicTest> emittedModelsAreTheCheckedInOnes() throws IOException {
    return GoldenCase.fullSigmoid().stream()
        .map(
            golden ->
                DynamicTest.dynamicTest(
                    golden.name(), () -> GoldenModels.checkStored(golden, model(golden))));
  }

  @TestFactory
  Stream<DynamicTest> nativeLibrary() throws IOException {
    return cases(SessionConfig.defaults());
  }

  @TestFactory
  Stream<DynamicTest> stockOnnxRuntime() throws IOException {
    return cases(SessionConfig.builder().registerLibrary(false).build());
  }

  private static Stream<DynamicTest> cases(SessionConfig config) throws IOException {
    List<GoldenCase> cases = GoldenCase.fullSigmoid();
    assertThat(cases).hasSizeGreaterThanOrEqualTo(8);
    return cases.stream()
        .map(golden -> DynamicTest.dynamicTest(golden.name(), () -> check(golden, config)));
  }

  private static void check(GoldenCase golden, SessionConfig config)
      throws IOException, OrtException {
    GoldenCase.DataSet set = golden.dataSets().get(0);
    Map<String, Tensor> found;
    try (ModelSession session = ModelSession.open(golden.model(), config)) {
      found = session.run(set.inputs());
    }
    assertThat(found.keySet()).containsExactlyElementsOf(set.outputs().keySet());
    for (String name : List.of(GraphNames.LOSS, GraphNames.SOFTMAX_LOSS)) {
      double[] reference = set.doubles("reference_" + name);
      float[] values = found.get(name).toFloatArray();
      assertThat(found.get(name).shape()).isEqualTo(set.outputs().get(name).shape());
      for (int i = 0; i < values.length; i++) {
        assertThat(Math.abs(values[i] - reference[i]))
            .as(name + "[" + i + "] = " + values[i] + ", reference " + reference[i])
            .isLessThanOrEqualTo(TOLERANCE * Math.abs(reference[i]));
      }
    }
    for (String name : List.of(GraphNames.TRUE_RANKS, GraphNames.TOP_K_CLASSES)) {
      assertThat(found.get(name).toLongArray())
          .as(name)
          .containsExactly(set.outputs().get(name).toLongArray());
    }
    for (String name : List.of(GraphNames.TRUE_LOGITS, GraphNames.TOP_K_LOGITS)) {
      float[] values = found.get(name).toFloatArray();
      float[] expected = set.outputs().get(name).toFloatArray();
      assertThat(values).hasSameSizeAs(expected);
      double largest = 0;
      for (float value : expected) {
        largest = Math.max(largest, Math.abs(value));
      }
      for (int i = 0; i < values.length; i++) {
        assertThat((double) Math.abs(values[i] - expected[i]))
            .as(name + "[" + i + "]")
            .isLessThanOrEqualTo(0x1p-23 * (golden.options().dim + 2) * (1 + largest));
      }
    }
  }

  private static OnnxModel model(GoldenCase golden) {
    GoldenCase.Options o = golden.options();
    ModelBuilder model = new ModelBuilder().graphName(golden.name());
    Value inputs = input(model, GraphNames.INPUTS, ElementType.FLOAT, BATCH, Dim.of(o.dim));
    ElementType labelsType = ElementType.valueOf(o.labelsType.toUpperCase(Locale.ROOT));
    Value labels = input(model, GraphNames.LABELS, labelsType, BATCH, Dim.of(o.numTrue));
    List<Value> weights = new ArrayList<>();
    for (int p = 0; p < o.partitions.length; p++) {
      String name = GraphNames.weights(p, o.partitions.length);
      weights.add(input(model, name, ElementType.FLOAT, Dim.of(o.partitions[p]), Dim.of(o.dim)));
    }
    Value biases =
        o.hasBiases
            ? input(model, GraphNames.BIASES, ElementType.FLOAT, Dim.of(o.biasesLength))
            : null;
    PartitionStrategy strategy =
        PartitionStrategy.valueOf(o.partitionStrategy.toUpperCase(Locale.ROOT));
    OptionalLong numClasses = OptionalLong.of(o.numClasses);
    FullSigmoidLoss loss =
        NceOps.fullSigmoidLoss(
            weights,
            biases,
            labels,
            inputs,
            new FullSigmoidLossOptions(
                numClasses,
                o.numTrue,
                strategy,
                o.ignoreIndex == null ? OptionalLong.empty() : OptionalLong.of(o.ignoreIndex),
                Reduction.valueOf(o.reduction.toUpperCase(Locale.ROOT))));
    TopKClasses top = NceOps.topKClasses(weights, biases, inputs, o.k, numClasses, strategy);
    return model
        .output(GraphNames.LOSS, loss.loss())
        .output(GraphNames.SOFTMAX_LOSS, loss.softmaxLoss())
        .output(GraphNames.TRUE_RANKS, loss.trueRanks())
        .output(GraphNames.TRUE_LOGITS, loss.trueLogits())
        .output(GraphNames.TOP_K_CLASSES, top.classIds())
        .output(GraphNames.TOP_K_LOGITS, top.logits())
        .build();
  }

  private static Value input(ModelBuilder model, String name, ElementType type, Dim... dims) {
    Value value = Value.input(type, Shape.of(dims));
    model.input(name, value);
    return value;
  }
}
