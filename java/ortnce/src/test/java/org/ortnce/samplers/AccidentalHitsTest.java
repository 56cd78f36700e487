package org.ortnce.samplers;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.ortnce.nce.GraphNames;
import org.ortnce.reliability.BadInputs;
import org.ortnce.samplers.SamplerGraphs.Declared;
import org.ortnce.session.ModelSession;
import org.ortnce.tensor.Tensor;

/** ComputeAccidentalHits: every hit, in order. Rows A01 to A10 of the bad-input table. */
@BadInputs
class AccidentalHitsTest {
  @TestFactory
  Stream<DynamicTest> refused() {
    return SamplerRow.tests(
        row("A01 true_classes [2]", GraphNames.TRUE_CLASSES, Tensor.of(new long[2], 2))
            .builder("true_classes must be int64[batch, num_true] = int64[?, 1], got int64[2]")
            .op("true_classes must have rank 2, shape [batch, num_true], got rank 1, shape [2]"),
        row("A02 sampled [1,3]", GraphNames.SAMPLED_CANDIDATES, Tensor.of(new long[3], 1, 3))
            .builder("sampled_candidates must be int64[num_sampled] = int64[?], got int64[1, 3]")
            .op(
                "sampled_candidates must have rank 1, shape [num_sampled], got rank 2, shape [1, 3]"),
        row("A03 two columns", GraphNames.TRUE_CLASSES, Tensor.of(new long[2], 1, 2))
            .builder("true_classes must be int64[batch, num_true] = int64[?, 1], got int64[1, 2]")
            .op(
                "true_classes must have shape [batch, num_true] = [?, 1], got [1, 2]: dimension 1"
                    + " is 2, expected 1"),
        row("true_classes int32", GraphNames.TRUE_CLASSES, Tensor.of(new int[2], 2, 1))
            .builder("got int32[2, 1]")
            .load("true_classes must be int64, got int32"),
        row("sampled float", GraphNames.SAMPLED_CANDIDATES, Tensor.of(new float[3], 3))
            .builder("got float[3]")
            .load("sampled_candidates must be int64, got float"),
        row("A08 true class -1", GraphNames.TRUE_CLASSES, Tensor.of(new long[][] {{5}, {-1}}))
            .run("true_classes[1,0] = -1 must be >= 0"),
        row("A08 sampled -1", GraphNames.SAMPLED_CANDIDATES, Tensor.of(new long[] {5, 7, -1}, 3))
            .run("sampled_candidates[2] = -1 must be >= 0"),
        SamplerRow.of("num_true 0", SamplerCase.hits(), c -> c.attribute("num_true", 0L))
            .builder("num_true must be >= 1, got 0")
            .load("attribute num_true must be >= 1, got 0"),
        SamplerRow.of("no num_true", SamplerCase.hits(), c -> c.without("num_true"))
            .load("attribute num_true is missing"),
        SamplerRow.of(
                "ignore_index a float", SamplerCase.hits(), c -> c.attribute("ignore_index", 1f))
            .load("attribute ignore_index must be an int, got a float"));
  }

  private static SamplerRow row(String id, String input, Tensor value) {
    return SamplerRow.of(id, SamplerCase.hits(), c -> c.set(input, value));
  }

  @Test
  void a04NoCandidates() throws OrtException {
    check(SamplerCase.hits().set(GraphNames.SAMPLED_CANDIDATES, Tensor.of(new long[0], 0)));
  }

  @Test
  void noExamples() throws OrtException {
    check(SamplerCase.hits().set(GraphNames.TRUE_CLASSES, Tensor.of(new long[0], 0, 1)));
  }

  @Test
  void a06EveryCopyOfACandidate() throws OrtException {
    SamplerCase c =
        SamplerCase.hits()
            .trueClasses(new long[] {5})
            .set(GraphNames.SAMPLED_CANDIDATES, Tensor.of(new long[] {5, 1, 5}, 3));
    assertThat(check(c)).containsExactly("0 0", "0 2");
  }

  @Test
  void a07EveryCopyOfATrueClass() throws OrtException {
    SamplerCase c =
        SamplerCase.hits()
            .attribute("num_true", 2L)
            .trueClasses(new long[] {5, 5})
            .set(GraphNames.SAMPLED_CANDIDATES, Tensor.of(new long[] {5}, 1));
    assertThat(check(c)).containsExactly("0 0", "0 0");
  }

  @Test
  void orderedByExampleColumnAndPosition() throws OrtException {
    SamplerCase c =
        SamplerCase.hits()
            .attribute("num_true", 3L)
            .trueClasses(new long[] {9, 2, 5}, new long[] {0, 0, 0}, new long[] {5, 9, 1})
            .set(GraphNames.SAMPLED_CANDIDATES, Tensor.of(new long[] {5, 9, 3, 9, 5, 4}, 6));
    assertThat(check(c)).containsExactly("0 1", "0 3", "0 0", "0 4", "2 0", "2 4", "2 1", "2 3");
  }

