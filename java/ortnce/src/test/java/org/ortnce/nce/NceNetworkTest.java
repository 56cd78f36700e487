package org.ortnce.nce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.session.EvaluationSession;
import org.ortnce.session.InferenceSession;
import org.ortnce.session.SessionConfig;
import org.ortnce.session.TrainingLossSession;
import org.ortnce.tensor.Tensor;

/** Models of networks with stored parameters, against models of their output layer alone. */
class NceNetworkTest {
  private static final int ROWS = 13;
  private static final int CLASSES = 11;
  private static final int DIM = 6;
  private static final int BATCH = 5;

  private final Random random = new Random(7);
  private final NceLossOptions options =
      NceLossOptions.builder().numSampled(4).seed(3, 4).reduction(Reduction.MEAN).build();

  private Map<String, Tensor> parameters(NceNetwork network) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    network
        .parameters()
        .forEach(
            (name, shape) -> {
              long[] sizes = new long[shape.rank()];
              for (int axis = 0; axis < sizes.length; axis++) {
                sizes[axis] = shape.dim(axis).size();
              }
              float[] data = new float[(int) Tensor.elementCount(sizes)];
              for (int i = 0; i < data.length; i++) {
                data[i] = (float) random.nextGaussian();
              }
              tensors.put(name, Tensor.of(data, sizes));
            });
    return tensors;
  }

  private static Tensor rows(Tensor table, long[] ids, int context) {
    int dim = (int) table.dim(1);
    FloatBuffer from = table.floats();
    float[] mean = new float[ids.length / context * dim];
    for (int i = 0; i < ids.length; i++) {
      for (int d = 0; d < dim; d++) {
        mean[i / context * dim + d] += from.get((int) ids[i] * dim + d) / context;
      }
    }
    return Tensor.of(mean, ids.length / context, dim);
  }

  private static OutputLayer output(Map<String, Tensor> tensors) {
    return OutputLayer.of(tensors.get("weights"), tensors.get("biases"));
  }

  private long[] ids(int count, int bound) {
    return random.longs(count, 0, bound).toArray();
  }

  private static byte[] bytes(OnnxModel model) {
    return model.toByteArray();
  }

  @Test
  void embeddingsGoBeforeTheOutputLayer() throws Exception {
    NceNetwork network = NceNetwork.of(InputLayer.embeddings(ROWS, DIM), CLASSES);
    assertThat(network.parameters().keySet()).containsExactly("embeddings", "weights", "biases");
    Map<String, Tensor> tensors = parameters(network);
    long[] ids = ids(BATCH, ROWS);
    Tensor inputs = rows(tensors.get("embeddings"), ids, 1);
    Tensor inputIds = Tensor.of(ids, BATCH);
    Tensor labels = Tensor.of(ids(BATCH, CLASSES), BATCH, 1);

    ModelOptions step = new ModelOptions(false, true, true, true);
    try (TrainingLossSession whole =
            TrainingLossSession.open(
                bytes(network.trainingLoss(tensors, options, step)), SessionConfig.defaults());
        TrainingLossSession head =
            TrainingLossSession.open(
                bytes(NceModels.trainingLoss(output(tensors), options, step)),
                SessionConfig.defaults())) {
      assertThat(whole.loss(inputIds, labels, 3).loss().toFloatArray())
          .containsExactly(head.loss(inputs, labels, 3).loss().toFloatArray());
    }
    try (EvaluationSession whole =
            EvaluationSession.open(
                bytes(network.evaluation(tensors, EvaluationOptions.defaults())),
                SessionConfig.defaults());
        EvaluationSession head =
            EvaluationSession.open(
                bytes(NceModels.evaluation(output(tensors), EvaluationOptions.defaults())),
                SessionConfig.defaults())) {
      assertThat(whole.loss(inputIds, labels).perExample())
          .containsExactly(head.loss(inputs, labels).perExample(), within(1e-5f));
    }
    try (InferenceSession whole =
            InferenceSession.open(bytes(network.inference(tensors, 3)), SessionConfig.defaults());
        InferenceSession head =
            InferenceSession.open(
                bytes(NceModels.inference(output(tensors), 3)), SessionConfig.defaults())) {
      assertThat(whole.topK(inputIds).classes().toLongArray())
          .containsExactly(head.topK(inputs).classes().toLongArray());
    }
  }

  @Test
  void contextIsAveraged() throws Exception {
    NceNetwork network = NceNetwork.of(InputLayer.meanEmbeddings(ROWS, DIM, 3), CLASSES);
    Map<String, Tensor> tensors = parameters(network);
    long[] ids = ids(BATCH * 3, ROWS);
    try (InferenceSession whole =
            InferenceSession.open(
                bytes(network.inference(tensors, new InferenceOptions(3, true))),
                SessionConfig.defaults());
        InferenceSession head =
            InferenceSession.open(
                bytes(NceModels.inference(output(tensors), new InferenceOptions(3, true))),
                SessionConfig.defaults())) {
      assertThat(whole.logits(Tensor.of(ids, BATCH, 3)).toFloatArray())
          .containsExactly(
              head.logits(rows(tensors.get("embeddings"), ids, 3)).toFloatArray(), within(1e-5f));
    }
  }

  /** Gather alone would take id -1 for the last row. */
  @Test
  void idsOutsideOfTheTableAreRefused() throws Exception {
    NceNetwork single = NceNetwork.of(InputLayer.embeddings(ROWS, DIM), CLASSES);
    NceNetwork context = NceNetwork.of(InputLayer.meanEmbeddings(ROWS, DIM, 3), CLASSES);
    ModelOptions noStep = new ModelOptions(false, false, false, false);
    try (InferenceSession topK =
            InferenceSession.open(
                bytes(context.inference(parameters(context), 2)), SessionConfig.defaults());
        TrainingLossSession loss =
            TrainingLossSession.open(
                bytes(single.trainingLoss(parameters(single), options, noStep)),
                SessionConfig.defaults())) {
      Tensor labels = Tensor.of(new long[2], 2, 1);
      refuses("input_ids[1] = 13 must be in [0, 13)", () -> loss.loss(vector(0, ROWS), labels));
      refuses("input_ids[0] = -1 must be in [0, 13)", () -> loss.loss(vector(-1, 0), labels));
      refuses(
          "input_ids[1,2] = " + Long.MIN_VALUE + " must be in [0, 13)",
          () -> topK.topK(Tensor.of(new long[][] {{0, 1, 2}, {3, 4, Long.MIN_VALUE}})));
      assertThat(loss.loss(vector(0, ROWS - 1), labels).loss().rank()).isZero();
    }
  }

  private static Tensor vector(long... ids) {
    return Tensor.of(ids, ids.length);
  }

  private static void refuses(String message, ThrowingCallable run) {
    assertThatThrownBy(run).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  @Test
  void denseLayerIsTheActivationOfItsSums() throws Exception {
    NceNetwork network =
        NceNetwork.of(InputLayer.features(3).dense(DIM, Activation.TANH), CLASSES)
            .withoutBiases()
            .partitioned(PartitionStrategy.MOD, 2);
    assertThat(network.parameters().keySet())
        .containsExactly("hidden_weights", "hidden_biases", "weights_0", "weights_1");
    Map<String, Tensor> tensors = parameters(network);
    float[] kernel = tensors.get("hidden_weights").toFloatArray();
    float[] biases = tensors.get("hidden_biases").toFloatArray();
    float[] x = {0.5f, -1, 2};
    double[] hidden = new double[DIM];
    for (int unit = 0; unit < DIM; unit++) {
      double sum = biases[unit];
      for (int i = 0; i < 3; i++) {
        sum += x[i] * kernel[i * DIM + unit];
      }
      hidden[unit] = Math.tanh(sum);
    }
    double expected = 0;
    float[] row = tensors.get("weights_1").toFloatArray();
    for (int i = 0; i < DIM; i++) {
      expected += hidden[i] * row[DIM + i];
    }
    try (InferenceSession session =
        InferenceSession.open(
            bytes(network.inference(tensors, new InferenceOptions(1, true))),
            SessionConfig.defaults())) {
      // Under "mod", row 1 of partition 1 of 2 is class 3.
      assertThat((double) session.logits(Tensor.of(x, 1, 3)).toFloatArray()[3])
          .isCloseTo(expected, within(1e-5));
    }
  }

  @Test
  void parametersThatDoNotFitAreRefused() {
    NceNetwork network = NceNetwork.of(InputLayer.embeddings(ROWS, DIM), CLASSES);
    Map<String, Tensor> tensors = parameters(network);
    Map<String, Tensor> fewer = new LinkedHashMap<>(tensors);
    fewer.remove("biases");
    assertThatThrownBy(() -> network.inference(fewer, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("parameters must be [embeddings, weights, biases], got [embeddings, weights]");
    tensors.put("weights", Tensor.of(new float[12], 2, 6));
    assertThatThrownBy(() -> network.inference(tensors, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "parameter 'weights' must be float, float16 or bfloat16 [11, 6], got float[2, 6]");
    assertThatThrownBy(() -> InputLayer.embeddings(0, 4)).hasMessage("rows must be >= 1, got 0");
    assertThatThrownBy(() -> InputLayer.meanEmbeddings(1, 4, 0))
        .hasMessage("context must be >= 1, got 0");
    assertThatThrownBy(() -> network.partitioned(PartitionStrategy.DIV, 12))
        .hasMessage("partitions must be in [1, num_classes = 11], got 12");
    assertThatThrownBy(() -> NceNetwork.of(InputLayer.features(2), 0))
        .hasMessage("numClasses must be >= 1, got 0");
    InputLayer dense = InputLayer.features(2).dense(3, Activation.RELU);
    assertThatThrownBy(() -> dense.dense(4, Activation.RELU))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("there is a dense layer of 3 units already");
  }
}
