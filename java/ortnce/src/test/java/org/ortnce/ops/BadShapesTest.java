package org.ortnce.ops;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.ortnce.ops.NceCase.filled;
import static org.ortnce.ops.NceCase.longs;

import ai.onnxruntime.OrtException;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.ortnce.nce.GraphNames;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.NceModels;
import org.ortnce.nce.NceOps;
import org.ortnce.nce.OutputLayer;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.reliability.BadInputs;
import org.ortnce.session.ModelSession;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** Shapes of NceLoss, rows N01 to N21: V = 10, D = 4, B = 2, S = 3 unless a row says otherwise. */
@BadInputs
class BadShapesTest {
  private static final String INPUTS = GraphNames.INPUTS;
  private static final String LABELS = GraphNames.LABELS;

  @TestFactory
  Stream<DynamicTest> ranks() {
    return BadRow.tests(
        BadRow.of("N01 inputs [4]", NceCase.given(), c -> c.set(INPUTS, filled(1, 4)))
            .builder("inputs must be float[batch, dim] = float[?, ?], got float[4]")
            .op("inputs must have rank 2, shape [batch, dim], got rank 1, shape [4]"),
        BadRow.of("N02 inputs [2,2,4]", NceCase.given(), c -> c.set(INPUTS, filled(1, 2, 2, 4)))
            .builder("inputs must be float[batch, dim] = float[?, ?], got float[2, 2, 4]")
            .op("inputs must have rank 2, shape [batch, dim], got rank 3, shape [2, 2, 4]"),
        BadRow.of("N03 weights [10]", NceCase.given(), c -> c.weights(filled(1, 10)))
            .builder("weights must be float[rows, dim] = float[?, 4], got float[10]")
            .op("weights must have rank 2, shape [rows, dim of inputs], got rank 1, shape [10]"),
        BadRow.of("N04 weights [10,4,1]", NceCase.given(), c -> c.weights(filled(1, 10, 4, 1)))
            .builder("weights must be float[rows, dim] = float[?, 4], got float[10, 4, 1]")
            .op(
                "weights must have rank 2, shape [rows, dim of inputs], got rank 3,"
                    + " shape [10, 4, 1]"),
        BadRow.of(
                "N06 labels [2] with sampled values",
                NceCase.given(),
                c -> c.set(LABELS, longs(new long[] {3, 8}, 2)))
            .builder("labels must be int64[batch, num_true] = int64[2, 1], got int64[2]")
            .op(
                "labels must have rank 2, shape [batch of inputs, num_true], got rank 1,"
                    + " shape [2]"));
  }

  @TestFactory
  Stream<DynamicTest> sizes() {
    return BadRow.tests(
        BadRow.of(
                "N07 labels [2,2] with num_true 1, inputs [4,4]",
                NceCase.given(),
                c -> c.set(LABELS, longs(new long[4], 2, 2)).set(INPUTS, filled(1, 4, 4)))
            .builder("labels must be int64[batch, num_true] = int64[4, 1], got int64[2, 2]")
            .op(
                "labels must have shape [batch of inputs, num_true] = [4, 1], got [2, 2]:"
                    + " dimension 0 is 2, expected 4"),
        BadRow.of(
                "N08 labels [4,1] with num_true 4, inputs [4,4], true_expected_count [1,4]",
                NceCase.random(new NceCase.Sizes(2, 4, 3, 10, 4), 8),
                c ->
                    c.set(LABELS, longs(new long[4], 4, 1))
                        .set(INPUTS, filled(1, 4, 4))
                        .set(GraphNames.TRUE_EXPECTED_COUNT, filled(1, 1, 4)))
            .builder("labels must be int64[batch, num_true] = int64[4, 4], got int64[4, 1]")
            .op(
                "labels must have shape [batch of inputs, num_true] = [4, 4], got [4, 1]:"
                    + " dimension 1 is 1, expected 4"),
        BadRow.of(
                "N09 labels [1,1], inputs [4,4]",
                NceCase.given(),
                c -> c.set(LABELS, longs(new long[1], 1, 1)).set(INPUTS, filled(1, 4, 4)))
            .builder("labels must be int64[batch, num_true] = int64[4, 1], got int64[1, 1]")
            .op(
                "labels must have shape [batch of inputs, num_true] = [4, 1], got [1, 1]:"
                    + " dimension 0 is 1, expected 4"),
        BadRow.of(
                "N10 labels [2,1], inputs [3,4]",
                NceCase.given(),
                c -> c.set(INPUTS, filled(1, 3, 4)))
            .builder("labels must be int64[batch, num_true] = int64[3, 1], got int64[2, 1]")
            .op(
                "labels must have shape [batch of inputs, num_true] = [3, 1], got [2, 1]:"
                    + " dimension 0 is 2, expected 3"),
        BadRow.of("N14 weights [0,4]", NceCase.given(), c -> c.weights(filled(1, 0, 4)))
            .builder("weights must be at least one row, got none")
            .op("num_classes must be >= 1, got 0: the weights have no rows"),
        BadRow.of(
                "N15 biases of 5 elements",
                NceCase.given(),
                c -> c.set(GraphNames.BIASES, filled(1, 5)))
            .builder("biases must be num_classes = 10 elements, got 5")
            .op(
                "biases must have num_classes = 10 elements (or 10, the rows of the weights),"
                    + " got 5"),
        BadRow.of(
                "N16 biases of 50 elements",
                NceCase.given(),
                c -> c.set(GraphNames.BIASES, filled(1, 50)))
            .builder("biases must be num_classes = 10 elements, got 50")
            .op(
                "biases must have num_classes = 10 elements (or 10, the rows of the weights),"
                    + " got 50"),
        BadRow.of(
                "N18 num_classes 60 of 50 rows",
                NceCase.random(new NceCase.Sizes(2, 1, 3, 50, 4), 18),
                c -> c.attribute("num_classes", 60L))
            .builder("num_classes must be at most the rows of the weights, 50, got 60")
            .load("num_classes = 60 must be at most the rows of the weights, 50"),
        BadRow.of(
                "N18 label 10 of 10 classes in 50 rows",
                padded(),
                c -> c.set(LABELS, longs(new long[] {9, 10}, 2, 1)))
            .run("labels[1,0] = 10 is outside [0, 10)"));
  }

