package org.ortnce.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ortnce.ops.NceCase.filled;
import static org.ortnce.ops.NceCase.longs;

import ai.onnxruntime.OrtException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.ortnce.nce.GraphNames;
import org.ortnce.tensor.Tensor;

/** The attributes of NceLoss in all combinations, partitions, and the smallest sizes. */
class LossOptionsTest {
  private static final long PADDING = -100;
  private static final List<String> REDUCTIONS = List.of("none", "mean", "sum");

  /** 3 reductions x 2 strategies x hits x log q x ignored labels x own or given candidates. */
  @TestFactory
  Stream<DynamicTest> combinations() {
    return java.util.stream.IntStream.range(0, 3 << 5)
        .mapToObj(
            bits -> {
              NceCase c = combination(bits);
              return DynamicTest.dynamicTest(c.attributes().toString(), () -> NceRuns.check(c));
            });
  }

  private static NceCase combination(int bits) {
    NceCase c = NceCase.random(new NceCase.Sizes(11, 3, 13, 23, 19), bits);
    String strategy = (bits & 1) == 0 ? "div" : "mod";
    c.attribute("partition_strategy", strategy)
        .attribute("remove_accidental_hits", (bits >> 1) & 1L)
        .attribute("subtract_log_q", (bits >> 2) & 1L)
        .attribute("reduction", REDUCTIONS.get(bits >> 5))
        .weights(NceCase.partitions(c.weights().get(0), strategy, 4));
    if ((bits & 8) != 0) {
      long[] labels = c.get(GraphNames.LABELS).toLongArray();
      Random random = new Random(bits);
      for (int i = 0; i < labels.length; i++) {
        labels[i] = i < 3 || random.nextInt(3) == 0 ? PADDING : labels[i];
      }
      c.attribute("ignore_index", PADDING).set(GraphNames.LABELS, longs(labels, 11, 3));
    }
    return (bits & 16) == 0 ? c : c.drawn(13, 1, bits);
  }

  @Test
  void reductionsAreSumAndMeanOverCountedExamples() throws OrtException {
    NceCase c =
        NceCase.random(new NceCase.Sizes(4, 1, 5, 10, 3), 9)
            .attribute("ignore_index", PADDING)
            .set(GraphNames.LABELS, longs(new long[] {1, PADDING, 3, 4}, 4, 1));
    float[] each = NceRuns.check(c);
    assertThat(each[1]).isZero();
    double sum = (double) each[0] + each[2] + each[3];
    Map<String, Tensor> summed = NceRuns.run(c.copy().attribute("reduction", "sum"));
    Map<String, Tensor> mean = NceRuns.run(c.copy().attribute("reduction", "mean"));
    assertThat(summed.get("loss").shape()).isEmpty();
    assertThat(mean.get("loss").shape()).isEmpty();
    double slack = 1e-6 * sum;
    assertThat(Math.abs(summed.get("loss").toFloatArray()[0] - sum)).isLessThanOrEqualTo(slack);
    assertThat(Math.abs(mean.get("loss").toFloatArray()[0] - sum / 3)).isLessThanOrEqualTo(slack);
  }

  @Test
  void emptyBatch() throws OrtException {
    for (NceCase.Sizes sizes :
        List.of(new NceCase.Sizes(0, 2, 3, 10, 4), new NceCase.Sizes(0, 2, 0, 10, 0))) {
      NceCase c = NceCase.random(sizes, 4);
      Map<String, Tensor> outputs = NceRuns.run(c);
      assertThat(outputs.get("loss").shape()).containsExactly(0);
      assertThat(outputs.get("true_expected_count_used").shape()).containsExactly(0, 2);
      for (String reduction : List.of("mean", "sum")) {
        Tensor loss = NceRuns.run(c.copy().attribute("reduction", reduction)).get("loss");
        assertThat(loss.shape()).isEmpty();
        assertThat(loss.toFloatArray()).containsExactly(0f);
      }
    }
  }

