package org.ortnce.ops;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.ortnce.evaluation.EvaluationResult;
import org.ortnce.nce.EvaluationOptions;
import org.ortnce.nce.GraphNames;
import org.ortnce.nce.NceModels;
import org.ortnce.nce.OutputLayer;
import org.ortnce.nce.Reduction;
import org.ortnce.session.EvaluationSession;
import org.ortnce.session.SessionConfig;
import org.ortnce.tensor.Tensor;

/**
 * Evaluation models with all they can return, against float64, by the op and by its function in
 * standard ops on a stock ONNX Runtime.
 */
class FullSigmoidLossTest {
  private static final SessionConfig STOCK = SessionConfig.builder().registerLibrary(false).build();
  private static final int BATCH = 7;
  private static final int NUM_TRUE = 3;
  private static final int ROWS = 61;
  private static final int DIM = 10;
  private static final long PADDING = -5;

  private record Setup(
      int partitions, String strategy, int numClasses, boolean ignore, boolean biases, boolean op) {
    SessionConfig config() {
      return op ? SessionConfig.defaults() : STOCK;
    }
  }

  @TestFactory
  Stream<DynamicTest> combinations() {
    return IntStream.range(0, 3 * 2 * 2 * 2 * 2 * 2)
        .mapToObj(
            i ->
                new Setup(
                    1 + 2 * (i % 3),
                    i / 3 % 2 == 0 ? "div" : "mod",
                    i / 6 % 2 == 0 ? ROWS : 44,
                    i / 12 % 2 == 0,
                    i / 24 % 2 == 0,
                    i / 48 == 0))
        .map(setup -> DynamicTest.dynamicTest(setup.toString(), () -> check(setup)));
  }

  private static void check(Setup setup) throws OrtException {
    NceCase c = NceCase.random(new NceCase.Sizes(BATCH, NUM_TRUE, 1, ROWS, DIM), setup.hashCode());
    c.attribute("partition_strategy", setup.strategy)
        .weights(NceCase.partitions(c.weights().get(0), setup.strategy, setup.partitions));
    if (!setup.biases) {
      c.remove(GraphNames.BIASES);
    }
    long[] labels = c.get(GraphNames.LABELS).toLongArray();
    for (int at = 0; at < labels.length; at++) {
      labels[at] %= setup.numClasses;
      labels[at] = setup.ignore && (at < 3 || at == 4 || at == 5) ? PADDING : labels[at];
    }
    // One class as every label, and as two of three.
    labels[12] = labels[13] = labels[14];
    labels[15] = labels[17];
    c.set(GraphNames.LABELS, Tensor.of(labels, BATCH, NUM_TRUE));
    OptionalLong ignored = setup.ignore ? OptionalLong.of(PADDING) : OptionalLong.empty();
    EvaluationOptions options =
        new EvaluationOptions(NUM_TRUE, ignored, Reduction.NONE).withMetrics();
    OutputLayer layer = Layers.of(c, true).withNumClasses(setup.numClasses);
    byte[] model = NceModels.evaluation(layer, options).toByteArray();
    FullSigmoidReference reference =
        new FullSigmoidReference(c, setup.numClasses, setup.ignore ? PADDING : null, 30);
    try (EvaluationSession session = EvaluationSession.open(model, setup.config())) {
      assertThat(session.ignoreIndex()).isEqualTo(ignored);
      EvaluationResult result =
          session.evaluate(c.get(GraphNames.INPUTS), c.get(GraphNames.LABELS));
      float[] softmax = result.softmaxLoss().orElseThrow().toFloatArray();
      long[] ranks = result.trueRanks().orElseThrow().toLongArray();
      for (int i = 0; i < BATCH; i++) {
        close(result.loss().toFloatArray()[i], reference.loss(i), reference.lossBound(i));
        close(softmax[i], reference.softmaxLoss(i), reference.softmaxBound(i));
        for (int j = 0; j < NUM_TRUE; j++) {
          long[] range = reference.ranks(i, j);
          assertThat(ranks[i * NUM_TRUE + j]).isBetween(range[0], range[1]);
        }
      }
    }
  }

  static void close(double found, double expected, double bound) {
    assertThat(Math.abs(found - expected))
        .as("found " + found + ", expected " + expected)
        .isLessThanOrEqualTo(bound);
  }

