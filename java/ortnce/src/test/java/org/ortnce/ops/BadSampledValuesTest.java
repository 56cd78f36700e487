package org.ortnce.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ortnce.nce.GraphNames.SAMPLED_CANDIDATES;
import static org.ortnce.nce.GraphNames.SAMPLED_EXPECTED_COUNT;
import static org.ortnce.nce.GraphNames.TRUE_EXPECTED_COUNT;
import static org.ortnce.ops.NceCase.filled;
import static org.ortnce.ops.NceCase.longs;

import ai.onnxruntime.OrtException;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.ortnce.nce.GraphNames;
import org.ortnce.reliability.BadInputs;
import org.ortnce.tensor.Tensor;

/** Given candidates of NceLoss, rows N33 to N56: V = 10, D = 4, B = 2, S = 3. */
@BadInputs
class BadSampledValuesTest {
  @TestFactory
  Stream<DynamicTest> presence() {
    return BadRow.tests(
        BadRow.of(
                "N33 only sampled_candidates",
                NceCase.given(),
                c -> c.remove(TRUE_EXPECTED_COUNT).remove(SAMPLED_EXPECTED_COUNT))
            .builder(NullPointerException.class, "trueExpectedCount")
            .load(
                "sampled values must be given all or not at all: sampled_candidates given,"
                    + " true_expected_count and sampled_expected_count missing"),
        BadRow.of(
                "N34 only true_expected_count",
                NceCase.given(),
                c -> c.remove(SAMPLED_CANDIDATES).remove(SAMPLED_EXPECTED_COUNT))
            .builder(NullPointerException.class, "sampledCandidates")
            .load(
                "sampled values must be given all or not at all: true_expected_count given,"
                    + " sampled_candidates and sampled_expected_count missing"),
        BadRow.of(
                "N34 sampled_expected_count absent",
                NceCase.given(),
                c -> c.remove(SAMPLED_EXPECTED_COUNT))
            .builder(NullPointerException.class, "sampledExpectedCount")
            .load(
                "sampled values must be given all or not at all: sampled_candidates and"
                    + " true_expected_count given, sampled_expected_count missing"));
  }

  @TestFactory
  Stream<DynamicTest> ids() {
    return BadRow.tests(
        BadRow.of("N36 sampled id 10", NceCase.given(), c -> sampled(c, 1, 4, 10))
            .run("sampled_candidates[2] = 10 is outside [0, 10)"),
        BadRow.of("N37 sampled id -1", NceCase.given(), c -> sampled(c, -1, 4, 7))
            .run("sampled_candidates[0] = -1 is outside [0, 10)"),
        BadRow.of("N37 sampled id 2^63-1", NceCase.given(), c -> sampled(c, 1, Long.MAX_VALUE, 7))
            .run("sampled_candidates[1] = 9223372036854775807 is outside [0, 10)"),
        BadRow.of("N37 sampled id -2^63", NceCase.given(), c -> sampled(c, Long.MIN_VALUE, 4, 7))
            .run("sampled_candidates[0] = -9223372036854775808 is outside [0, 10)"));
  }