  @Test
  void ignoredClassesHitNothing() throws OrtException {
    SamplerCase c =
        SamplerCase.hits()
            .attribute("num_true", 2L)
            .trueClasses(new long[] {5, -100}, new long[] {-100, 7});
    assertThat(check(c.copy().attribute("ignore_index", -100L))).containsExactly("0 2", "1 0");
    c.trueClasses(new long[] {5, 7}, new long[] {7, 7});
    assertThat(check(c.copy().attribute("ignore_index", 7L))).containsExactly("0 2");
  }

  @Test
  void randomCases() throws OrtException {
    Random random = new Random(10);
    for (int round = 0; round < 40; round++) {
      int batch = random.nextInt(20);
      int numTrue = 1 + random.nextInt(4);
      int numSampled = random.nextInt(60);
      long classes = 1L + random.nextInt(80);
      SamplerCase c =
          SamplerCase.hits()
              .attribute("num_true", (long) numTrue)
              .set(
                  GraphNames.TRUE_CLASSES,
                  Tensor.of(
                      random.longs((long) batch * numTrue, 0, classes).toArray(), batch, numTrue))
              .set(
                  GraphNames.SAMPLED_CANDIDATES,
                  Tensor.of(random.longs(numSampled, 0, classes).toArray(), numSampled));
      check(round % 3 == 0 ? c.attribute("ignore_index", classes / 2) : c);
    }
  }

  /** 10^6 true classes that all hit one of 10^5 candidates. */
  @Test
  void a09ManyHits() throws OrtException {
    int numSampled = 100_000;
    int batch = 100_000;
    int numTrue = 10;
    long[] sampled = new long[numSampled];
    Arrays.setAll(sampled, i -> (i * 7919L) % numSampled);
    SamplerCase c =
        SamplerCase.hits()
            .attribute("num_true", (long) numTrue)
            .set(
                GraphNames.TRUE_CLASSES,
                Tensor.of(
                    new Random(9).longs((long) batch * numTrue, 0, numSampled).toArray(),
                    batch,
                    numTrue))
            .set(GraphNames.SAMPLED_CANDIDATES, Tensor.of(sampled, numSampled));
    long begin = System.nanoTime();
    try (ModelSession session = open(c)) {
      Map<String, Tensor> outputs = session.run(c.inputs());
      assertThat(outputs.get("ids_out").shape()).containsExactly((long) batch * numTrue);
      long[] ids = outputs.get("ids_out").toLongArray();
      long[] labels = c.inputs().get(GraphNames.TRUE_CLASSES).toLongArray();
      for (int i = 0; i < ids.length; i++) {
        if (sampled[(int) ids[i]] != labels[i]
            || outputs.get("indices_out").ints().get(i) != i / 10) {
          throw new AssertionError("hit " + i + " is candidate " + ids[i]);
        }
      }
    }
    assertThat(System.nanoTime() - begin).isLessThan(5_000_000_000L);
  }

  /** Runs the case on the builder's graph and on raw graphs; returns "example position" lines. */
  private static List<String> check(SamplerCase c) throws OrtException {
    List<String> expected = expected(c);
    for (Declared declared : Declared.values()) {
      try (ModelSession session =
          ModelSession.open(SamplerGraphs.raw(c, declared), Samplers.QUIET)) {
        Map<String, Tensor> outputs = session.run(SamplerGraphs.feeds(c, declared));
        assertThat(lines(outputs)).isEqualTo(expected);
        float[] weights = outputs.get("weights_out").toFloatArray();
        assertThat(weights).hasSize(expected.size());
        for (float weight : weights) {
          assertThat(weight).isEqualTo(-Float.MAX_VALUE);
        }
      }
    }
    try (ModelSession session = ModelSession.open(SamplerGraphs.checkedModel(c), Samplers.QUIET)) {
      assertThat(lines(session.run(c.inputs()))).isEqualTo(expected);
    }
    return expected;
  }

  private static List<String> lines(Map<String, Tensor> outputs) {
    long[] ids = outputs.get("ids_out").toLongArray();
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < ids.length; i++) {
      lines.add(outputs.get("indices_out").ints().get(i) + " " + ids[i]);
    }
    return lines;
  }

  /** The definition: every pair of a true class and an equal candidate. */
  private static List<String> expected(SamplerCase c) {
    Tensor trueClasses = c.inputs().get(GraphNames.TRUE_CLASSES);
    long[] labels = trueClasses.toLongArray();
    long[] sampled = c.inputs().get(GraphNames.SAMPLED_CANDIDATES).toLongArray();
    Object ignored = c.attributes().get("ignore_index");
    List<String> hits = new ArrayList<>();
    for (int i = 0; i < labels.length; i++) {
      for (int k = 0; k < sampled.length; k++) {
        if (labels[i] == sampled[k] && !Long.valueOf(labels[i]).equals(ignored)) {
          hits.add(i / trueClasses.dim(1) + " " + k);
        }
      }
    }
    return hits;
  }

  private static ModelSession open(SamplerCase c) throws OrtException {
    return ModelSession.open(SamplerGraphs.raw(c, Declared.SHAPES), Samplers.QUIET);
  }
}