  /** Whole numbers: logits are exact, and many are equal. */
  @Test
  void equalLogitsRankByTheirIds() throws OrtException {
    float[][] weights = {{1}, {3}, {2}, {3}, {1}, {3}};
    OutputLayer layer = OutputLayer.of(Tensor.of(weights), null);
    EvaluationOptions options = EvaluationOptions.defaults().withMetrics();
    byte[] model = NceModels.evaluation(layer, options).toByteArray();
    for (SessionConfig config : new SessionConfig[] {SessionConfig.defaults(), STOCK}) {
      try (EvaluationSession session = EvaluationSession.open(model, config)) {
        Tensor inputs = Tensor.of(new float[] {2, 2, 2, 2, 2, 2}, 6, 1);
        Tensor labels = Tensor.of(new long[] {0, 1, 2, 3, 4, 5}, 6, 1);
        assertThat(session.evaluate(inputs, labels).trueRanks().orElseThrow().toLongArray())
            .containsExactly(5, 1, 4, 2, 6, 3);
      }
    }
  }

  /** An infinite logit gives the limit, NaN stays in its example, by the op and the function. */
  @Test
  void infinitiesAndNaN() throws OrtException {
    float inf = Float.POSITIVE_INFINITY;
    Tensor weights = Tensor.of(new float[][] {{1, 0}, {0, 1}, {1, 1}});
    Tensor inputs = Tensor.of(new float[][] {{1, inf}, {-inf, 1}, {Float.NaN, 1}, {0.5f, -0.5f}});
    Tensor labels = Tensor.of(new long[] {0, 0, 0, 2}, 4, 1);
    Tensor biases = Tensor.of(new float[] {0, 0, 0}, 3);
    EvaluationOptions options = EvaluationOptions.defaults().withMetrics();
    byte[] model = NceModels.evaluation(OutputLayer.of(weights, biases), options).toByteArray();
    for (SessionConfig config : new SessionConfig[] {SessionConfig.defaults(), STOCK}) {
      try (EvaluationSession session = EvaluationSession.open(model, config)) {
        float[] loss = session.evaluate(inputs, labels).loss().toFloatArray();
        assertThat(loss[2]).isNaN();
        close(loss[3], Math.log1p(Math.exp(0.5)) + Math.log1p(Math.exp(-0.5)) + Math.log(2), 1e-6);
      }
    }
    // Biases make infinite logits without the NaN of infinity times 0.
    Tensor infinite = Tensor.of(new float[] {inf, -inf, 0}, 3);
    byte[] limits = NceModels.evaluation(OutputLayer.of(weights, infinite), options).toByteArray();
    Tensor ones = Tensor.of(new float[][] {{1, 1}, {1, 1}, {1, 1}});
    Tensor each = Tensor.of(new long[] {0, 1, 2}, 3, 1);
    for (SessionConfig config : new SessionConfig[] {SessionConfig.defaults(), STOCK}) {
      try (EvaluationSession session = EvaluationSession.open(limits, config)) {
        EvaluationResult result = session.evaluate(ones, each);
        float[] loss = result.loss().toFloatArray();
        close(loss[0], Math.log1p(Math.exp(2)), 1e-6 * 3);
        assertThat(loss[1]).isEqualTo(inf);
        assertThat(loss[2]).isEqualTo(inf);
        float[] softmax = result.softmaxLoss().orElseThrow().toFloatArray();
        assertThat(softmax).containsExactly(0, inf, inf);
        assertThat(result.trueRanks().orElseThrow().toLongArray()).containsExactly(1, 3, 2);
      }
    }
  }

  /** Every model reduces softmax losses as it reduces its losses. */
  @Test
  void softmaxLossesAreReducedToo() throws OrtException {
    NceCase c = NceCase.random(new NceCase.Sizes(4, 1, 1, 20, 5), 3);
    Map<String, Tensor> feeds = Layers.feeds(c, true, GraphNames.LABELS);
    OutputLayer layer = Layers.of(c, true);
    for (Reduction reduction : new Reduction[] {Reduction.MEAN, Reduction.SUM}) {
      EvaluationOptions options =
          new EvaluationOptions(1, OptionalLong.empty(), reduction).withMetrics();
      byte[] model = NceModels.evaluation(layer, options).toByteArray();
      EvaluationOptions none = EvaluationOptions.defaults().withMetrics();
      byte[] unreduced = NceModels.evaluation(layer, none).toByteArray();
      try (EvaluationSession reduced = EvaluationSession.open(model, SessionConfig.defaults());
          EvaluationSession each = EvaluationSession.open(unreduced, SessionConfig.defaults())) {
        EvaluationResult result = reduced.evaluate(feeds);
        assertThat(result.isReduced()).isTrue();
        double sum = 0;
        for (float value : each.evaluate(feeds).softmaxLoss().orElseThrow().toFloatArray()) {
          sum += value;
        }
        double expected = reduction == Reduction.MEAN ? sum / 4 : sum;
        close(result.softmaxLoss().orElseThrow().floats().get(0), expected, 1e-6 * expected);
      }
    }
  }
}