  @TestFactory
  Stream<DynamicTest> shapes() {
    NceCase hits = NceCase.given().attribute("remove_accidental_hits", 1L);
    String fiveOfThree = "sampled_candidates must have num_sampled = 3 elements, got 5";
    return BadRow.tests(
        BadRow.of("N38 5 candidates, num_sampled 3", NceCase.given(), c -> five(c, 1, 4, 7, 2, 5))
            .builder("sampled_candidates must be int64[num_sampled] = int64[3], got int64[5]")
            .op(fiveOfThree),
        BadRow.of("N39 the same with a hit at position 4", hits, c -> five(c, 1, 4, 7, 2, 8))
            .builder("sampled_candidates must be int64[num_sampled] = int64[3], got int64[5]")
            .op(fiveOfThree),
        BadRow.of(
                "N40 true_expected_count [1,1]",
                NceCase.given(),
                c -> c.set(TRUE_EXPECTED_COUNT, filled(1, 1, 1)))
            .builder(
                "true_expected_count must be float[batch, num_true] = float[2, 1],"
                    + " got float[1, 1]")
            .op(
                "true_expected_count must have shape [batch, num_true] = [2, 1], got [1, 1]:"
                    + " dimension 0 is 1, expected 2"),
        BadRow.of(
                "N42 true_expected_count [3,1]",
                NceCase.given(),
                c -> c.set(TRUE_EXPECTED_COUNT, filled(1, 3, 1)))
            .builder(
                "true_expected_count must be float[batch, num_true] = float[2, 1],"
                    + " got float[3, 1]")
            .op(
                "true_expected_count must have shape [batch, num_true] = [2, 1], got [3, 1]:"
                    + " dimension 0 is 3, expected 2"),
        sampledCount("N43 sampled_expected_count [2]", 2),
        sampledCount("N44 sampled_expected_count [1]", 1),
        BadRow.of(
                "N45 sampled_expected_count [4,3]",
                NceCase.given(),
                c -> c.set(SAMPLED_EXPECTED_COUNT, filled(1, 4, 3)))
            .builder(
                "sampled_expected_count must be float[num_sampled] = float[3], got float[4, 3]")
            .op(
                "sampled_expected_count must have rank 1, shape [num_sampled], got rank 2,"
                    + " shape [4, 3]"));
  }

  @TestFactory
  Stream<DynamicTest> counts() {
    return Stream.concat(
        Stream.of(
                new Object[] {"N46", 0f, "0"},
                new Object[] {"N46", -0f, "-0"},
                new Object[] {"N48", -1f, "-1"},
                new Object[] {"N49", Float.NaN, "nan"},
                new Object[] {"N49", Float.POSITIVE_INFINITY, "inf"},
                new Object[] {"N49", Float.NEGATIVE_INFINITY, "-inf"})
            .flatMap(
                row ->
                    BadRow.tests(
                        badCount(row[0] + " sampled count " + row[1], (Float) row[1])
                            .run(
                                "sampled_expected_count[0] = "
                                    + row[2]
                                    + " must be finite and > 0"))),
        BadRow.tests(
            BadRow.of(
                    "N46 true count 0",
                    NceCase.given(),
                    c -> c.set(TRUE_EXPECTED_COUNT, Tensor.of(new float[] {1, 0}, 2, 1)))
                .run("true_expected_count[1,0] = 0 must be finite and > 0"),
            BadRow.of(
                    "N49 true count NaN",
                    NceCase.given(),
                    c -> c.set(TRUE_EXPECTED_COUNT, Tensor.of(new float[] {Float.NaN, 1}, 2, 1)))
                .run("true_expected_count[0,0] = nan must be finite and > 0")));
  }

  @TestFactory
  Stream<DynamicTest> allowed() {
    // No weights, no biases: the logits are -log(count) alone.
    NceCase bare =
        NceCase.given()
            .remove(GraphNames.BIASES)
            .weights(filled(0, 10, 4))
            .set(TRUE_EXPECTED_COUNT, filled(1, 2, 1));
    double log2 = Math.log(2);
    NceCase thrice = sampled(NceCase.given(), 1, 1, 1).set(SAMPLED_EXPECTED_COUNT, filled(0.5, 3));
    NceCase once =
        NceCase.given()
            .attribute("num_sampled", 1L)
            .set(SAMPLED_CANDIDATES, longs(new long[] {1}, 1))
            .set(SAMPLED_EXPECTED_COUNT, filled(0.5, 1));
    double[] one = NceLossReference.of(once).loss();
    NceCase allHits =
        NceCase.given()
            .attribute("remove_accidental_hits", 1L)
            .set(GraphNames.LABELS, longs(new long[] {4, 4}, 2, 1));
    return OkRow.tests(
        OkRow.of(
            "N50 denormal count",
            bare.copy().set(SAMPLED_EXPECTED_COUNT, filled(1.4e-45, 3)),
            log2 + 3 * 103.2789,
            log2 + 3 * 103.2789),
        OkRow.of(
            "N51 huge count",
            bare.copy().set(SAMPLED_EXPECTED_COUNT, filled(3.4e38, 3)),
            log2,
            log2),
        OkRow.of(
            "N52 a candidate three times counts three times",
            thrice,
            3 * one[0] - 2 * trueLoss(thrice)[0],
            3 * one[1] - 2 * trueLoss(thrice)[1]),
        OkRow.of(
            "N54 every candidate is a hit", sampled(allHits.copy(), 4, 4, 4), trueLoss(allHits)));
  }

