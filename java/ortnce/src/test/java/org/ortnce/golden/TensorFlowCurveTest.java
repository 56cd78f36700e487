package org.ortnce.golden;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.ortnce.nce.GraphNames;
import org.ortnce.nce.NceLoss;
import org.ortnce.nce.NceLossGrad;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.NceOps;
import org.ortnce.nce.Reduction;
import org.ortnce.nce.SeedPair;
import org.ortnce.nce.TfSeeds;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.onnx.Ops;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.session.ModelSession;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;
import org.ortnce.training.BoundOptimizer;
import org.ortnce.training.Optimizer;
import org.ortnce.training.Optimizers;
import org.ortnce.training.Parameter;
import org.ortnce.training.ParameterGradient;

/**
 * The same curve as TensorFlow: 300 steps from the same initial parameters with the same global
 * seed, the candidates drawn by the loss itself on both sides. At every step the candidates are
 * identical and the loss is within 1e-4 of TensorFlow's; both stay far closer to the same training
 * in float64, so that a wrong rounding of an update would show.
 */
class TensorFlowCurveTest {
  private static final double TOLERANCE = 1e-4;

  /** Of the losses from float64 ones; TensorFlow's are off by 1.5e-7 at most. */
  private static final double EXACT_TOLERANCE = 1e-6;

  @Test
  void sgd() throws IOException, OrtException {
    check("sgd", Optimizers.sgd());
  }

  @Test
  void adagrad() throws IOException, OrtException {
    RecordedTraining.Run run = RecordedTraining.read().run("adagrad");
    check("adagrad", Optimizers.adagrad(run.initialAccumulatorValue, run.epsilon));
  }

  private static void check(String name, Optimizer rule) throws IOException, OrtException {
    RecordedTraining recorded = RecordedTraining.read();
    RecordedTraining.Run run = recorded.run(name);
    SeedPair seeds = TfSeeds.graph(OptionalLong.of(run.globalSeed)).nceLoss(false);
    assertThat(seeds).isEqualTo(new SeedPair(run.seed, run.seed2));

    Parameter embeddings = Parameter.of("embeddings", recorded.embeddings());
    Parameter weights = Parameter.of(GraphNames.WEIGHTS, recorded.weights());
    Parameter biases = Parameter.of(GraphNames.BIASES, recorded.biases());
    BoundOptimizer optimizer = rule.bind(List.of(embeddings, weights, biases));
    double worst = 0;
    double worstExact = 0;
    try (ModelSession session = ModelSession.open(model(recorded, seeds).toByteArray())) {
      for (int step = 0; step < recorded.steps; step++) {
        Map<String, Tensor> found =
            session.run(
                Map.of(
                    "input_ids",
                    recorded.inputIds(step),
                    GraphNames.LABELS,
                    recorded.labels(step),
                    GraphNames.STEP,
                    Tensor.scalar((long) step),
                    embeddings.name(),
                    embeddings.value(),
                    weights.name(),
                    weights.value(),
                    biases.name(),
                    biases.value()));
        assertThat(found.get(GraphNames.SAMPLED_CANDIDATES).toLongArray())
            .as("step " + step)
            .isEqualTo(run.sampledIds(step));
        double loss = found.get(GraphNames.LOSS).toFloatArray()[0];
        worst = Math.max(worst, Math.abs(loss / run.losses()[step] - 1));
        worstExact = Math.max(worstExact, Math.abs(loss / run.exactLosses()[step] - 1));
        Tensor ids = found.get("class_ids");
        optimizer.apply(
            List.of(
                rows(embeddings, recorded.inputIds(step), found.get("inputs_grad")),
                ParameterGradient.sparse(weights, ids, found.get("weights_grad")),
                ParameterGradient.sparse(biases, ids, found.get("biases_grad"))),
            run.learningRate,
            step);
      }
    }
    assertThat(worst).isLessThanOrEqualTo(TOLERANCE);
    assertThat(worstExact).isLessThanOrEqualTo(EXACT_TOLERANCE);
  }

  private static ParameterGradient rows(Parameter parameter, Tensor ids, Tensor gradients) {
    TreeMap<Long, float[]> sums = new TreeMap<>();
    int size = parameter.rowSize();
    long[] rows = ids.toLongArray();
    float[] values = gradients.toFloatArray();
    for (int i = 0; i < rows.length; i++) {
      float[] sum = sums.computeIfAbsent(rows[i], row -> new float[size]);
      for (int d = 0; d < size; d++) {
        sum[d] += values[i * size + d];
      }
    }
    Tensor unique =
        Tensor.of(sums.keySet().stream().mapToLong(Long::longValue).toArray(), sums.size());
    return ParameterGradient.sparse(
        parameter, unique, Tensor.of(sums.values().toArray(new float[0][])));
  }

  private static OnnxModel model(RecordedTraining recorded, SeedPair seeds) {
    Value ids = Value.input(ElementType.INT64, Shape.of(recorded.batch));
    Value labels = Value.input(ElementType.INT64, Shape.of(recorded.batch, 1));
    Value step = Value.input(ElementType.INT64, Shape.scalar());
    Shape table = Shape.of(recorded.numClasses, recorded.dim);
    Value embeddings = Value.input(ElementType.FLOAT, table);
    Value weights = Value.input(ElementType.FLOAT, table);
    Value biases = Value.input(ElementType.FLOAT, Shape.of(recorded.numClasses));
    NceLossOptions options =
        NceLossOptions.builder()
            .numSampled(recorded.numSampled)
            .seed(seeds.seed(), seeds.seed2())
            .reduction(Reduction.MEAN)
            .build();
    Value inputs = Ops.gather(embeddings, ids, 0);
    NceLoss nce = NceOps.nceLoss(List.of(weights), biases, labels, inputs, options, null, step);
    NceLossGrad grad =
        NceOps.nceLossGrad(
            Ops.constant(Tensor.scalar(1f)),
            List.of(weights),
            biases,
            labels,
            inputs,
            options,
            nce.sampledValues());
    return new ModelBuilder()
        .input("input_ids", ids)
        .input(GraphNames.LABELS, labels)
        .input(GraphNames.STEP, step)
        .input("embeddings", embeddings)
        .input(GraphNames.WEIGHTS, weights)
        .input(GraphNames.BIASES, biases)
        .output(GraphNames.LOSS, nce.loss())
        .output(GraphNames.SAMPLED_CANDIDATES, nce.sampledValues().sampledCandidates())
        .output("inputs_grad", grad.inputs())
        .output("class_ids", grad.classIds())
        .output("weights_grad", grad.weights())
        .output("biases_grad", grad.biases())
        .build();
  }
}
