package org.ortnce.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ortnce.ops.NceCase.filled;

import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.ortnce.nce.GraphNames;
import org.ortnce.ops.NceGraphs.Declared;
import org.ortnce.reliability.BadInputs;
import org.ortnce.session.ModelSession;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** Partitions, attributes and types of NceLoss, rows N70 to N86: V = 10, D = 4, B = 2, S = 3. */
@BadInputs
class BadAttributesTest {
  @TestFactory
  Stream<DynamicTest> partitions() {
    NceCase three = cut(NceCase.given(), "div", 3);
    NceCase threeMod = cut(NceCase.given(), "mod", 3);
    return BadRow.tests(
        BadRow.of(
                "N70 partitions [4,4], [3,5], [3,4]",
                three,
                c -> c.weights(filled(1, 4, 4), filled(1, 3, 5), filled(1, 3, 4)))
            .builder("weights[1] must be float[rows, dim] = float[?, 4], got float[3, 5]")
            .op(
                "weights[1] must have shape [rows, dim of inputs] = [?, 4], got [3, 5]:"
                    + " dimension 1 is 5, expected 4"),
        BadRow.of(
                "N72 mod partitions of 3, 3, 4 rows",
                threeMod,
                c -> c.weights(filled(1, 3, 4), filled(1, 3, 4), filled(1, 4, 4)))
            .builder(
                "weights of partition_strategy \"mod\" must have [4, 3, 3] rows, got [3, 3, 4]")
            .op("weights of partition_strategy \"mod\" must have [4, 3, 3] rows, got [3, 3, 4]"),
        BadRow.of("N73 no partition", NceCase.given(), c -> c.weights(new Tensor[0]))
            .builder("weights must be at least one partition, got none")
            .load("weights is missing"));
  }

  @TestFactory
  Stream<DynamicTest> attributes() {
    return BadRow.tests(
        text("N75", "partition_strategy", "mod ", "\"div\", \"mod\""),
        text("N75", "partition_strategy", "MOD", "\"div\", \"mod\""),
        text("N75", "partition_strategy", "hash", "\"div\", \"mod\""),
        text("N75", "partition_strategy", "", "\"div\", \"mod\""),
        text("N80", "reduction", "avg", "\"none\", \"mean\", \"sum\""),
        attribute("N82", "num_true", 0L)
            .builder("numTrue must be >= 1, got 0")
            .load("num_true must be >= 1, got 0"),
        attribute("N82", "num_true", Long.MIN_VALUE)
            .load("num_true must be >= 1, got -9223372036854775808"),
        BadRow.of(
                "N82 num_sampled 0, own candidates",
                NceCase.own(),
                c -> c.attribute("num_sampled", 0L))
            .builder("num_sampled must be at least 1, since no sampled values are given, got 0")
            .load("num_sampled must be >= 1 without sampled_candidates, got 0"),
        BadRow.of(
                "N82 num_sampled missing, own candidates",
                NceCase.own(),
                c -> c.attribute("num_sampled", null))
            .builder("num_sampled must be a value, since no sampled values are given, got none")
            .load("attribute num_sampled is missing: it is required without sampled_candidates"),
        BadRow.of(
                "N82 num_sampled 11 of 10 classes, own candidates",
                NceCase.own(),
                c -> c.attribute("num_sampled", 11L))
            .builder(
                "num_sampled must be at most num_classes = 10, since candidates are drawn without"
                    + " replacement, got 11")
            .load(
                "num_sampled must be at most num_classes = 10, since candidates are drawn without"
                    + " replacement, got 11"),
        BadRow.of(
                "N82 num_sampled 2^63-1, own candidates",
                NceCase.own(),
                c -> c.attribute("num_sampled", Long.MAX_VALUE))
            .builder("got 9223372036854775807")
            .load(
                "num_sampled must be at most num_classes = 10, since candidates are drawn without"
                    + " replacement, got 9223372036854775807"),
        attribute("N82", "num_sampled", -5L)
            .builder("numSampled must be >= 0, got -5")
            .load("num_sampled must be >= 0, got -5"),
        attribute("N82", "num_classes", 0L)
            .builder("numClasses must be >= 1, got 0")
            .load("num_classes must be >= 1, got 0"),
        attribute("N84", "subtract_log_q", 2L)
            .load("attribute subtract_log_q must be 0 or 1, got 2"),
        attribute("N84", "remove_accidental_hits", -1L)
            .load("attribute remove_accidental_hits must be 0 or 1, got -1"),
        attribute("N84", "num_sampled", "three")
            .load("attribute num_sampled must be an int, got a string"),
        attribute("N84", "subtract_log_q", 1f)
            .load("attribute subtract_log_q must be an int, got a float"),
        attribute("N84", "reduction", 1L).load("attribute reduction must be a string, got an int"),
        attribute("N84", "reduction", "a".repeat(5000) + "\n\u00e9")
            .load(
                "attribute reduction must be one of \"none\", \"mean\", \"sum\", got \""
                    + "a".repeat(64)
                    + "...\""),
        attribute("N84", "reduction", "m\u00e9an\n%s")
            .load(
                "attribute reduction must be one of \"none\", \"mean\", \"sum\","
                    + " got \"m??an?%s\""));
  }

