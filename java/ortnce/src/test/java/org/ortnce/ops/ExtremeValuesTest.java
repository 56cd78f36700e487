package org.ortnce.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ortnce.ops.NceCase.filled;
import static org.ortnce.ops.NceCase.longs;

import ai.onnxruntime.OrtException;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.ortnce.nce.GraphNames;
import org.ortnce.reliability.BadInputs;
import org.ortnce.tensor.Tensor;

/** Values of NceLoss at the edges of float, rows N57 to N69. */
@BadInputs
class ExtremeValuesTest {
  private static final float INF = Float.POSITIVE_INFINITY;

  @TestFactory
  Stream<DynamicTest> nanAndInfinityStayInTheirExamples() throws OrtException {
    NceCase good = NceCase.random(new NceCase.Sizes(40, 1, 20, 50, 9), 57);
    int[] clean = NceRuns.bits(NceRuns.loss(good));
    return Stream.of(Float.NaN, INF, -INF)
        .map(
            value ->
                DynamicTest.dynamicTest(
                    "N57, N60 " + value + " in row 7 of the inputs",
                    () -> {
                      float[] inputs = good.get(GraphNames.INPUTS).toFloatArray();
                      inputs[7 * 9 + 4] = value;
                      inputs[7 * 9 + 5] = value; // signs differ over the classes: +inf - inf too
                      NceCase c = good.copy().set(GraphNames.INPUTS, Tensor.of(inputs, 40, 9));
                      float[] loss = NceRuns.check(c);
                      assertThat(loss[7]).isNotIn(0f);
                      assertThat(Float.isFinite(loss[7])).isFalse();
                      int[] bits = NceRuns.bits(loss);
                      bits[7] = clean[7];
                      assertThat(bits).isEqualTo(clean);
                    }));
  }

  /** One example, its label class 0, one candidate, class 1; both logits are x . 1. */
  private static NceCase one(float x, float w0, float w1) {
    return NceCase.random(new NceCase.Sizes(1, 1, 1, 2, 2), 58)
        .set(GraphNames.INPUTS, Tensor.of(new float[] {x, 0}, 1, 2))
        .set(GraphNames.LABELS, longs(new long[] {0}, 1, 1))
        .set(GraphNames.SAMPLED_CANDIDATES, longs(new long[] {1}, 1))
        .set(GraphNames.BIASES, filled(0, 2))
        .attribute("subtract_log_q", 0L)
        .weights(Tensor.of(new float[] {w0, 0, w1, 0}, 2, 2));
  }

  @TestFactory
  Stream<DynamicTest> infiniteAndHugeLogits() {
    double log2 = Math.log(2);
    double inf = Double.POSITIVE_INFINITY;
    NceCase bias = one(1, 0, 0);
    return OkRow.tests(
        // Infinity times the 0 beside it is NaN, so D = 1 here.
        OkRow.of("N58 label logit +inf: 0", narrow(INF, 1, -1), 0),
        OkRow.of("N58 label logit -inf: inf", narrow(-INF, 1, -1), inf),
        OkRow.of("N58 candidate logit +inf: inf", narrow(INF, 1, 1), inf),
        OkRow.of("N58 candidate logit -inf: 0", narrow(-INF, -1, 1), 0),
        OkRow.of(
            "N67 bias +inf of the label",
            bias.copy().set(GraphNames.BIASES, Tensor.of(new float[] {INF, 0}, 2)),
            log2),
        OkRow.of(
            "N67 bias +inf of the candidate",
            bias.copy().set(GraphNames.BIASES, Tensor.of(new float[] {0, INF}, 2)),
            inf),
        OkRow.of(
            "N67 bias -inf of the candidate",
            bias.copy().set(GraphNames.BIASES, Tensor.of(new float[] {0, -INF}, 2)),
            log2),
        OkRow.of("N61 1e38 times 0.1", one(1e38f, 0.1f, 0.1f), 1e37),
        OkRow.of("N61 sum of two 1.2e38 / 2", sum(), 1.2e38),
        OkRow.of("N62 1e38 times 1e38", one(1e38f, 1e38f, 1e38f), inf),
        OkRow.of("N62 1e38 times -1e38, the candidate", one(1e38f, 1e38f, -1e38f), 0),
        OkRow.of("N63 denormal inputs", one(9.8e-45f, 0.5f, -0.5f), 2 * log2),
        OkRow.of("N63 denormal weights", one(0.5f, 9.8e-45f, -9.8e-45f), 2 * log2));
  }

