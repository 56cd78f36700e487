package org.ortnce.nce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.session.EvaluationSession;
import org.ortnce.session.InferenceSession;
import org.ortnce.session.ModelSession;
import org.ortnce.session.SessionConfig;
import org.ortnce.session.TopK;
import org.ortnce.session.TrainingLossSession;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** What the models of this package do where standard ops are less strict than our own. */
class PortableModelsTest {
  private static final SessionConfig STOCK = SessionConfig.builder().registerLibrary(false).build();
  private static final Tensor WEIGHTS =
      Tensor.of(new float[][] {{1, 0}, {0, 1}, {1, 1}, {-1, 1}, {2, 0}});
  private static final Tensor ONE_INPUT = Tensor.of(new float[] {1, 2}, 1, 2);

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void inferenceOfAnEmptyBatchIsEmpty(int k) throws Exception {
    OnnxModel model =
        NceModels.inference(OutputLayer.of(WEIGHTS, null), new InferenceOptions(k, true));
    try (InferenceSession session = InferenceSession.open(model.toByteArray(), STOCK)) {
      Tensor none = Tensor.of(new float[0], 0, 2);
      assertThat(session.topK(none).classes().shape()).containsExactly(0, k);
      assertThat(session.logits(none).shape()).containsExactly(0, 5);
      assertThat(session.probabilities(none).shape()).containsExactly(0, 5);
      TopK top = session.topK(ONE_INPUT);
      assertThat(top.classes().shape()).containsExactly(1, k);
      assertThat(top.classes().toLongArray()[0]).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, -5, 5, 1L << 40, Long.MIN_VALUE, Long.MAX_VALUE})
  void evaluationRefusesLabelsOutOfRange(long label) throws Exception {
    for (OutputLayer layer : layers()) {
      OnnxModel model = NceModels.evaluation(layer, EvaluationOptions.defaults());
      try (EvaluationSession session = EvaluationSession.open(model.toByteArray(), STOCK)) {
        assertThatThrownBy(() -> session.loss(ONE_INPUT, Tensor.of(new long[] {label}, 1, 1)))
            .isInstanceOf(OrtException.class);
        assertThat(session.loss(ONE_INPUT, Tensor.of(new long[] {3}, 1, 1)).perExample()[0])
            .isPositive();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, -5, 5, Long.MAX_VALUE})
  void theFunctionRefusesIdsOutOfRange(long id) throws Exception {
    for (OutputLayer layer : layers()) {
      OnnxModel model =
          NceModels.trainingLoss(
              layer, NceLossOptions.ofNumSampled(1), ModelOptions.withSampledValuesInput());
      try (ModelSession session = ModelSession.open(model.toByteArray(), STOCK)) {
        assertThatThrownBy(() -> session.run(feeds(id, 0))).isInstanceOf(OrtException.class);
        assertThatThrownBy(() -> session.run(feeds(0, id))).isInstanceOf(OrtException.class);
        assertThat(session.run(feeds(4, 3)).get(GraphNames.LOSS).toFloatArray()[0]).isPositive();
      }
    }
  }

  @Test
  void paddingRowsAreNoClasses() throws Exception {
    OutputLayer padded = OutputLayer.of(WEIGHTS, null).withNumClasses(3);
    OnnxModel model = NceModels.evaluation(padded, EvaluationOptions.defaults());
    try (EvaluationSession session = EvaluationSession.open(model.toByteArray(), STOCK)) {
      assertThatThrownBy(() -> session.loss(ONE_INPUT, Tensor.of(new long[] {3}, 1, 1)))
          .isInstanceOf(OrtException.class);
    }
  }

  /**
   * A drawing and a given-sample node in one graph: a function of the second must not run the
   * first.
   */
  @Test
  void aSecondLossReusesTheSampleOfTheFirst() throws Exception {
    Value inputs = Value.input(ElementType.FLOAT, Shape.of(Dim.of("batch"), Dim.of(2)));
    Value labels = Value.input(ElementType.INT64, Shape.of(Dim.of("batch"), Dim.of(1)));
    Value weights = Value.initializer(WEIGHTS);
    NceLossOptions options = NceLossOptions.builder().numSampled(2).seed(1, 2).build();
    NceLoss own = NceOps.nceLoss(weights, null, labels, inputs, options);
    NceLoss again =
        NceOps.nceLoss(List.of(weights), null, labels, inputs, options, own.sampledValues(), null);
    OnnxModel model =
        new ModelBuilder()
            .input("inputs", inputs)
            .input("labels", labels)
            .output("own", own.loss())
            .output("again", again.loss())
            .build();
    assertThat(model.functions()).isEmpty();
    try (ModelSession session = ModelSession.open(model.toByteArray())) {
      Map<String, Tensor> losses =
          session.run(Map.of("inputs", ONE_INPUT, "labels", Tensor.of(new long[] {3}, 1, 1)));
      assertThat(losses.get("again").toFloatArray()).isEqualTo(losses.get("own").toFloatArray());
    }
  }

  @Test
  void optionsMustNotContradictTheLayer() {
    OutputLayer layer = OutputLayer.of(WEIGHTS, null);
    NceLossOptions fewer = NceLossOptions.builder().numSampled(1).numClasses(2).build();
    assertThatThrownBy(() -> NceModels.trainingLoss(layer, fewer))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("numClasses", "5", "2");
    NceLossOptions mod =
        NceLossOptions.builder().numSampled(1).partitionStrategy(PartitionStrategy.MOD).build();
    assertThatThrownBy(() -> NceModels.trainingLoss(layer, mod))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("partitionStrategy", "DIV", "MOD");
  }

  @Test
  void inputsOfUnknownRankAreTaken() throws Exception {
    Value inputs = Value.input(ElementType.FLOAT, Shape.unknown());
    Value labels = Value.input(ElementType.INT64, Shape.of(Dim.of("batch"), Dim.of(1)));
    NceLoss loss =
        NceOps.nceLoss(
            Value.initializer(WEIGHTS), null, labels, inputs, NceLossOptions.ofNumSampled(2));
    assertThat(loss.loss().shape().rank()).isEqualTo(1);
  }

  @Test
  void weightsAreRequired() {
    Value labels = Value.input(ElementType.INT64, Shape.of(Dim.of("batch"), Dim.of(1)));
    Value inputs = Value.input(ElementType.FLOAT, Shape.of(Dim.of("batch"), Dim.of(2)));
    assertThatThrownBy(
            () ->
                NceOps.nceLoss((Value) null, null, labels, inputs, NceLossOptions.ofNumSampled(2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("weights");
  }

  @Test
  void theTrainingLossOfAnEmptyBatchIsEmpty() throws Exception {
    OnnxModel model =
        NceModels.trainingLoss(OutputLayer.of(WEIGHTS, null), NceLossOptions.ofNumSampled(2));
    try (TrainingLossSession session =
        TrainingLossSession.open(model.toByteArray(), SessionConfig.defaults())) {
      Tensor none = Tensor.of(new float[0], 0, 2);
      assertThat(session.loss(none, Tensor.of(new long[0], 0, 1)).perExample()).isEmpty();
    }
  }

  private static List<OutputLayer> layers() {
    Tensor first = Tensor.of(new float[][] {{1, 0}, {0, 1}, {1, 1}});
    Tensor second = Tensor.of(new float[][] {{-1, 1}, {2, 0}});
    Tensor biases = Tensor.of(new float[5], 5);
    return List.of(
        OutputLayer.of(WEIGHTS, biases),
        OutputLayer.partitioned(List.of(first, second), PartitionStrategy.MOD, null),
        OutputLayer.partitioned(List.of(first, second), PartitionStrategy.DIV, biases));
  }

  private static Map<String, Tensor> feeds(long label, long candidate) {
    return Map.of(
        GraphNames.INPUTS, ONE_INPUT,
        GraphNames.LABELS, Tensor.of(new long[] {label}, 1, 1),
        GraphNames.SAMPLED_CANDIDATES, Tensor.of(new long[] {candidate}, 1),
        GraphNames.TRUE_EXPECTED_COUNT, Tensor.of(new float[] {1}, 1, 1),
        GraphNames.SAMPLED_EXPECTED_COUNT, Tensor.of(new float[] {1}, 1));
  }

  /** The label that is padding stands for no class and is looked up nowhere. */
  @Test
  void ignoredLabelsAreNotOutOfRange() throws Exception {
    OnnxModel model =
        NceModels.evaluation(
            OutputLayer.of(WEIGHTS, null),
            new EvaluationOptions(2, OptionalLong.of(-100), Reduction.NONE));
    try (EvaluationSession session = EvaluationSession.open(model.toByteArray(), STOCK)) {
      Tensor labels = Tensor.of(new long[] {2, -100}, 1, 2);
      assertThat(session.loss(ONE_INPUT, labels).perExample()[0]).isPositive();
    }
  }
}
