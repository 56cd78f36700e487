package org.ortnce.golden;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.ortnce.nce.GraphNames;
import org.ortnce.nce.InputLayer;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.NceNetwork;
import org.ortnce.nce.Reduction;
import org.ortnce.nce.SeedPair;
import org.ortnce.nce.TfSeeds;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.tensor.Tensor;
import org.ortnce.training.BoundOptimizer;
import org.ortnce.training.LossGradients;
import org.ortnce.training.Optimizer;
import org.ortnce.training.Optimizers;
import org.ortnce.training.Parameter;
import org.ortnce.training.TrainingSession;

/**
 * The same curve as TensorFlow: 300 steps from the same initial parameters with the same global
 * seed, the candidates drawn by the loss itself on both sides. At every step the candidates are
 * identical and the loss is within 1e-4 of TensorFlow's. It is far closer to the same training in
 * float64, so that a wrong rounding of an update would show.
 */
class TensorFlowCurveTest {
  private static final double TOLERANCE = 1e-4;

  /** Relative to the losses in float64, from which TensorFlow is off by 1.5e-7 at most. */
  private static final double EXACT_TOLERANCE = 1e-6;

  @Test
  void sgd() throws IOException, OrtException {
    check("sgd", Optimizers.sgd());
  }

  @Test
  void adagrad() throws IOException, OrtException {
    check("adagrad", Optimizers.adagrad());
  }

  private static void check(String name, Optimizer rule) throws IOException, OrtException {
    RecordedTraining recorded = RecordedTraining.read();
    RecordedTraining.Run run = recorded.run(name);
    assertThat(run.losses()).hasSize(300);
    assertThat(run.losses()[299]).isLessThan(0.25f * run.losses()[0]);
    SeedPair seeds = TfSeeds.graph(OptionalLong.of(run.globalSeed)).nceLoss(false);
    assertThat(seeds).isEqualTo(new SeedPair(run.seed, run.seed2));

    List<Parameter> parameters =
        List.of(
            Parameter.of(GraphNames.EMBEDDINGS, recorded.embeddings()),
            Parameter.of(GraphNames.WEIGHTS, recorded.weights()),
            Parameter.of(GraphNames.BIASES, recorded.biases()));
    BoundOptimizer optimizer = rule.bind(parameters);
    try (TrainingSession session = TrainingSession.open(model(recorded, seeds), parameters)) {
      for (int step = 0; step < recorded.steps; step++) {
        Map<String, Tensor> batch =
            Map.of(
                GraphNames.INPUT_IDS,
                recorded.inputIds(step),
                GraphNames.LABELS,
                recorded.labels(step));
        LossGradients found = session.run(batch, step);
        String where = name + " step " + step;
        assertThat(found.sampledCandidates().orElseThrow().toLongArray())
            .as(where)
            .isEqualTo(run.sampledIds(step));
        double loss = found.meanLoss();
        assertNear(where, loss, run.losses()[step], TOLERANCE);
        assertNear(where + " in float64", loss, run.exactLosses()[step], EXACT_TOLERANCE);
        optimizer.apply(found.gradients(), run.learningRate, step);
      }
    }
  }

  private static void assertNear(String where, double loss, double expected, double tolerance) {
    assertThat(Math.abs(loss - expected)).as(where).isLessThanOrEqualTo(tolerance * expected);
  }

  private static OnnxModel model(RecordedTraining recorded, SeedPair seeds) {
    NceLossOptions options =
        NceLossOptions.builder()
            .numSampled(recorded.numSampled)
            .seed(seeds.seed(), seeds.seed2())
            .reduction(Reduction.MEAN)
            .build();
    InputLayer words = InputLayer.embeddings(recorded.numClasses, recorded.dim);
    return NceNetwork.of(words, recorded.numClasses).trainingStep(options);
  }
}