  @TestFactory
  Stream<DynamicTest> types() {
    Tensor doubles = Tensor.of(new double[8], 2, 4);
    Tensor ints = Tensor.of(new int[8], 2, 4);
    return BadRow.tests(
        BadRow.of("N85 inputs double", NceCase.given(), c -> c.set(GraphNames.INPUTS, doubles))
            .builder("inputs must be float, float16 or bfloat16 [batch, dim], got double[2, 4]")
            .load("inputs must be float, float16 or bfloat16, got double"),
        BadRow.of("N85 inputs int32", NceCase.given(), c -> c.set(GraphNames.INPUTS, ints))
            .builder("inputs must be float, float16 or bfloat16 [batch, dim], got int32[2, 4]")
            .load("inputs must be float, float16 or bfloat16, got int32"),
        BadRow.of(
                "N85 weights double",
                NceCase.given(),
                c -> c.weights(Tensor.of(new double[40], 10, 4)))
            .builder("weights must be float, float16 or bfloat16 [rows, dim], got double[10, 4]")
            .load("weights must be float, float16 or bfloat16, got double"),
        BadRow.of(
                "N85 second partition double",
                cut(NceCase.given(), "div", 2),
                c -> c.weights(filled(1, 5, 4), Tensor.of(new double[20], 5, 4)))
            .builder("weights[1] must be float, float16 or bfloat16 [rows, dim], got double[5, 4]")
            .load("weights[1] must be float, float16 or bfloat16, got double"),
        BadRow.of(
                "N85 inputs float16, weights float",
                NceCase.given(),
                c -> c.set(GraphNames.INPUTS, filled(1, 2, 4).asType(ElementType.FLOAT16)))
            .builder("weights must be float16 like inputs, got float[10, 4]")
            .load("weights must be float16 like inputs, got float"),
        BadRow.of(
                "N85 weights of two types",
                cut(NceCase.given(), "div", 2),
                c -> c.weights(filled(1, 5, 4).asType(ElementType.BFLOAT16), filled(1, 5, 4)))
            .builder("weights[1] must be bfloat16 like weights[0], got float[5, 4]")
            .load("weights[1] must be bfloat16 like weights[0], got float"),
        wrongType("biases", ElementType.DOUBLE, "float", "float like weights", 10),
        wrongType("biases", ElementType.FLOAT16, "float", "float like weights", 10),
        wrongType("sampled_candidates", ElementType.INT32, "int64", 3),
        wrongType("true_expected_count", ElementType.DOUBLE, "float", 2, 1),
        wrongType("sampled_expected_count", ElementType.DOUBLE, "float", 3),
        wrongType("step", ElementType.INT32, "int64", 1));
  }

  @TestFactory
  Stream<DynamicTest> allowed() {
    NceCase c = NceCase.given();
    double[] loss = NceLossReference.of(c).loss();
    return OkRow.tests(
        OkRow.of(
            "N72 div partitions of 3, 3, 4 rows",
            c.copy().weights(rows(c, 0, 3), rows(c, 3, 6), rows(c, 6, 10)),
            loss),
        OkRow.of("N78 div, 1000 partitions of 10 rows", cut(c.copy(), "div", 1000), loss),
        OkRow.of("N78 mod, 1000 partitions of 10 rows", cut(c.copy(), "mod", 1000), loss),
        OkRow.of(
            "N78 div, empty partitions between",
            c.copy().weights(rows(c, 0, 0), rows(c, 0, 7), rows(c, 7, 7), rows(c, 7, 10)),
            loss));
  }

