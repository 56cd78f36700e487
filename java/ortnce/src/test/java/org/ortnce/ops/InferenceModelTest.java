package org.ortnce.ops;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.ortnce.nce.InferenceOptions;
import org.ortnce.nce.NceModels;
import org.ortnce.nce.OutputLayer;
import org.ortnce.session.InferenceSession;
import org.ortnce.session.TopK;
import org.ortnce.tensor.Tensor;

/**
 * The inference model against logits in double: D + 3 roundings of magnitudes below 40, and 8 ulp
 * for a sigmoid.
 */
class InferenceModelTest {
  private static final int BATCH = 5;
  private static final int ROWS = 31;
  private static final int DIM = 8;
  private static final double LOGIT_BOUND = 0x1p-24 * (DIM + 3) * 40;

  @TestFactory
  Stream<DynamicTest> combinations() {
    return IntStream.range(0, 2 * 2 * 2 * 3)
        .mapToObj(
            i -> {
              String strategy = (i & 1) == 0 ? "div" : "mod";
              int numClasses = (i & 2) == 0 ? ROWS : 20;
              boolean stored = (i & 4) == 0;
              int partitions = List.of(1, 2, 5).get(i / 8);
              return DynamicTest.dynamicTest(
                  strategy + " " + partitions + ", " + numClasses + " classes, stored " + stored,
                  () -> check(strategy, partitions, numClasses, stored));
            });
  }

  private static void check(String strategy, int partitions, int numClasses, boolean stored)
      throws OrtException {
    NceCase c = NceCase.random(new NceCase.Sizes(BATCH, 1, 1, ROWS, DIM), 77);
    c.attribute("partition_strategy", strategy)
        .weights(NceCase.partitions(c.weights().get(0), strategy, partitions));
    double[][] expected = NceLossReference.logits(c, numClasses);
    OutputLayer layer = Layers.of(c, stored).withNumClasses(numClasses);
    for (int k : new int[] {1, 4, numClasses}) {
      byte[] model = NceModels.inference(layer, new InferenceOptions(k, true)).toByteArray();
      try (InferenceSession session = InferenceSession.open(model, NceRuns.QUIET)) {
        Map<String, Tensor> feeds = Layers.feeds(c, stored);
        Tensor logits = session.logits(feeds);
        Tensor probabilities = session.probabilities(feeds);
        TopK top = session.topK(feeds);
        assertThat(logits.shape()).containsExactly(BATCH, numClasses);
        assertThat(probabilities.shape()).containsExactly(BATCH, numClasses);
        assertThat(top.classes().shape()).containsExactly(BATCH, k);
        assertThat(top.probabilities().shape()).containsExactly(BATCH, k);
        for (int i = 0; i < BATCH; i++) {
          checkScores(row(logits, i), row(probabilities, i), expected[i]);
          checkTop(top, i, k, expected[i]);
        }
      }
    }
  }

  private static void checkScores(float[] logits, float[] probabilities, double[] expected) {
    for (int id = 0; id < expected.length; id++) {
      assertThat(Math.abs(logits[id] - expected[id])).isLessThanOrEqualTo(LOGIT_BOUND);
      checkProbability(probabilities[id], expected[id]);
    }
  }

  private static void checkProbability(float probability, double logit) {
    double p = NceLossReference.sigmoid(logit);
    assertThat(Math.abs(probability - p)).isLessThanOrEqualTo(LOGIT_BOUND * p + 0x1p-20 * p);
  }

  private static void checkTop(TopK top, int example, int k, double[] expected) {
    List<Integer> order =
        IntStream.range(0, expected.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer id) -> -expected[id]))
            .toList();
    for (int j = 0; j < k; j++) {
      int at = example * k + j;
      assertThat(top.classes().toLongArray()[at]).isEqualTo(order.get(j).longValue());
      checkProbability(top.probabilities().toFloatArray()[at], expected[order.get(j)]);
    }
  }

  private static float[] row(Tensor tensor, int i) {
    int columns = (int) tensor.dim(1);
    return java.util.Arrays.copyOfRange(tensor.toFloatArray(), i * columns, (i + 1) * columns);
  }
}