  @Test
  void noCandidatesLeaveTheTruePart() throws OrtException {
    NceCase c = NceCase.random(new NceCase.Sizes(5, 2, 0, 10, 7), 8);
    Map<String, Tensor> outputs = NceRuns.run(c);
    NceRuns.checkLoss(c, outputs);
    assertThat(outputs.get("sampled_candidates_used").shape()).containsExactly(0);
    assertThat(outputs.get("sampled_expected_count_used").shape()).containsExactly(0);
    for (String reduction : List.of("mean", "sum")) {
      NceRuns.check(c.copy().attribute("reduction", reduction));
    }
  }

  /** Negative sampling does not read the counts: they may be anything. */
  @Test
  void countsTakeNoPartWithoutLogQ() throws OrtException {
    NceCase c = NceCase.given().attribute("subtract_log_q", 0L);
    int[] loss = NceRuns.bits(NceRuns.check(c));
    for (double count : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      NceCase any =
          c.copy()
              .set(GraphNames.TRUE_EXPECTED_COUNT, filled(count, 2, 1))
              .set(GraphNames.SAMPLED_EXPECTED_COUNT, filled(count, 3));
      assertThat(NceRuns.bits(NceRuns.loss(any))).isEqualTo(loss);
    }
  }

  @Test
  void narrowLabelsGiveTheSameLoss() throws OrtException {
    NceCase c =
        NceCase.random(new NceCase.Sizes(6, 3, 8, 40, 5), 12)
            .attribute("remove_accidental_hits", 1L);
    long[] wide = c.get(GraphNames.LABELS).toLongArray();
    int[] narrow = java.util.Arrays.stream(wide).mapToInt(Math::toIntExact).toArray();
    NceCase int32 = c.copy().set(GraphNames.LABELS, Tensor.of(narrow, 6, 3));
    assertThat(NceRuns.bits(NceRuns.check(int32))).isEqualTo(NceRuns.bits(NceRuns.check(c)));
    int[] own = NceRuns.bits(NceRuns.loss(c.copy().drawn(8, 3, 4)));
    assertThat(NceRuns.bits(NceRuns.loss(int32.copy().drawn(8, 3, 4)))).isEqualTo(own);
  }

  @Test
  void absentBiasesAreZeros() throws OrtException {
    NceCase c = NceCase.given();
    int[] zeros = NceRuns.bits(NceRuns.loss(c.copy().set(GraphNames.BIASES, filled(0, 10))));
    NceCase absent = c.copy().remove(GraphNames.BIASES);
    assertThat(NceRuns.bits(NceRuns.check(absent))).isEqualTo(zeros);
  }

  @Test
  void partitionsOfEitherStrategyAreBitIdenticalToOne() throws OrtException {
    NceCase c =
        NceCase.random(new NceCase.Sizes(37, 2, 65, 103, 31), 21)
            .attribute("remove_accidental_hits", 1L);
    Tensor whole = c.weights().get(0);
    int[] one = NceRuns.bits(NceRuns.check(c));
    for (String strategy : List.of("div", "mod")) {
      for (int count : new int[] {1, 2, 5, 103, 120}) {
        NceCase cut =
            c.copy()
                .attribute("partition_strategy", strategy)
                .weights(NceCase.partitions(whole, strategy, count));
        assertThat(NceRuns.bits(NceRuns.loss(cut))).as(strategy + count).isEqualTo(one);
      }
    }
  }

  /** Padding rows hold anything, with either strategy; candidates come from num_classes. */
  @Test
  void paddedRowsAreNeverReadNorDrawn() throws OrtException {
    NceCase c = NceCase.random(new NceCase.Sizes(7, 1, 8, 12, 5), 22).remove(GraphNames.BIASES);
    int[] plain = NceRuns.bits(NceRuns.loss(c.copy().drawn(8, 1, 2)));
    float[] rows = new float[40 * 5];
    java.util.Arrays.fill(rows, Float.NaN);
    c.weights().get(0).floats().get(rows, 0, 12 * 5);
    Tensor padded = Tensor.of(rows, 40, 5);
    for (String strategy : List.of("div", "mod")) {
      NceCase cut =
          c.copy()
              .attribute("num_classes", 12L)
              .attribute("partition_strategy", strategy)
              .weights(NceCase.partitions(padded, strategy, 3));
      NceRuns.check(cut);
      assertThat(NceRuns.bits(NceRuns.loss(cut.drawn(8, 1, 2)))).isEqualTo(plain);
    }
  }
}