  @Test
  void n74OnePartitionIsTheUnpartitionedLayer() throws OrtException {
    NceCase c = NceCase.given();
    int[] div = NceRuns.bits(NceRuns.loss(c));
    assertThat(NceRuns.bits(NceRuns.loss(c.copy().attribute("partition_strategy", "mod"))))
        .isEqualTo(div);
  }

  /** Weights and biases are inputs of one session: each run sees its own values and sizes. */
  @Test
  void n86WeightsThatChangeBetweenRuns() throws OrtException {
    NceCase first = NceCase.given();
    try (ModelSession session = NceRuns.open(first, Declared.TYPES)) {
      for (int run = 0; run < 6; run++) {
        NceCase c = NceCase.given();
        Random random = new Random(86 + run);
        int rows = 10 + 5 * (run % 3);
        c.weights(NceCase.gaussian(random, 0.5, rows, 4))
            .set(GraphNames.BIASES, NceCase.gaussian(random, 0.5, rows));
        NceRuns.checkLoss(c, session.run(NceGraphs.rawFeeds(c, Declared.TYPES)));
      }
    }
  }

  /** The same memory with other numbers in it. */
  @Test
  void n86WeightsChangedInPlace() throws OrtException {
    NceCase c = NceCase.given();
    Tensor direct = Tensor.allocateFloats(10, 4);
    c.weights(direct);
    try (ModelSession session = NceRuns.open(c, Declared.SHAPES)) {
      Map<String, Tensor> feeds = new HashMap<>(c.feeds());
      for (int run = 0; run < 3; run++) {
        direct.floats().put(NceCase.gaussian(new Random(run), 0.5, 10, 4).toFloatArray());
        NceRuns.checkLoss(c, session.run(feeds));
      }
    }
  }

  private static NceCase cut(NceCase c, String strategy, int count) {
    Tensor whole = c.weights().get(0);
    return c.attribute("partition_strategy", strategy)
        .weights(NceCase.partitions(whole, strategy, count));
  }

  private static Tensor rows(NceCase c, int begin, int end) {
    float[] all = c.weights().get(0).toFloatArray();
    return Tensor.of(java.util.Arrays.copyOfRange(all, begin * 4, end * 4), end - begin, 4);
  }

  private static BadRow attribute(String id, String name, Object value) {
    String shown = value.toString().lines().findFirst().orElse("").replaceAll("a{9,}", "aaa...");
    return BadRow.of(
        id + " " + name + " = '" + shown + "'", NceCase.given(), c -> c.attribute(name, value));
  }

  private static BadRow text(String id, String name, String value, String choices) {
    return attribute(id, name, value)
        .load("attribute " + name + " must be one of " + choices + ", got \"" + value + "\"");
  }

  private static BadRow wrongType(String name, ElementType type, String wanted, long... shape) {
    return wrongType(name, type, wanted, wanted, shape);
  }

  private static BadRow wrongType(
      String name, ElementType type, String ofBuilder, String ofOp, long... shape) {
    int bytes = (int) Tensor.elementCount(shape) * type.byteSize();
    Tensor wrong =
        Tensor.of(ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder()), type, shape);
    return BadRow.of(
            "N85 " + name + " " + type.onnxName(), NceCase.given(), c -> c.set(name, wrong))
        .builder(name + " must be " + ofBuilder)
        .load(name + " must be " + ofOp + ", got " + type.onnxName());
  }

  /** The strategies and reductions that rows N75 and N80 list are all there are. */
  @Test
  void valuesThatAreAllowedLoad() throws OrtException {
    for (String strategy : List.of("div", "mod")) {
      for (String reduction : List.of("none", "mean", "sum")) {
        NceRuns.check(cut(NceCase.given(), strategy, 2).attribute("reduction", reduction));
      }
    }
  }
}
