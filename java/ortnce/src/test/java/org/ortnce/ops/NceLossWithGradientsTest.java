package org.ortnce.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.ortnce.nce.NceLoss;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.NceOps;
import org.ortnce.nce.PartitionStrategy;
import org.ortnce.nce.Reduction;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.Ops;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.session.ModelSession;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** The loss and its gradients of one node against those of NceLoss and its gradient node. */
class NceLossWithGradientsTest {
  private static final int CLASSES = 40;
  private static final int DIM = 9;

  @TestFactory
  Stream<DynamicTest> equalsLossAndGradientNodes() {
    return IntStream.range(0, 24)
        .mapToObj(i -> DynamicTest.dynamicTest("case " + i, () -> check(i)));
  }

  private static void check(int index) throws Exception {
    Random random = new Random(index);
    int batch = 1 + random.nextInt(60);
    int numTrue = 1 + index % 3;
    int partitions = 1 + index % 4;
    NceLossOptions options =
        NceLossOptions.builder()
            .numSampled(1 + random.nextInt(CLASSES))
            .numClasses(CLASSES)
            .numTrue(numTrue)
            .removeAccidentalHits(index % 2 == 0)
            .subtractLogQ(index % 5 != 0)
            .partitionStrategy(index % 3 == 0 ? PartitionStrategy.MOD : PartitionStrategy.DIV)
            .reduction(index % 2 == 0 ? Reduction.MEAN : Reduction.SUM)
            .seed(3, index)
            .build();
    Map<String, Tensor> feeds = new LinkedHashMap<>();
    feeds.put("inputs", NceCase.gaussian(random, 1, batch, DIM));
    feeds.put("labels", NceCase.ids(random, CLASSES, batch, numTrue));
    feeds.put("step", Tensor.scalar((long) random.nextInt(100)));
    for (int p = 0; p < partitions; p++) {
      int rows = CLASSES / partitions + (p < CLASSES % partitions ? 1 : 0);
      feeds.put("weights_" + p, NceCase.gaussian(random, 0.5, rows, DIM));
    }
    if (index % 4 != 1) {
      feeds.put("biases", NceCase.gaussian(random, 0.5, CLASSES));
    }
    float factor = index % 6 == 5 ? -2.5f : 1;

    Map<String, Tensor> expected = run(feeds, options, factor, false);
    Map<String, Tensor> found = run(feeds, options, factor, true);
    assertThat(found.keySet()).isEqualTo(expected.keySet());
    for (String name : found.keySet()) {
      if (found.get(name).elementType() == ElementType.INT64) {
        assertThat(found.get(name).toLongArray()).isEqualTo(expected.get(name).toLongArray());
      } else {
        assertNear(name, found.get(name).toFloatArray(), expected.get(name).toFloatArray(), factor);
      }
    }
  }

  /**
   * Without a factor the same bits, but for the last of the loss; a factor is applied to the slopes
   * there and to their sums here, which rounds differently.
   */
  private static void assertNear(String name, float[] found, float[] expected, float factor) {
    if (factor == 1 && !name.equals("loss")) {
      assertThat(found).as(name).containsExactly(expected);
      return;
    }
    assertThat(found).as(name).hasSize(expected.length);
    double error = 0;
    double norm = 0;
    for (int i = 0; i < found.length; i++) {
      error += Math.pow((double) found[i] - expected[i], 2);
      norm += Math.pow(expected[i], 2);
    }
    assertThat(Math.sqrt(error)).as(name).isLessThanOrEqualTo(1e-6 * Math.sqrt(norm));
  }

  private static Map<String, Tensor> run(
      Map<String, Tensor> feeds, NceLossOptions options, float factor, boolean oneNode)
      throws Exception {
    ModelBuilder model = new ModelBuilder();
    Map<String, Value> values = new LinkedHashMap<>();
    List<Value> weights = new ArrayList<>();
    List<Value> wrt = new ArrayList<>();
    feeds.forEach(
        (name, tensor) -> {
          Value value = Value.input(tensor.elementType(), Shape.of(tensor.shape()));
          model.input(name, value);
          values.put(name, value);
          if (name.startsWith("weights")) {
            weights.add(value);
          }
          if (tensor.elementType() == ElementType.FLOAT) {
            wrt.add(value);
          }
        });
    Value biases = values.get("biases");
    Value labels = values.get("labels");
    Value inputs = values.get("inputs");
    Value step = values.get("step");
    NceLoss nce =
        oneNode
            ? NceOps.nceLossWithGradients(weights, biases, labels, inputs, options, step)
            : NceOps.nceLoss(weights, biases, labels, inputs, options, null, step);
    Value loss = factor == 1 ? nce.loss() : Ops.mul(nce.loss(), Ops.scalar(factor));
    byte[] bytes =
        model
            .output("loss", loss)
            .output("sampled_candidates", nce.sampledValues().sampledCandidates())
            .output("true_expected_count", nce.sampledValues().trueExpectedCount())
            .withGradients(loss, wrt.toArray(Value[]::new))
            .build()
            .toByteArray();
    try (ModelSession session = ModelSession.open(bytes, NceRuns.QUIET)) {
      return session.run(feeds);
    }
  }

  @Test
  void whatItCannotDoIsRefused() {
    Value weights = Value.input(ElementType.FLOAT, Shape.of(CLASSES, DIM));
    Value inputs = Value.input(ElementType.FLOAT, Shape.of(Dim.of("batch"), Dim.of(DIM)));
    Value labels = Value.input(ElementType.INT64, Shape.of(Dim.of("batch"), Dim.of(1)));
    NceLossOptions.Builder good =
        NceLossOptions.builder().numSampled(3).numClasses(CLASSES).reduction(Reduction.MEAN);
    NceLossOptions perExample =
        NceLossOptions.builder().numSampled(3).numClasses(CLASSES).seed(1, 2).build();
    assertThatThrownBy(() -> call(weights, labels, inputs, perExample))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("NceLossGrad: reduction must be mean or sum, got none");
    assertThatThrownBy(() -> call(weights, labels, inputs, good.ignoreIndex(-1).build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("NceLossGrad: ignore_index must be absent, got -1");
    NceLossOptions unsized =
        NceLossOptions.builder().numSampled(3).reduction(Reduction.SUM).build();
    assertThatThrownBy(() -> call(weights, labels, inputs, unsized))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("NceLoss: num_classes must be a value, got none");
    NceLossOptions unsampled =
        NceLossOptions.builder().numClasses(CLASSES).reduction(Reduction.SUM).build();
    assertThatThrownBy(() -> call(weights, labels, inputs, unsampled))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "NceLoss: num_sampled must be a value, since no sampled values are given, got none");
  }

  private static void call(Value weights, Value labels, Value inputs, NceLossOptions options) {
    NceOps.nceLossWithGradients(List.of(weights), null, labels, inputs, options, null);
  }
}
