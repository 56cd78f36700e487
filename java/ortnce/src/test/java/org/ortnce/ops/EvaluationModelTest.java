package org.ortnce.ops;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.ortnce.nce.EvaluationOptions;
import org.ortnce.nce.GraphNames;
import org.ortnce.nce.NceModels;
import org.ortnce.nce.OutputLayer;
import org.ortnce.nce.Reduction;
import org.ortnce.session.EvaluationSession;
import org.ortnce.session.LossResult;
import org.ortnce.tensor.Tensor;

/**
 * The evaluation model, a sigmoid cross entropy over all classes, against the sum in double. The
 * bound: V + D + 8 roundings of the magnitudes that are added, in any order.
 */
class EvaluationModelTest {
  private static final int BATCH = 6;
  private static final int NUM_TRUE = 3;
  private static final int ROWS = 47;
  private static final int DIM = 9;
  private static final long PADDING = -1;

  /** Partitions and strategy, padding rows, ignored labels, reduction, stored or fed weights. */
  @TestFactory
  Stream<DynamicTest> combinations() {
    return IntStream.range(0, 3 * 3 * 2 * 2 * 2)
        .mapToObj(
            i ->
                new Setup(
                    List.of(1, 3, 5).get(i % 3),
                    (i & 1) == 0 ? "div" : "mod",
                    i / 18 % 2 == 0 ? ROWS : 30,
                    i / 9 % 2 == 0,
                    List.of(Reduction.values()).get(i / 3 % 3),
                    i / 36 == 0))
        .map(setup -> DynamicTest.dynamicTest(setup.toString(), () -> check(setup)));
  }

  private record Setup(
      int partitions,
      String strategy,
      int numClasses,
      boolean ignore,
      Reduction reduction,
      boolean stored) {}

  private static void check(Setup setup) throws OrtException {
    NceCase c = NceCase.random(new NceCase.Sizes(BATCH, NUM_TRUE, 1, ROWS, DIM), setup.hashCode());
    c.attribute("partition_strategy", setup.strategy)
        .weights(NceCase.partitions(c.weights().get(0), setup.strategy, setup.partitions));
    long[] labels = c.get(GraphNames.LABELS).toLongArray();
    for (int at = 0; at < labels.length; at++) {
      labels[at] %= setup.numClasses;
      // Example 0 has no label left, example 1 one, the others all.
      labels[at] = setup.ignore && (at < 3 || at == 4 || at == 5) ? PADDING : labels[at];
    }
    c.set(GraphNames.LABELS, Tensor.of(labels, BATCH, NUM_TRUE));
    EvaluationOptions options =
        new EvaluationOptions(
            NUM_TRUE,
            setup.ignore ? OptionalLong.of(PADDING) : OptionalLong.empty(),
            setup.reduction);
    OutputLayer layer = Layers.of(c, setup.stored).withNumClasses(setup.numClasses);
    byte[] model = NceModels.evaluation(layer, options).toByteArray();
    try (EvaluationSession session = EvaluationSession.open(model, NceRuns.QUIET)) {
      LossResult result = session.loss(Layers.feeds(c, setup.stored, GraphNames.LABELS));
      NceRuns.checkLoss(result.loss().toFloatArray(), reference(c, setup));
      assertThat(result.loss().rank()).isEqualTo(setup.reduction == Reduction.NONE ? 1 : 0);
    }
  }

  private static NceLossReference.Result reference(NceCase c, Setup setup) {
    double[][] logits = NceLossReference.logits(c, setup.numClasses);
    long[] labels = c.get(GraphNames.LABELS).toLongArray();
    double[] loss = new double[logits.length];
    double[] bound = new double[logits.length];
    int examples = 0;
    for (int i = 0; i < loss.length; i++) {
      long[] counted =
          Arrays.stream(labels, i * NUM_TRUE, (i + 1) * NUM_TRUE)
              .filter(label -> label != PADDING)
              .toArray();
      if (counted.length == 0) {
        continue;
      }
      examples++;
      double magnitude = 0;
      for (double z : logits[i]) {
        loss[i] += NceLossReference.softplus(z);
        // Softplus of standard ops rounds 1 + e^z: an error of an ulp of 1 even where it is tiny.
        magnitude += Math.abs(z) + 2;
      }
      for (long label : counted) {
        loss[i] -= logits[i][(int) label] / counted.length;
      }
      bound[i] = 0x1p-24 * (setup.numClasses + DIM + 8) * magnitude;
    }
    if (setup.reduction == Reduction.NONE) {
      return new NceLossReference.Result(loss, bound);
    }
    double divisor = setup.reduction == Reduction.MEAN ? examples : 1;
    return new NceLossReference.Result(
        new double[] {Arrays.stream(loss).sum() / divisor},
        new double[] {Arrays.stream(bound).sum() / divisor});
  }

  @Test
  void allLabelsIgnoredAndEmptyBatches() throws OrtException {
    NceCase c = NceCase.random(new NceCase.Sizes(2, 1, 1, 5, 3), 1);
    for (Reduction reduction : Reduction.values()) {
      EvaluationOptions options = new EvaluationOptions(1, OptionalLong.of(PADDING), reduction);
      byte[] model = NceModels.evaluation(Layers.of(c, true), options).toByteArray();
      try (EvaluationSession session = EvaluationSession.open(model, NceRuns.QUIET)) {
        Map<String, Tensor> feeds = new HashMap<>(Layers.feeds(c, true, GraphNames.LABELS));
        feeds.put(GraphNames.LABELS, Tensor.of(new long[] {PADDING, PADDING}, 2, 1));
        float[] ignored = session.loss(feeds).loss().toFloatArray();
        assertThat(ignored).containsOnly(0f);
        feeds.put(GraphNames.LABELS, Tensor.of(new long[0], 0, 1));
        feeds.put(GraphNames.INPUTS, NceCase.filled(0, 0, 3));
        float[] empty = session.loss(feeds).loss().toFloatArray();
        assertThat(empty).hasSize(reduction == Reduction.NONE ? 0 : 1);
        assertThat(empty.length == 0 ? 0f : empty[0]).isZero();
      }
    }
  }
}
