package org.ortnce.samplers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ortnce.samplers.SamplerCase.ALL;
import static org.ortnce.samplers.SamplerCase.FIXED;
import static org.ortnce.samplers.SamplerCase.LEARNED;
import static org.ortnce.samplers.SamplerCase.LOG_UNIFORM;
import static org.ortnce.samplers.SamplerCase.SAMPLERS;
import static org.ortnce.samplers.SamplerCase.UNIFORM;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.ortnce.nce.GraphNames;
import org.ortnce.reliability.BadInputs;
import org.ortnce.tensor.Tensor;

/** Rows S01 to S43, L01 to L04 of the bad-input table: what all samplers share. */
@BadInputs
class BadSamplerTest {
  private static final List<String> RANGED = List.of(UNIFORM, LOG_UNIFORM, LEARNED, FIXED);

  @TestFactory
  Stream<DynamicTest> shapes() {
    return Stream.of(
            each("S01 rank 1", c -> c.set(GraphNames.TRUE_CLASSES, Tensor.of(new long[2], 2)))
                .expect(r -> r.builder("got int64[2]").op(rank("1, shape [2]"))),
            each("S02 scalar", c -> c.set(GraphNames.TRUE_CLASSES, Tensor.scalar(0L)))
                .expect(r -> r.builder("got int64[]").run(rank("0, shape []"))),
            each("S03 rank 3", c -> c.set(GraphNames.TRUE_CLASSES, Tensor.of(new long[1], 1, 1, 1)))
                .expect(r -> r.builder("got int64[1, 1, 1]").op(rank("3, shape [1, 1, 1]"))),
            each("S04 two columns", c -> c.trueClasses(new long[] {0, 1}, new long[] {2, 3}))
                .expect(
                    r ->
                        r.builder("must be int64[batch, num_true] = int64[?, 1], got int64[2, 2]")
                            .op(
                                "true_classes must have shape [batch, num_true] = [?, 1], got"
                                    + " [2, 2]: dimension 1 is 2, expected 1")),
            each("S04 no true_classes", c -> c.set(GraphNames.TRUE_CLASSES, null))
                .expect(r -> r.builder("true_classes must be int64[batch, num_true], got null")),
            each(
                    "S34 int32",
                    c -> c.set(GraphNames.TRUE_CLASSES, Tensor.of(new int[] {0, 2}, 2, 1)))
                .expect(
                    r ->
                        r.builder("got int32[2, 1]").load("true_classes must be int64, got int32")),
            each(
                    "S34 float",
                    c -> c.set(GraphNames.TRUE_CLASSES, Tensor.of(new float[] {0, 2}, 2, 1)))
                .expect(
                    r ->
                        r.builder("got float[2, 1]").load("true_classes must be int64, got float")))
        .flatMap(Rows::tests);
  }

  @TestFactory
  Stream<DynamicTest> attributes() {
    return Stream.of(
            each(
                    "S06 num_true 0",
                    c ->
                        c.attribute("num_true", 0L)
                            .set(GraphNames.TRUE_CLASSES, Tensor.of(new long[0], 2, 0)))
                .expect(
                    r ->
                        r.builder("numTrue must be >= 1, got 0")
                            .load("attribute num_true must be >= 1, got 0")),
            each("S07 num_true -1", c -> c.attribute("num_true", -1L))
                .expect(r -> r.load("attribute num_true must be >= 1, got -1")),
            each("S07 num_true -2^63", c -> c.attribute("num_true", Long.MIN_VALUE))
                .expect(r -> r.load("attribute num_true must be >= 1, got -9223372036854775808")),
            each("S08 num_true of 62 bits", c -> c.attribute("num_true", 3590707793247644003L))
                .expect(
                    r ->
                        r.load(
                            "true_classes must have shape [batch, num_true] ="
                                + " [?, 3590707793247644003], got [2, 1]: dimension 1 is 1,"
                                + " expected 3590707793247644003")),
            each("S06 no num_true", c -> c.without("num_true"))
                .expect(r -> r.load("attribute num_true is missing")),
            each("S09 num_sampled 0", c -> c.attribute("num_sampled", 0L))
                .expect(
                    r ->
                        r.builder("numSampled must be >= 1, got 0")
                            .load("attribute num_sampled must be >= 1, got 0")),
            each("S10 num_sampled -5", c -> c.attribute("num_sampled", -5L))
                .expect(
                    r ->
                        r.builder("numSampled must be >= 1, got -5")
                            .load("attribute num_sampled must be >= 1, got -5")),
            each("S20 S43 num_sampled 2^40", c -> c.attribute("num_sampled", 1L << 40))
                .expect(r -> r.load(tooMany(1L << 40))),
            each("S21 num_sampled 2^63-1", c -> c.attribute("num_sampled", Long.MAX_VALUE))
                .expect(r -> r.load(tooMany(Long.MAX_VALUE))),
            each("S38 unique 2", c -> c.attribute("unique", 2L))
                .expect(r -> r.load("attribute unique must be 0 or 1, got 2")),
            each("S38 unique -1", c -> c.attribute("unique", -1L))
                .expect(r -> r.load("attribute unique must be 0 or 1, got -1")),
            each("S40 num_sample", c -> c.without("num_sampled").attribute("num_sample", 3L))
                .expect(r -> r.load("attribute num_sampled is missing")),
            each("S39 num_sampled a string", c -> c.attribute("num_sampled", "3"))
                .expect(r -> r.load("attribute num_sampled must be an int, got a string")),
            each("S39 seed a float", c -> c.attribute("seed", 1f))
                .expect(r -> r.load("attribute seed must be an int, got a float")))
        .flatMap(Rows::tests);
  }

