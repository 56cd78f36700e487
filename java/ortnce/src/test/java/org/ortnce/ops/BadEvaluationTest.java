package org.ortnce.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.onnxruntime.OrtException;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ortnce.evaluation.EvaluationResult;
import org.ortnce.nce.EvaluationOptions;
import org.ortnce.nce.FullSigmoidLossOptions;
import org.ortnce.nce.MetadataKeys;
import org.ortnce.nce.NceModels;
import org.ortnce.nce.NceOps;
import org.ortnce.nce.OutputLayer;
import org.ortnce.nce.PartitionStrategy;
import org.ortnce.nce.Reduction;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.Ops;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.reliability.BadInputs;
import org.ortnce.session.EvaluationSession;
import org.ortnce.session.SessionConfig;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** The table of bad inputs for the evaluation loss, rows E02 to E09, through the Java API. */
@BadInputs
class BadEvaluationTest {
  private static final SessionConfig STOCK = SessionConfig.builder().registerLibrary(false).build();
  private static final Tensor WEIGHTS =
      Tensor.of(new float[][] {{1, 0}, {0, 1}, {1, 1}, {-1, 1}, {2, 0}});

  private static EvaluationSession open(
      OutputLayer layer, EvaluationOptions options, SessionConfig config) throws OrtException {
    return EvaluationSession.open(NceModels.evaluation(layer, options).toByteArray(), config);
  }

  @ParameterizedTest
  @ValueSource(longs = {5, -1, 1L << 40, Long.MIN_VALUE})
  void e02LabelsOutOfRange(long label) throws OrtException {
    Tensor inputs = Tensor.of(new float[] {1, 2, 1, 2}, 2, 2);
    Tensor good = Tensor.of(new long[] {3, 4}, 2, 1);
    EvaluationOptions options = EvaluationOptions.defaults().withMetrics();
    try (EvaluationSession session = open(OutputLayer.of(WEIGHTS, null), options, NceRuns.QUIET)) {
      float[] before = session.evaluate(inputs, good).loss().toFloatArray();
      OrtException error =
          catchThrowableOfType(
              OrtException.class,
              () -> session.evaluate(inputs, Tensor.of(new long[] {3, label}, 2, 1)));
      assertThat(error)
          .hasMessageContaining("FullSigmoidLoss: labels[1,0] = " + label + " is outside [0, 5)");
      assertThat(session.evaluate(inputs, good).loss().toFloatArray()).containsExactly(before);
    }
  }

  /** A class that is a label twice of two has target 1, as if it were the only label. */
  @Test
  void e03OneClassAsBothLabels() throws OrtException {
    Tensor inputs = Tensor.of(new float[] {1, 2}, 1, 2);
    EvaluationOptions two =
        new EvaluationOptions(2, OptionalLong.empty(), Reduction.NONE).withMetrics();
    EvaluationOptions one = EvaluationOptions.defaults().withMetrics();
    OutputLayer layer = OutputLayer.of(WEIGHTS, null);
    for (SessionConfig config : List.of(SessionConfig.defaults(), STOCK)) {
      try (EvaluationSession pairs = open(layer, two, config);
          EvaluationSession single = open(layer, one, config)) {
        EvaluationResult both = pairs.evaluate(inputs, Tensor.of(new long[] {3, 3}, 1, 2));
        EvaluationResult once = single.evaluate(inputs, Tensor.of(new long[] {3}, 1, 1));
        assertThat(both.loss().toFloatArray()).containsExactly(once.loss().toFloatArray());
        assertThat(both.softmaxLoss().orElseThrow().toFloatArray())
            .containsExactly(once.softmaxLoss().orElseThrow().toFloatArray());
        assertThat(both.trueRanks().orElseThrow().toLongArray()).containsExactly(5, 5);
      }
    }
  }

  /** Empty batch, one class, no dimension. */
  @ParameterizedTest(name = "B = {0}, V = {1}, D = {2}")
  @CsvSource({"0, 5, 3", "2, 1, 3", "2, 4, 0", "0, 1, 0"})
  void e04EmptySizes(int batch, int classes, int dim) throws OrtException {
    Tensor weights = NceCase.filled(0.5, classes, dim);
    Tensor biases = NceCase.filled(1, classes);
    EvaluationOptions options = EvaluationOptions.defaults().withMetrics();
    for (SessionConfig config : List.of(SessionConfig.defaults(), STOCK)) {
      try (EvaluationSession session = open(OutputLayer.of(weights, biases), options, config)) {
        EvaluationResult result =
            session.evaluate(NceCase.filled(2, batch, dim), Tensor.of(new long[batch], batch, 1));
        double z = 1 + dim;
        float[] loss = result.loss().toFloatArray();
        float[] softmax = result.softmaxLoss().orElseThrow().toFloatArray();
        assertThat(loss).hasSize(batch);
        assertThat(softmax).hasSize(batch);
        for (int i = 0; i < batch; i++) {
          double expected = classes * NceLossReference.softplus(z) - z;
          FullSigmoidLossTest.close(loss[i], expected, 1e-6 * classes * z);
          FullSigmoidLossTest.close(softmax[i], Math.log(classes), 1e-6);
        }
        assertThat(result.trueRanks().orElseThrow().toLongArray())
            .hasSize(batch)
            .containsOnly(batch == 0 ? new long[0] : new long[] {1});
      }
    }
  }

