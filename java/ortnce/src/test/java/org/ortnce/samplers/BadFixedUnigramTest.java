package org.ortnce.samplers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ortnce.samplers.SamplerCase.FIXED;

import ai.onnxruntime.OrtException;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.ortnce.nce.FixedUnigramOptions;
import org.ortnce.nce.GraphNames;
import org.ortnce.nce.SamplerModels;
import org.ortnce.nce.SamplerOptions;
import org.ortnce.reliability.BadInputs;
import org.ortnce.session.SamplerSession;
import org.ortnce.tensor.Tensor;

/** Rows U01 to U30 of the bad-input table; those of vocabulary files are the reader's. */
@BadInputs
class BadFixedUnigramTest {
  @TestFactory
  Stream<DynamicTest> weights() {
    return SamplerRow.tests(
        row("U01 none", c -> c.set(GraphNames.UNIGRAMS, null))
            .builder("unigrams must be float[num_unigrams], got null")
            .load("unigrams is missing"),
        row(
                "U02 a file besides",
                c -> c.set(GraphNames.UNIGRAMS, null).attribute("vocab_file", "x"))
            .load("unigrams is missing"),
        row("unigrams double", c -> c.set(GraphNames.UNIGRAMS, Tensor.of(new double[4], 4)))
            .builder("unigrams must be float[num_unigrams] = float[?], got double[4]")
            .load("unigrams must be float, got double"),
        row("unigrams [2, 2]", c -> c.set(GraphNames.UNIGRAMS, Tensor.of(new float[4], 2, 2)))
            .builder("got float[2, 2]")
            .op("unigrams must have rank 1, shape [ids], got rank 2, shape [2, 2]"),
        row("unigrams a scalar", c -> c.set(GraphNames.UNIGRAMS, Tensor.of(new float[1])))
            .builder("got float[]")
            .op("unigrams must have rank 1, shape [ids], got rank 0, shape []"),
        row("U03 length 2", c -> c.unigrams(1, 2))
            .builder(shard(0, 2, 0, 1))
            .op(length(2, 0, 1, 0, 2, 4)),
        row("U04 length 5", c -> c.unigrams(1, 2, 3, 4, 5))
            .builder(shard(0, 5, 0, 1))
            .op(length(5, 0, 1, 0, 5, 4)),
        row("U04 length 0", c -> c.unigrams())
            .builder(shard(0, 0, 0, 1))
            .op(length(0, 0, 1, 0, 0, 4)),
        row("U06 negative, sum 0", c -> c.unigrams(-3, 1, 1, 1))
            .builder("unigrams[0] must be finite and >= 0, got -3.0")
            .op("unigrams[0] = -3 must be finite and >= 0"),
        row("U07 NaN", c -> c.unigrams(1, Float.NaN, 1, 1))
            .builder("unigrams[1] must be finite and >= 0, got NaN")
            .op("unigrams[1] = nan must be finite and >= 0"),
        row("U09 infinite", c -> c.unigrams(1, 1, 1, Float.POSITIVE_INFINITY))
            .builder("unigrams[3] must be finite and >= 0, got Infinity")
            .op("unigrams[3] = inf must be finite and >= 0"),
        SamplerRow.of(
                "U08 infinite, unique",
                unique(2),
                c -> c.unigrams(Float.POSITIVE_INFINITY, 1, 1, 1))
            .builder("unigrams[0] must be finite and >= 0, got Infinity")
            .op("unigrams[0] = inf must be finite and >= 0"),
        row("U10 all 0", c -> c.unigrams(0, 0, 0, 0))
            .builder("unigrams must be weights with a sum above 0, got a sum of 0")
            .op("the sum of unigrams must be > 0 in this shard, got 0"),
        SamplerRow.of("U12 too few above 0", unique(3), c -> c.unigrams(0, 0, 1, 1))
            .builder("num_sampled must be at most the 2 classes of weight above 0")
            .op("num_sampled must be at most the 2 ids of weight > 0 with unique = 1, got 3"));
  }