  @TestFactory
  Stream<DynamicTest> ranges() {
    return Stream.of(
            ranged("S22 range_max 0", c -> c.attribute("range_max", 0L))
                .expect(
                    r ->
                        r.builder("rangeMax must be >= 1, got 0")
                            .load("attribute range_max must be >= 1, got 0")),
            ranged("S24 range_max -2^63", c -> c.attribute("range_max", Long.MIN_VALUE))
                .expect(
                    r ->
                        r.builder("rangeMax must be >= 1, got -9223372036854775808")
                            .load("attribute range_max must be >= 1, got -9223372036854775808")),
            ranged("S39 range_max a string", c -> c.attribute("range_max", "10"))
                .expect(r -> r.load("attribute range_max must be an int, got a string")),
            ranged("S39 range_max a float", c -> c.attribute("range_max", 10f))
                .expect(r -> r.load("attribute range_max must be an int, got a float")),
            ranged("S22 no range_max", c -> c.without("range_max"))
                .expect(
                    r ->
                        r.builder("range_max must be set, got none")
                            .load("attribute range_max is missing")),
            ranged(
                    "S13 more than there are",
                    c -> c.attribute("unique", 1L).attribute("num_sampled", 11L))
                .expect(
                    r ->
                        r.builder("num_sampled must be at most range_max = ")
                            .load(
                                r.isOf(FIXED)
                                    ? "attribute num_sampled must be at most range_max = 4 with"
                                        + " unique = 1, got 11"
                                    : "attribute num_sampled must be at most range_max = 10 with"
                                        + " unique = 1, got 11")))
        .flatMap(Rows::tests);
  }

  @TestFactory
  Stream<DynamicTest> labels() {
    return SAMPLERS.stream()
        .flatMap(
            op -> {
              String limit = op.equals(FIXED) ? "4)" : op.equals(ALL) ? "3)" : "10)";
              return Stream.of(
                      label("S30 -1", op, -1, limit),
                      label("S31 2^63-1", op, Long.MAX_VALUE, limit),
                      label("S32 -2^63", op, Long.MIN_VALUE, limit),
                      label("S30 2^32", op, 1L << 32, limit),
                      label(
                          "S42 the limit",
                          op,
                          op.equals(FIXED) ? 4 : op.equals(ALL) ? 3 : 10,
                          limit),
                      SamplerRow.of(
                              "S33 the last of a million",
                              SamplerCase.sampler(op),
                              c -> {
                                long[] labels = new long[1_000_000];
                                labels[999_999] = -7;
                                c.set(GraphNames.TRUE_CLASSES, Tensor.of(labels, 1_000_000, 1));
                              })
                          .run("true_classes[999999,0] = -7 is outside [0, " + limit))
                  .flatMap(SamplerRow::stages);
            });
  }

  @TestFactory
  Stream<DynamicTest> steps() {
    return SAMPLERS.stream()
        .filter(op -> !op.equals(LEARNED))
        .flatMap(
            op -> {
              SamplerCase good = SamplerCase.sampler(op).set(GraphNames.STEP, Tensor.scalar(3L));
              return SamplerRow.tests(
                  SamplerRow.of("step -1", good, c -> c.set(GraphNames.STEP, Tensor.scalar(-1L)))
                      .run("step must be >= 0, got -1"),
                  SamplerRow.of(
                          "step [2]",
                          good,
                          c -> c.set(GraphNames.STEP, Tensor.of(new long[] {1, 2}, 2)))
                      .builder("step must be int64[] or [1] = int64[1], got int64[2]")
                      .op("step must be a scalar or have shape [1], got [2]"),
                  SamplerRow.of(
                          "step [1,1]",
                          good,
                          c -> c.set(GraphNames.STEP, Tensor.of(new long[] {1}, 1, 1)))
                      .builder("step must be int64[] or [1] = int64[1], got int64[1, 1]")
                      .op("step must be a scalar or have shape [1], got [1, 1]"),
                  SamplerRow.of("step float", good, c -> c.set(GraphNames.STEP, Tensor.scalar(1f)))
                      .builder("step must be int64[]")
                      .load("step must be int64, got float"));
            });
  }