  /** Around the ends of chunks of 8192 classes: the same logits everywhere, the sums are known. */
  @ParameterizedTest
  @ValueSource(ints = {8191, 8192, 8193, 16384, 16385})
  void e06AroundTheEndsOfChunks(int classes) throws OrtException {
    Tensor weights = NceCase.filled(-0.25, classes, 2);
    EvaluationOptions options = EvaluationOptions.defaults().withMetrics();
    for (SessionConfig config : List.of(SessionConfig.defaults(), STOCK)) {
      try (EvaluationSession session = open(OutputLayer.of(weights, null), options, config)) {
        Tensor last = Tensor.of(new long[] {classes - 1}, 1, 1);
        EvaluationResult result = session.evaluate(Tensor.of(new float[] {1, 3}, 1, 2), last);
        double expected = classes * NceLossReference.softplus(-1) + 1;
        FullSigmoidLossTest.close(result.loss().floats().get(0), expected, 1e-6 * expected);
        FullSigmoidLossTest.close(
            result.softmaxLoss().orElseThrow().floats().get(0), Math.log(classes), 1e-5);
        assertThat(result.trueRanks().orElseThrow().longs().get(0)).isEqualTo(classes);
      }
    }
  }

  @Test
  void e08AllLabelsIgnored() throws OrtException {
    EvaluationOptions options =
        new EvaluationOptions(1, OptionalLong.of(-1), Reduction.MEAN).withMetrics();
    for (SessionConfig config : List.of(SessionConfig.defaults(), STOCK)) {
      try (EvaluationSession session = open(OutputLayer.of(WEIGHTS, null), options, config)) {
        Tensor labels = Tensor.of(new long[] {-1, -1}, 2, 1);
        EvaluationResult result = session.evaluate(NceCase.filled(1, 2, 2), labels);
        assertThat(result.loss().floats().get(0)).isZero();
        assertThat(result.softmaxLoss().orElseThrow().floats().get(0)).isZero();
        assertThat(result.trueRanks().orElseThrow().toLongArray()).containsExactly(0, 0);
      }
    }
  }

  @Test
  void e09WeightsOfAnotherNumberOfRows() {
    Value inputs = Value.input(ElementType.FLOAT, Shape.of(Dim.of("batch"), Dim.of(2)));
    Value labels = Value.input(ElementType.INT64, Shape.of(Dim.of("batch"), Dim.of(1)));
    Value weights = Value.input(ElementType.FLOAT, Shape.of(5, 2));
    FullSigmoidLossOptions six =
        new FullSigmoidLossOptions(
            OptionalLong.of(6), 1, PartitionStrategy.DIV, OptionalLong.empty(), Reduction.NONE);
    assertThatThrownBy(() -> NceOps.fullSigmoidLoss(List.of(weights), null, labels, inputs, six))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "FullSigmoidLoss: num_classes must be at most the rows of the weights, 5, got 6");
    Value biases = Value.input(ElementType.FLOAT, Shape.of(4));
    FullSigmoidLossOptions all = FullSigmoidLossOptions.defaults();
    assertThatThrownBy(() -> NceOps.fullSigmoidLoss(List.of(weights), biases, labels, inputs, all))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("FullSigmoidLoss: biases", "5", "4");
    Value wide = Value.input(ElementType.INT64, Shape.of(Dim.of("batch"), Dim.of(2)));
    assertThatThrownBy(() -> NceOps.fullSigmoidLoss(List.of(weights), null, wide, inputs, all))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("FullSigmoidLoss: labels must be int64[batch, num_true]");
  }

  /** Metadata say which label is padding; a model that says nonsense is refused. */
  @Test
  void metadataWithoutALabel() {
    Value inputs = Value.input(ElementType.FLOAT, Shape.of(Dim.of("batch"), Dim.of(2)));
    Value labels = Value.input(ElementType.INT64, Shape.of(Dim.of("batch"), Dim.of(1)));
    byte[] model =
        new ModelBuilder()
            .metadata(MetadataKeys.IGNORE_INDEX, "none")
            .input("inputs", inputs)
            .input("labels", labels)
            .output("loss", Ops.reduceSum(inputs, false, 1))
            .build()
            .toByteArray();
    assertThatThrownBy(() -> EvaluationSession.open(model, NceRuns.QUIET))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(MetadataKeys.IGNORE_INDEX, "is none, not a label");
  }
}