  @TestFactory
  Stream<DynamicTest> reservedIds() {
    return SamplerRow.tests(
        SamplerRow.of(
                "U12 two reserved, unique",
                unique(3),
                c -> c.attribute("num_reserved_ids", 2L).unigrams(1, 1))
            .builder("num_sampled must be at most the 2 classes of weight above 0")
            .load("num_sampled must be at most the 2 ids of weight > 0 with unique = 1, got 3"),
        row("U13 reserved 4", c -> c.attribute("num_reserved_ids", 4L).unigrams(1))
            .builder(shard(4, 1, 0, 1))
            .load(length(1, 0, 1, 4, 5, 4)),
        row("U14 reserved -1", c -> c.attribute("num_reserved_ids", -1L))
            .builder("numReservedIds must be >= 0, got -1")
            .load("attribute num_reserved_ids must be >= 0, got -1"),
        reserved("U15 reserved 2^31-1", Integer.MAX_VALUE),
        reserved("U16 reserved 2^32", 1L << 32),
        row("U16 reserved 2^63-1", c -> c.attribute("num_reserved_ids", Long.MAX_VALUE))
            .builder("9223372036854775807 reserved ids")
            .load(length(4, 0, 1, Long.MAX_VALUE, Long.MAX_VALUE, 4)));
  }

  @TestFactory
  Stream<DynamicTest> shards() {
    return SamplerRow.tests(
        row("U18 num_shards 0", c -> c.attribute("num_shards", 0L))
            .builder("numShards must be >= 1, got 0")
            .load("attribute num_shards must be >= 1, got 0"),
        row("U18 num_shards -1", c -> c.attribute("num_shards", -1L))
            .builder("numShards must be >= 1, got -1")
            .load("attribute num_shards must be >= 1, got -1"),
        row("U19 num_shards 2^32", c -> c.attribute("num_shards", 1L << 32))
            .builder(shard(0, 1, 0, 1L << 32))
            .load(length(4, 0, 1L << 32, 0, 1, 4)),
        row("U20 shard -1", c -> c.attribute("shard", -1L))
            .builder("shard must be in [0, numShards = 1), got -1")
            .load("attribute shard must be in [0, num_shards = 1), got -1"),
        row("U21 shard 2 of 2", c -> c.attribute("num_shards", 2L).attribute("shard", 2L))
            .builder("shard must be in [0, numShards = 2), got 2")
            .load("attribute shard must be in [0, num_shards = 2), got 2"),
        row("U22 a shard of 2 ids", c -> c.attribute("num_shards", 2L).attribute("shard", 1L))
            .builder(shard(0, 2, 1, 2))
            .load(length(4, 1, 2, 0, 2, 4)));
  }

  @TestFactory
  Stream<DynamicTest> distortions() {
    return SamplerRow.tests(
        row("U24 +inf", c -> c.attribute("distortion", Float.POSITIVE_INFINITY))
            .builder("distortion must be finite, got Infinity")
            .load("attribute distortion must be finite, got inf"),
        row("U24 NaN", c -> c.attribute("distortion", Float.NaN))
            .builder("distortion must be finite, got NaN")
            .load("attribute distortion must be finite, got nan"),
        row("U25 0 to the -1", c -> c.attribute("distortion", -1f).unigrams(1, 0, 1, 1))
            .builder("unigrams[1] must be finite to the power of distortion = -1.0, got 0.0")
            .load(
                "unigrams: the weight of id 1 is inf after distortion = -1, expected a finite one"),
        row("U24 3e38 to the 2", c -> c.attribute("distortion", 2f).unigrams(1, 3e38f, 1, 1))
            .builder("unigrams[1] must be finite to the power of distortion = 2.0, got 3.0E38")
            .load(
                "unigrams: the weight of id 1 is inf after distortion = 2, expected a finite one"),
        row("U24 an int", c -> c.attribute("distortion", 1L))
            .load("attribute distortion must be a float, got an int"));
  }

  @Test
  void u26InverseWeights() throws OrtException {
    assertShares(new float[] {1, 2, 4, 4}, -1, .5, .25, .125, .125);
  }