  private static NceCase narrow(float x, float w0, float w1) {
    return one(0, 0, 0)
        .set(GraphNames.INPUTS, Tensor.of(new float[] {x}, 1, 1))
        .weights(Tensor.of(new float[] {w0, w1}, 2, 1));
  }

  private static NceCase sum() {
    return one(0, 0, 0)
        .set(GraphNames.INPUTS, Tensor.of(new float[] {1e38f, 1e38f}, 1, 2))
        .weights(Tensor.of(new float[] {0.6f, 0.6f, 0.6f, 0.6f}, 2, 2));
  }

  /** N60 without a doubt: +inf and -inf in one dot product of one example. */
  @Test
  void n60OppositeInfinitiesInOneProduct() throws OrtException {
    NceCase c =
        NceCase.random(new NceCase.Sizes(2, 1, 3, 10, 2), 60)
            .set(GraphNames.INPUTS, Tensor.of(new float[] {INF, -INF, 1, 1}, 2, 2))
            .weights(filled(1, 10, 2));
    float[] loss = NceRuns.check(c);
    assertThat(loss[0]).isNaN();
    assertThat(loss[1]).isFinite();
  }

  /** Alone in the sum, so that the error of the term itself shows: at most 2 ulp of the result. */
  @TestFactory
  Stream<DynamicTest> n64SingleTerms() {
    return DoubleStream.of(0, 1e-8, 0.5, 17, 88.73, 104, 1e4, -0.5, -17, -88.73, -103, -104, -1e4)
        .mapToObj(
            logit ->
                DynamicTest.dynamicTest(
                    "N64 logit " + logit,
                    () -> {
                      float x = (float) logit;
                      // The bias of the label is +inf: its term is 0.
                      NceCase sampled =
                          one(0, 0, 0).set(GraphNames.BIASES, Tensor.of(new float[] {INF, x}, 2));
                      checkUlps(NceRuns.loss(sampled)[0], NceLossReference.softplus(x));
                      NceCase label =
                          one(0, 0, 0).set(GraphNames.BIASES, Tensor.of(new float[] {x, -INF}, 2));
                      checkUlps(NceRuns.loss(label)[0], NceLossReference.softplus(-x));
                    }));
  }

  private static void checkUlps(float found, double expected) {
    assertThat(Math.abs(found - expected))
        .as("%s, expected %s", found, expected)
        .isLessThanOrEqualTo(2.0 * Math.ulp((float) expected));
  }

  @Test
  void n66WeightsOfAnUnusedClassHaveNoEffect() throws OrtException {
    NceCase c = NceCase.given();
    int[] clean = NceRuns.bits(NceRuns.loss(c));
    float[] rows = c.weights().get(0).toFloatArray();
    float[] biases = c.get(GraphNames.BIASES).toFloatArray();
    for (int unused : new int[] {0, 2, 5, 6, 9}) {
      biases[unused] = Float.NaN;
      java.util.Arrays.fill(rows, unused * 4, unused * 4 + 4, Float.NaN);
    }
    c.weights(Tensor.of(rows, 10, 4)).set(GraphNames.BIASES, Tensor.of(biases, 10));
    assertThat(NceRuns.bits(NceRuns.loss(c))).isEqualTo(clean);
  }

  /** A million terms of e^-80 and a label term of e^-100: nothing may be lost against 1. */
  @Test
  void n69TinyLossOfAMillionTerms() throws OrtException {
    int count = 1_000_000;
    NceCase c =
        one(0, 0, 0)
            .set(GraphNames.BIASES, Tensor.of(new float[] {100, -80}, 2))
            .set(GraphNames.SAMPLED_CANDIDATES, longs(ones(count), count))
            .set(GraphNames.SAMPLED_EXPECTED_COUNT, filled(1, count))
            .attribute("num_sampled", (long) count);
    float[] loss = NceRuns.check(c);
    double expected = count * Math.exp(-80) + Math.exp(-100);
    assertThat(Math.abs(loss[0] - expected)).isLessThanOrEqualTo(1e-6 * expected);
  }

  private static long[] ones(int count) {
    long[] ids = new long[count];
    java.util.Arrays.fill(ids, 1);
    return ids;
  }
}