  @TestFactory
  Stream<DynamicTest> learnedUnigram() {
    SamplerCase good = SamplerCase.sampler(LEARNED);
    String limit = " must be less than 2147483647, got ";
    return SamplerRow.tests(
        learnedRange("L01 2^31-1", (1L << 31) - 1, limit),
        learnedRange("L01 2^31", 1L << 31, limit),
        learnedRange("L02 2^62", 1L << 62, limit),
        learnedRange("L03 2^63-1", Long.MAX_VALUE, limit),
        learnedRange("L04 2^32+1", (1L << 32) + 1, limit),
        SamplerRow.of("initial_counts [9]", good, c -> c.set(GraphNames.INITIAL_COUNTS, ones(9)))
            .builder("initial_counts must be int64[range_max] = int64[10], got int64[9]")
            .load(
                "initial_counts must have shape [range_max] = [10], got [9]: dimension 0 is 9,"
                    + " expected 10"),
        SamplerRow.of(
                "initial_counts int32",
                good,
                c -> c.set(GraphNames.INITIAL_COUNTS, Tensor.of(new int[10], 10)))
            .builder("initial_counts must be int64[range_max] = int64[10], got int32[10]")
            .load("initial_counts must be int64, got int32"),
        counts("initial_counts 0", 0, "initial_counts[9] must be >= 1, got 0"),
        counts("initial_counts -1", -1, "initial_counts[9] must be >= 1, got -1"),
        counts(
            "initial_counts past the limit",
            Integer.MAX_VALUE - 8,
            "initial_counts must be counts with a sum of at most 2147483647, got more"),
        counts(
            "initial_counts 2^63-1", Long.MAX_VALUE, "initial_counts must be counts with a sum"));
  }

  private static SamplerRow learnedRange(String id, long rangeMax, String limit) {
    return SamplerRow.of(id, SamplerCase.sampler(LEARNED), c -> c.attribute("range_max", rangeMax))
        .builder("range_max must be < 2147483647, got " + rangeMax)
        .load("attribute range_max" + limit + rangeMax);
  }

  /** The last of ten counts is bad. */
  private static SamplerRow counts(String id, long last, String builder) {
    SamplerCase good = SamplerCase.sampler(LEARNED).set(GraphNames.INITIAL_COUNTS, ones(10));
    return SamplerRow.of(
            id,
            good,
            c -> {
              Tensor counts = ones(10);
              counts.longs().put(9, last);
              c.set(GraphNames.INITIAL_COUNTS, counts);
            })
        .builder(builder)
        .run(
            last < 1
                ? builder
                : "initial_counts must be counts with a sum of at most 2147483647, got more with"
                    + " initial_counts[9] = "
                    + last);
  }

  private static Tensor ones(int count) {
    long[] ones = new long[count];
    Arrays.fill(ones, 1);
    return Tensor.of(ones, count);
  }

  private static SamplerRow label(String id, String op, long label, String limit) {
    return SamplerRow.of(
            id, SamplerCase.sampler(op), c -> c.trueClasses(new long[] {1}, new long[] {label}))
        .run("true_classes[1,0] = " + label + " is outside [0, " + limit);
  }

  private static String rank(String found) {
    return "true_classes must have rank 2, shape [batch, num_true], got rank " + found;
  }

  private static String tooMany(long numSampled) {
    return "attribute num_sampled must be at most 68719476736, got "
        + numSampled
        + ", which needs "
        + numSampled
        + " times 12 bytes";
  }

  private static Rows each(String id, Consumer<SamplerCase> spoil) {
    return new Rows(SAMPLERS, id, spoil);
  }

  private static Rows ranged(String id, Consumer<SamplerCase> spoil) {
    return new Rows(RANGED, id, spoil);
  }

  /** One row for each of several samplers. */
  private static final class Rows {
    private final List<SamplerRow> rows;

    Rows(List<String> ops, String id, Consumer<SamplerCase> spoil) {
      rows = ops.stream().map(op -> SamplerRow.of(id, SamplerCase.sampler(op), spoil)).toList();
    }

    Rows expect(Consumer<SamplerRow> expectation) {
      rows.forEach(expectation);
      return this;
    }

    Stream<DynamicTest> tests() {
      assertThat(rows).isNotEmpty();
      return rows.stream().flatMap(SamplerRow::stages);
    }
  }
}