  @Test
  void u27NoWeightCounts() throws OrtException {
    assertShares(new float[] {0, 2, 3, 4}, 0, .25, .25, .25, .25);
  }

  @Test
  void u28LargeWeights() throws OrtException {
    assertShares(new float[] {3e38f, 3e38f, 3e38f}, 1, 1 / 3.0, 1 / 3.0, 1 / 3.0);
  }

  @Test
  void zerosAreNeverDrawn() throws OrtException {
    SamplerOptions options =
        SamplerOptions.builder().numSampled(2000).unique(false).rangeMax(6).seed(3, 4).build();
    Tensor weights = Tensor.of(new float[] {0, 1, 0, -0f, 5}, 5);
    try (SamplerSession session =
        Samplers.open(
            SamplerModels.fixedUnigram(
                weights, options, FixedUnigramOptions.defaults().withNumReservedIds(1), false))) {
      assertThat(Samplers.ids(session.sample(Samplers.example(0)).sampledCandidates()))
          .containsOnly(2L, 5L);
    }
  }

  @Test
  void u30TenMillionWeights() throws OrtException {
    int count = 10_000_000;
    float[] weights = new float[count];
    Random random = new Random(30);
    for (int i = 0; i < count; i++) {
      weights[i] = random.nextFloat();
    }
    SamplerOptions options =
        SamplerOptions.builder().numSampled(1).rangeMax(count).seed(1, 2).build();
    long[] all = new long[count];
    Arrays.setAll(all, i -> i);
    try (SamplerSession session =
        Samplers.open(
            SamplerModels.fixedUnigram(
                Tensor.of(weights, count), options, FixedUnigramOptions.defaults(), false))) {
      double sum = 0;
      for (float share :
          session.sample(Tensor.of(all, count, 1)).trueExpectedCount().toFloatArray()) {
        sum += share;
      }
      assertThat(sum).isBetween(1 - 1e-6, 1 + 1e-6);
    }
  }

  private static void assertShares(float[] weights, float distortion, double... expected)
      throws OrtException {
    SamplerOptions options =
        SamplerOptions.builder()
            .numSampled(1)
            .unique(false)
            .rangeMax(weights.length)
            .seed(1, 2)
            .build();
    FixedUnigramOptions unigrams = FixedUnigramOptions.defaults().withDistortion(distortion);
    long[] all = new long[weights.length];
    Arrays.setAll(all, i -> i);
    try (SamplerSession session =
        Samplers.open(
            SamplerModels.fixedUnigram(
                Tensor.of(weights, weights.length), options, unigrams, false))) {
      float[] shares =
          session.sample(Tensor.of(all, all.length, 1)).trueExpectedCount().toFloatArray();
      for (int i = 0; i < shares.length; i++) {
        assertThat(shares[i]).as("id " + i).isEqualTo((float) expected[i]);
      }
    }
  }

  private static SamplerRow reserved(String id, long count) {
    return row(id, c -> c.attribute("num_reserved_ids", count))
        .builder(shard(count, 4, 0, 1))
        .load(length(4, 0, 1, count, count + 4, 4));
  }

  private static SamplerRow row(String id, Consumer<SamplerCase> spoil) {
    return SamplerRow.of(id, SamplerCase.sampler(FIXED), spoil);
  }

  private static SamplerCase unique(long numSampled) {
    return SamplerCase.sampler(FIXED).attribute("unique", 1L).attribute("num_sampled", numSampled);
  }

  private static String shard(long reserved, long weights, long shard, long shards) {
    return reserved
        + " reserved ids and "
        + weights
        + " weights in shard "
        + shard
        + " of "
        + shards;
  }

  private static String length(
      long count, long shard, long shards, long reserved, long ids, long rangeMax) {
    return "unigrams has "
        + count
        + " elements, so that shard "
        + shard
        + " of "
        + shards
        + " with num_reserved_ids = "
        + reserved
        + " holds "
        + ids
        + " ids, expected range_max = "
        + rangeMax;
  }
}
