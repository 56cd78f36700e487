package org.ortnce.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.ortnce.nce.InputLayer;
import org.ortnce.nce.ModelOptions;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.NceNetwork;
import org.ortnce.nce.Reduction;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.session.SessionConfig;
import org.ortnce.session.TrainingLossSession;
import org.ortnce.tensor.Tensor;

/** One step of training as a session. */
class TrainingSessionTest {
  private static final NceNetwork NETWORK = NceNetwork.of(InputLayer.embeddings(20, 8), 15);
  private static final NceLossOptions OPTIONS =
      NceLossOptions.builder().numSampled(5).seed(1, 2).reduction(Reduction.MEAN).build();
  private static final Map<String, Tensor> BATCH =
      Map.of(
          "input_ids", Tensor.of(new long[] {3, 19, 3, 0}, 4),
          "labels", Tensor.of(new long[] {14, 2, 2, 0}, 4, 1));

  private final List<Parameter> parameters =
      List.of(
          Parameter.normal("embeddings", 0.5, 1, 20, 8),
          Parameter.normal("weights", 0.5, 2, 15, 8),
          Parameter.normal("biases", 0.5, 3, 15));

  private TrainingSession open() throws Exception {
    return TrainingSession.open(NETWORK.trainingStep(OPTIONS), parameters);
  }

  private Map<String, Tensor> tensors() {
    return parameters.stream().collect(Collectors.toMap(Parameter::name, Parameter::value));
  }

  @Test
  void gradientsAreSparseAndOfOneSample() throws Exception {
    try (TrainingSession session = open()) {
      assertThat(session.examples().keySet()).containsExactlyInAnyOrder("input_ids", "labels");
      LossGradients step = session.run(BATCH, 4);
      assertThat(step.loss().rank()).isZero();
      assertThat(step.sampledCandidates().orElseThrow().shape()).containsExactly(5);
      ParameterGradient embeddings = step.gradients().get(0);
      assertThat(embeddings.indices().orElseThrow().toLongArray()).containsExactly(0, 3, 19);
      assertThat(embeddings.values().shape()).containsExactly(3, 8);
      long[] classes = step.gradients().get(1).indices().orElseThrow().toLongArray();
      assertThat(classes).isSorted().contains(0, 2, 14);
      assertThat(classes).contains(step.sampledCandidates().orElseThrow().toLongArray());
      assertThat(step.gradients().get(2).indices().orElseThrow().toLongArray()).isEqualTo(classes);
    }
  }

  /** The loss is that of a model that only evaluates it, before and after parameters change. */
  @Test
  void everyRunSeesTheParametersAsTheyAre() throws Exception {
    try (TrainingSession session = open()) {
      float before = lossOfExport(7);
      assertThat(session.run(BATCH, 7).meanLoss()).isEqualTo(before);
      BoundOptimizer optimizer = Optimizers.sgd().bind(parameters);
      optimizer.apply(session.run(BATCH, 7).gradients(), 0.05, 0);
      float after = lossOfExport(7);
      assertThat(session.run(BATCH, 7).meanLoss()).isEqualTo(after);
      assertThat(after).isLessThan(before);
    }
  }

  private float lossOfExport(long step) throws Exception {
    OnnxModel model =
        NETWORK.trainingLoss(tensors(), OPTIONS, new ModelOptions(false, true, false, true));
    try (TrainingLossSession session =
        TrainingLossSession.open(model.toByteArray(), SessionConfig.defaults())) {
      return session.loss(BATCH.get("input_ids"), BATCH.get("labels"), step).loss().floats().get();
    }
  }

  @Test
  void aStepIsAFunctionOfItsNumber() throws Exception {
    try (TrainingSession session = open();
        TrainingSession other = open()) {
      LossGradients first = session.run(BATCH, 3);
      session.run(BATCH, 9);
      assertThat(ids(session.run(BATCH, 3)))
          .isEqualTo(ids(first))
          .isEqualTo(ids(other.run(BATCH, 3)));
      assertThat(ids(session.run(BATCH, 4))).isNotEqualTo(ids(first));
    }
  }

  private static long[] ids(LossGradients step) {
    return step.sampledCandidates().orElseThrow().toLongArray();
  }

  @Test
  void whatDoesNotFitIsRefused() throws Exception {
    OnnxModel model = NETWORK.trainingStep(OPTIONS);
    assertThatThrownBy(
            () ->
                TrainingSession.open(
                    model, List.of(parameters.get(0), Parameter.zeros("weights", 14, 8))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not a training-step model: its input 'weights float[15, 8]'");
    assertThatThrownBy(() -> TrainingSession.open(model, List.of(Parameter.zeros("kernel", 14, 8))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("it has no input for")
        .hasMessageContaining("kernel");
    assertThatThrownBy(
            () ->
                TrainingSession.open(
                    NETWORK, OPTIONS, parameters.subList(0, 2), SessionConfig.defaults()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("parameters must be [embeddings, weights, biases], got [embeddings, weights]");
    OnnxModel lossOnly = NETWORK.trainingLoss(tensors(), OPTIONS, ModelOptions.defaults());
    assertThatThrownBy(() -> TrainingSession.open(lossOnly, parameters))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not a training-step model");
    try (TrainingSession session = open()) {
      assertThatThrownBy(() -> session.run(BATCH, -1)).hasMessage("step must be >= 0, got -1");
      assertThatThrownBy(() -> session.run(Map.of("labels", BATCH.get("labels")), 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("missing input 'input_ids'");
    }
  }
}