  /** The loss of the labels alone. */
  private static double[] trueLoss(NceCase c) {
    return NceLossReference.of(
            c.copy()
                .set(SAMPLED_CANDIDATES, longs(new long[0], 0))
                .set(SAMPLED_EXPECTED_COUNT, filled(0, 0)))
        .loss();
  }

  @Test
  void n55MaskedLogitOfPlusInfinityAddsNothing() throws OrtException {
    NceCase c = sampled(NceCase.given(), 1, 4, 3).attribute("remove_accidental_hits", 1L);
    float[] biases = new float[10];
    biases[3] = Float.POSITIVE_INFINITY; // the label of example 0, candidate 2
    c.set(GraphNames.BIASES, Tensor.of(biases, 10));
    float[] loss = NceRuns.check(c);
    assertThat(loss[0]).isFinite();
    assertThat(loss[1]).isEqualTo(Float.POSITIVE_INFINITY);
  }

  @Test
  void n56PermutedCandidatesStayWithinTheBound() throws OrtException {
    NceCase c =
        NceCase.random(new NceCase.Sizes(5, 2, 301, 1000, 33), 56)
            .attribute("remove_accidental_hits", 1L);
    float[] loss = NceRuns.check(c);
    long[] ids = c.get(SAMPLED_CANDIDATES).toLongArray();
    float[] counts = c.get(SAMPLED_EXPECTED_COUNT).toFloatArray();
    Random random = new Random(1);
    for (int i = ids.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      long id = ids[i];
      ids[i] = ids[j];
      ids[j] = id;
      float count = counts[i];
      counts[i] = counts[j];
      counts[j] = count;
    }
    NceCase permuted =
        c.copy()
            .set(SAMPLED_CANDIDATES, longs(ids, ids.length))
            .set(SAMPLED_EXPECTED_COUNT, Tensor.of(counts, counts.length));
    NceRuns.checkLoss(NceRuns.loss(permuted), NceLossReference.of(c));
    NceRuns.checkLoss(loss, NceLossReference.of(permuted));
  }

  private static BadRow badCount(String name, float count) {
    return BadRow.of(
        name,
        NceCase.given(),
        c -> c.set(SAMPLED_EXPECTED_COUNT, Tensor.of(new float[] {count, 1, 1}, 3)));
  }

  private static BadRow sampledCount(String name, int length) {
    return BadRow.of(name, NceCase.given(), c -> c.set(SAMPLED_EXPECTED_COUNT, filled(1, length)))
        .builder(
            "sampled_expected_count must be float[num_sampled] = float[3], got float["
                + length
                + "]")
        .op(
            "sampled_expected_count must have shape [num_sampled] = [3], got ["
                + length
                + "]: dimension 0 is "
                + length
                + ", expected 3");
  }

  private static NceCase sampled(NceCase c, long first, long second, long third) {
    return c.set(SAMPLED_CANDIDATES, longs(new long[] {first, second, third}, 3));
  }

  private static void five(NceCase c, long... ids) {
    c.set(SAMPLED_CANDIDATES, longs(ids, 5)).set(SAMPLED_EXPECTED_COUNT, filled(1, 5));
  }
}