  /** N21, two names for the dimension: the op finds the difference when it runs. */
  @Test
  void n21SymbolicDimensionsThatDisagreeAtRunTime() throws OrtException {
    NceCase c = NceCase.given();
    Value inputs = Value.input(ElementType.FLOAT, Shape.of(Dim.of("batch"), Dim.of(4)));
    Value labels = Value.input(ElementType.INT64, Shape.of(Dim.of("rows"), Dim.of(1)));
    Value weights = Value.initializer(c.weights().get(0));
    byte[] model =
        new ModelBuilder()
            .input(INPUTS, inputs)
            .input(LABELS, labels)
            .output(
                GraphNames.LOSS,
                NceOps.nceLoss(weights, null, labels, inputs, NceLossOptions.ofNumSampled(3))
                    .loss())
            .build()
            .toByteArray();
    try (ModelSession session = ModelSession.open(model, NceRuns.QUIET)) {
      Map<String, Tensor> feeds =
          Map.of(INPUTS, filled(1, 3, 4), LABELS, longs(new long[] {1, 2}, 2, 1));
      assertThatThrownBy(() -> session.run(feeds))
          .isInstanceOf(OrtException.class)
          .hasMessageContaining(
              "NceLoss: labels must have shape [batch of inputs, num_true] = [3, 1], got [2, 1]:"
                  + " dimension 0 is 2, expected 3");
    }
  }

  /** N21, one name for the dimension: the session finds the difference before the run. */
  @Test
  void n21OneSymbolWithTwoSizes() throws OrtException {
    OutputLayer layer = OutputLayer.of(NceCase.given().weights().get(0), null);
    byte[] model = NceModels.trainingLoss(layer, NceLossOptions.ofNumSampled(3)).toByteArray();
    try (ModelSession session = ModelSession.open(model, NceRuns.QUIET)) {
      Map<String, Tensor> feeds =
          Map.of(INPUTS, filled(1, 3, 4), LABELS, longs(new long[] {1, 2}, 2, 1));
      assertThatThrownBy(() -> session.run(feeds))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("inputs disagree on 'batch'")
          .hasMessageContaining("'inputs' is 3")
          .hasMessageContaining("'labels' is 2");
    }
  }

  @TestFactory
  Stream<DynamicTest> allowed() {
    return OkRow.tests(
        OkRow.of(
            "N12 D = 0", NceCase.given().weights(filled(0, 10, 0)).set(INPUTS, filled(0, 2, 0))),
        OkRow.of("N13 B = 0", NceCase.random(new NceCase.Sizes(0, 1, 3, 10, 4), 13)),
        OkRow.of(
            "N13 B = 0, own candidates",
            NceCase.own().set(INPUTS, filled(0, 0, 4)).set(LABELS, longs(new long[0], 0, 1))),
        OkRow.of("N18 weights [50,4], num_classes 10, biases [10]", padded()),
        OkRow.of(
            "N18 weights [50,4], num_classes 10, biases [50]",
            padded().set(GraphNames.BIASES, filled(0.25, 50))),
        OkRow.of("N19 S = 0, given", NceCase.random(new NceCase.Sizes(2, 1, 0, 10, 4), 19)));
  }

  private static NceCase padded() {
    NceCase c = NceCase.given().attribute("num_classes", 10L);
    float[] rows = new float[50 * 4];
    java.util.Arrays.fill(rows, Float.NaN); // padding must not be read
    c.weights().get(0).floats().get(rows, 0, 10 * 4);
    return c.weights(Tensor.of(rows, 50, 4));
  }
}
