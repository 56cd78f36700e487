package org.ortnce.ops;

import static org.ortnce.ops.NceCase.filled;
import static org.ortnce.ops.NceCase.longs;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.ortnce.nce.GraphNames;
import org.ortnce.reliability.BadInputs;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** Labels of NceLoss, rows N22 to N32: V = 10, D = 4, B = 2, S = 3. */
@BadInputs
class BadLabelsTest {
  private static final String LABELS = GraphNames.LABELS;

  @TestFactory
  Stream<DynamicTest> range() {
    return Stream.of(NceCase.own(), NceCase.given())
        .flatMap(
            good -> {
              String who = good.get(GraphNames.SAMPLED_CANDIDATES) == null ? "own" : "given";
              return BadRow.tests(
                  BadRow.of("N22 label 10, " + who, good, c -> labels(c, 10, 8))
                      .run("labels[0,0] = 10 is outside [0, 10)"),
                  BadRow.of("N22 label -1, " + who, good, c -> labels(c, 3, -1))
                      .run("labels[1,0] = -1 is outside [0, 10)"),
                  BadRow.of("N22 label 2^63-1, " + who, good, c -> labels(c, Long.MAX_VALUE, 8))
                      .run("labels[0,0] = 9223372036854775807 is outside [0, 10)"),
                  BadRow.of("N22 label -2^63, " + who, good, c -> labels(c, Long.MIN_VALUE, 8))
                      .run("labels[0,0] = -9223372036854775808 is outside [0, 10)"),
                  BadRow.of(
                          "N28 ignore_index -100, label -1, " + who,
                          labels(good.copy().attribute("ignore_index", -100L), -100, 8),
                          c -> labels(c, -100, -1))
                      .run("labels[1,0] = -1 is outside [0, 10)"));
            });
  }

  /** The second of the two columns, and int32. */
  @TestFactory
  Stream<DynamicTest> index() {
    NceCase two = NceCase.random(new NceCase.Sizes(3, 2, 3, 10, 4), 22);
    NceCase narrow = NceCase.given().set(LABELS, Tensor.of(new int[] {3, 8}, 2, 1));
    return BadRow.tests(
        BadRow.of(
                "N22 labels[2,1]",
                two,
                c -> c.set(LABELS, longs(new long[] {0, 1, 2, 3, 4, 17}, 3, 2)))
            .run("labels[2,1] = 17 is outside [0, 10)"),
        BadRow.of(
                "N22 int32 label -2^31",
                narrow,
                c -> c.set(LABELS, Tensor.of(new int[] {3, Integer.MIN_VALUE}, 2, 1)))
            .run("labels[1,0] = -2147483648 is outside [0, 10)"));
  }

  @TestFactory
  Stream<DynamicTest> types() {
    return BadRow.tests(
        BadRow.of(
                "N30 labels uint64",
                NceCase.given(),
                c -> c.set(LABELS, raw(ElementType.UINT64, 2, 1)))
            .builder("labels must be int64[batch, num_true] = int64[2, 1], got uint64[2, 1]")
            .load("labels must be int64 or int32, got uint64"),
        BadRow.of(
                "N30 labels bool", NceCase.given(), c -> c.set(LABELS, raw(ElementType.BOOL, 2, 1)))
            .builder("labels must be int64[batch, num_true] = int64[2, 1], got bool[2, 1]")
            .load("labels must be int64 or int32, got bool"),
        BadRow.of("N30 labels float", NceCase.given(), c -> c.set(LABELS, filled(1, 2, 1)))
            .builder("labels must be int64[batch, num_true] = int64[2, 1], got float[2, 1]")
            .load("labels must be int64 or int32, got float"));
  }

  @TestFactory
  Stream<DynamicTest> allowed() {
    NceCase ignoring = NceCase.given().attribute("ignore_index", -100L);
    NceCase pairs = NceCase.random(new NceCase.Sizes(2, 2, 3, 10, 4), 24);
    NceCase ignoringPairs = pairs.copy().attribute("ignore_index", -100L);
    // With one of two labels ignored the other has target 1: the loss of a single label.
    float[] trueCount = pairs.get(GraphNames.TRUE_EXPECTED_COUNT).toFloatArray();
    NceCase single =
        pairs
            .copy()
            .attribute("num_true", 1L)
            .set(LABELS, longs(new long[] {5, 6}, 2, 1))
            .set(
                GraphNames.TRUE_EXPECTED_COUNT,
                Tensor.of(new float[] {trueCount[1], trueCount[2]}, 2, 1));
    return OkRow.tests(
        OkRow.of(
            "N24 label equal to ignore_index",
            ignoringPairs.copy().set(LABELS, longs(new long[] {-100, 5, 6, 7}, 2, 2))),
        OkRow.of(
            "N24 count of an ignored label is never read",
            ignoringPairs
                .copy()
                .set(LABELS, longs(new long[] {-100, 5, 6, 7}, 2, 2))
                .set(
                    GraphNames.TRUE_EXPECTED_COUNT,
                    Tensor.of(new float[] {Float.NaN, 1, 1, 1}, 2, 2))),
        OkRow.of(
            "N25 all labels of an example ignored",
            labels(ignoring.copy(), -100, 8),
            0,
            NceLossReference.of(labels(ignoring.copy(), 3, 8)).loss()[1]),
        OkRow.of(
            "N26 all examples ignored, mean",
            labels(ignoring.copy().attribute("reduction", "mean"), -100, -100),
            0),
        OkRow.of(
            "N26 all examples ignored, sum",
            labels(ignoring.copy().attribute("reduction", "sum"), -100, -100),
            0),
        OkRow.of(
            "N27 ignore_index is a real class",
            labels(NceCase.given().attribute("ignore_index", 3L), 3, 8),
            0,
            NceLossReference.of(NceCase.given()).loss()[1]),
        OkRow.of(
            "N31 one class twice", pairs.copy().set(LABELS, longs(new long[] {5, 5, 6, 6}, 2, 2))),
        OkRow.of(
            "N31 one class twice, hits removed",
            pairs
                .copy()
                .attribute("remove_accidental_hits", 1L)
                .set(GraphNames.SAMPLED_CANDIDATES, longs(new long[] {5, 2, 5}, 3))
                .set(LABELS, longs(new long[] {5, 5, 6, 6}, 2, 2))),
        OkRow.of(
            "N32 one label ignored: the other has target 1",
            ignoringPairs.copy().set(LABELS, longs(new long[] {-100, 5, 6, -100}, 2, 2)),
            NceLossReference.of(single).loss()),
        OkRow.of(
            "N32 int32 labels",
            ignoringPairs.copy().set(LABELS, Tensor.of(new int[] {-100, 5, 6, -100}, 2, 2)),
            NceLossReference.of(single).loss()));
  }

  private static NceCase labels(NceCase c, long first, long second) {
    return c.set(LABELS, longs(new long[] {first, second}, 2, 1));
  }

  private static Tensor raw(ElementType type, long... shape) {
    int bytes = (int) Tensor.elementCount(shape) * type.byteSize();
    return Tensor.of(ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder()), type, shape);
  }
}
