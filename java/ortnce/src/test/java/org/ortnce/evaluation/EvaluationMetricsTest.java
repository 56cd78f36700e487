package org.ortnce.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.ortnce.tensor.Tensor;

/** Averages over batches of made-up results. */
class EvaluationMetricsTest {
  private static EvaluationResult batch(
      float[] loss, float[] softmax, long[] ranks, long[] labels, Long ignored) {
    int numTrue = labels.length / loss.length;
    return new EvaluationResult(
        Tensor.of(loss, loss.length),
        Optional.ofNullable(softmax).map(values -> Tensor.of(values, values.length)),
        Optional.ofNullable(ranks).map(values -> Tensor.of(values, loss.length, numTrue)),
        Tensor.of(labels, loss.length, numTrue),
        ignored == null ? OptionalLong.empty() : OptionalLong.of(ignored));
  }

  @Test
  void oneLabelAnExample() {
    EvaluationMetrics metrics = EvaluationMetrics.withRecallAt(10, 1, 2, 2);
    float[] softmax = {0.5f, 1.5f};
    metrics.add(batch(new float[] {4, 8}, softmax, new long[] {1, 4}, new long[] {7, 7}, null));
    metrics.add(batch(new float[] {6}, new float[] {2.5f}, new long[] {20}, new long[] {3}, null));
    assertThat(metrics.examples()).isEqualTo(3);
    assertThat(metrics.labels()).isEqualTo(3);
    assertThat(metrics.meanLoss()).isEqualTo(6);
    assertThat(metrics.softmaxCrossEntropy()).isEqualTo(1.5);
    assertThat(metrics.perplexity()).isCloseTo(Math.exp(1.5), within(1e-12));
    assertThat(metrics.recall().keySet()).containsExactly(1, 2, 10);
    assertThat(metrics.recall().get(1)).isCloseTo(1 / 3.0, within(1e-15));
    assertThat(metrics.recall().get(2)).isCloseTo(1 / 3.0, within(1e-15));
    assertThat(metrics.recall().get(10)).isCloseTo(2 / 3.0, within(1e-15));
    assertThat(metrics.meanReciprocalRank()).isCloseTo((1 + 0.25 + 0.05) / 3, within(1e-15));
  }

  @Test
  void severalLabelsAndIgnoredOnes() {
    EvaluationMetrics metrics = EvaluationMetrics.withRecallAt(2);
    metrics.add(
        batch(
            new float[] {3, 0, 5},
            null,
            new long[] {2, 9, 0, 0, 0, 3},
            new long[] {4, 5, -1, -1, -1, 6},
            -1L));
    assertThat(metrics.examples()).isEqualTo(2);
    assertThat(metrics.ignoredExamples()).isEqualTo(1);
    assertThat(metrics.labels()).isEqualTo(3);
    assertThat(metrics.meanLoss()).isEqualTo(4);
    assertThat(metrics.recall().get(2)).isEqualTo(0.25);
    assertThat(metrics.meanReciprocalRank()).isCloseTo((0.5 + 1 / 3.0) / 2, within(1e-15));
    assertThatThrownBy(metrics::perplexity)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("softmax_loss", "softmaxLoss");
  }

  /** The cut into batches changes no bit; a plain sum of these numbers would. */
  @Test
  void batchesDoNotMatter() {
    Random random = new Random(1);
    int examples = 1000;
    float[] loss = new float[examples];
    long[] ranks = new long[examples];
    for (int i = 0; i < examples; i++) {
      loss[i] = (float) Math.exp(40 * random.nextDouble() - 20);
      ranks[i] = 1L + random.nextInt(50);
    }
    double exact = 0;
    double[] sorted = new double[examples];
    Arrays.setAll(sorted, i -> loss[i]);
    Arrays.sort(sorted);
    for (double value : sorted) {
      exact += value;
    }
    double mean = Double.NaN;
    for (int size : new int[] {1, 7, 256, 1000}) {
      EvaluationMetrics metrics = EvaluationMetrics.withRecallAt(5);
      for (int from = 0; from < examples; from += size) {
        int to = Math.min(examples, from + size);
        metrics.add(
            batch(
                Arrays.copyOfRange(loss, from, to),
                null,
                Arrays.copyOfRange(ranks, from, to),
                new long[to - from],
                null));
      }
      assertThat(metrics.meanLoss()).isCloseTo(exact / examples, within(1e-14 * exact));
      assertThat(Double.isNaN(mean) ? metrics.meanLoss() : mean).isEqualTo(metrics.meanLoss());
      mean = metrics.meanLoss();
    }
  }

  /** Losses of frequency bands add up to the whole. */
  @Test
  void someExamplesOfABatch() {
    EvaluationResult batch =
        batch(new float[] {1, 2, 4}, null, null, new long[] {10, 900, 20}, null);
    EvaluationMetrics frequent = EvaluationMetrics.withRecallAt();
    EvaluationMetrics rare = EvaluationMetrics.withRecallAt();
    frequent.add(batch, i -> batch.label(i, 0) < 100);
    rare.add(batch, i -> batch.label(i, 0) >= 100);
    assertThat(frequent.meanLoss()).isEqualTo(2.5);
    assertThat(rare.meanLoss()).isEqualTo(2);
    assertThat(frequent.examples() + rare.examples()).isEqualTo(3);
  }

  @Test
  void infiniteLossesStay() {
    EvaluationMetrics metrics = EvaluationMetrics.withRecallAt();
    float inf = Float.POSITIVE_INFINITY;
    metrics.add(batch(new float[] {1, inf, 2}, null, null, new long[] {1, 2, 3}, null));
    assertThat(metrics.meanLoss()).isEqualTo(Double.POSITIVE_INFINITY);
    metrics.add(batch(new float[] {Float.NaN}, null, null, new long[] {1}, null));
    assertThat(metrics.meanLoss()).isNaN();
  }

  @Test
  void whatCannotBeAveragedIsRefused() {
    EvaluationMetrics metrics = EvaluationMetrics.withRecallAt(1);
    assertThatThrownBy(metrics::meanLoss)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no example has counted yet");
    EvaluationResult reduced =
        new EvaluationResult(
            Tensor.scalar(1f),
            Optional.empty(),
            Optional.empty(),
            Tensor.of(new long[2], 2, 1),
            OptionalLong.empty());
    assertThatThrownBy(() -> metrics.add(reduced))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("reduction none");
    assertThatThrownBy(() -> EvaluationMetrics.withRecallAt(5, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("k must be >= 1, got 0");
    assertThatThrownBy(() -> batch(new float[2], null, new long[2], new long[4], null))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> batch(new float[2], new float[3], null, new long[2], null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("softmaxLoss must be float[2], got float[3]");
    assertThatThrownBy(
            () ->
                new EvaluationResult(
                    Tensor.of(new float[2], 2),
                    Optional.empty(),
                    Optional.empty(),
                    Tensor.of(new long[2], 2),
                    OptionalLong.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("labels must be int64 or int32 [batch, num_true]");
  }
}
