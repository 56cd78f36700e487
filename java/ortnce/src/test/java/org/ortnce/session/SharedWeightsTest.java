package org.ortnce.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.ortnce.nce.ClassRange;
import org.ortnce.nce.EvaluationOptions;
import org.ortnce.nce.InputLayer;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.NceModels;
import org.ortnce.nce.NceNetwork;
import org.ortnce.nce.OutputLayer;
import org.ortnce.nce.PartitionStrategy;
import org.ortnce.nce.ShardModels;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.tensor.Npy;
import org.ortnce.tensor.Tensor;

/** One table in memory for several sessions. */
class SharedWeightsTest {
  private static final int CLASSES = 50;
  private static final int DIM = 6;
  private static final NceLossOptions LOSS =
      NceLossOptions.builder().numSampled(8).seed(1, 2).build();

  @TempDir Path folder;

  private final Random random = new Random(9);
  private final Tensor inputs = fill(Tensor.of(new float[4 * DIM], 4, DIM));
  private final Tensor labels = Tensor.of(new long[] {3, 1, 49, 7}, 4, 1);

  private Tensor fill(Tensor tensor) {
    for (int i = 0; i < tensor.elementCount(); i++) {
      tensor.floats().put(i, (float) random.nextGaussian());
    }
    return tensor;
  }

  private Tensor direct(long... shape) {
    return fill(Tensor.allocateFloats(shape));
  }

  private static SessionConfig config(SharedWeights weights) {
    return SessionConfig.builder().sharedWeights(weights).build();
  }

  private static Tensor copy(Tensor tensor) {
    return Tensor.of(tensor.toFloatArray(), tensor.shape());
  }

  /** Three models without numbers; then every number changes in place. */
  @Test
  void writesAreSeenByAllSessions() throws Exception {
    Tensor weights = direct(CLASSES, DIM);
    Tensor biases = direct(CLASSES);
    SharedWeights shared = SharedWeights.of(weights, biases);
    OutputLayer layer = shared.outputLayer(PartitionStrategy.DIV);
    SessionConfig config = config(shared);
    try (TrainingLossSession loss =
            TrainingLossSession.open(NceModels.trainingLoss(layer, LOSS).toByteArray(), config);
        EvaluationSession evaluation =
            EvaluationSession.open(
                NceModels.evaluation(layer, EvaluationOptions.defaults()).toByteArray(), config);
        InferenceSession inference =
            InferenceSession.open(NceModels.inference(layer, 3).toByteArray(), config)) {
      for (int round = 0; round < 2; round++) {
        OutputLayer stored = OutputLayer.of(copy(weights), copy(biases));
        EvaluationOptions options = EvaluationOptions.defaults();
        try (EvaluationSession expected =
                EvaluationSession.open(
                    NceModels.evaluation(stored, options).toByteArray(), SessionConfig.defaults());
            InferenceSession expectedTop =
                InferenceSession.open(
                    NceModels.inference(stored, 3).toByteArray(), SessionConfig.defaults())) {
          assertThat(evaluation.loss(inputs, labels).perExample())
              .containsExactly(expected.loss(inputs, labels).perExample());
          assertThat(inference.topK(inputs).classes().toLongArray())
              .containsExactly(expectedTop.topK(inputs).classes().toLongArray());
        }
        float[] before = loss.loss(inputs, labels).perExample();
        assertThat(before).hasSize(4);
        fill(weights);
        fill(biases);
        assertThat(loss.loss(inputs, labels).perExample()).doesNotContain(before);
      }
    }
  }

  /** A run may bring its own values. */
  @Test
  void valuesOfARunComeFirst() throws Exception {
    SharedWeights shared = SharedWeights.of(direct(CLASSES, DIM), null);
    OutputLayer layer = shared.outputLayer(PartitionStrategy.DIV);
    Tensor zeros = Tensor.allocateFloats(CLASSES, DIM);
    byte[] model = NceModels.evaluation(layer, EvaluationOptions.defaults()).toByteArray();
    try (EvaluationSession session = EvaluationSession.open(model, config(shared))) {
      float[] loss =
          session.loss(Map.of("inputs", inputs, "labels", labels, "weights", zeros)).perExample();
      assertThat(loss[0]).isCloseTo((float) (CLASSES * Math.log(2)), within(1e-4f));
    }
  }

  private static org.assertj.core.data.Offset<Float> within(float offset) {
    return org.assertj.core.data.Offset.offset(offset);
  }

  /** Initializers of stored models are replaced. */
  @Test
  void initializersAreReplaced() throws Exception {
    OutputLayer zeros =
        OutputLayer.of(
            Tensor.of(new float[CLASSES * DIM], CLASSES, DIM),
            Tensor.of(new float[CLASSES], CLASSES));
    byte[] model = NceModels.evaluation(zeros, EvaluationOptions.defaults()).toByteArray();
    Tensor weights = direct(CLASSES, DIM);
    Tensor biases = direct(CLASSES);
    byte[] expected =
        NceModels.evaluation(
                OutputLayer.of(copy(weights), copy(biases)), EvaluationOptions.defaults())
            .toByteArray();
    try (EvaluationSession session =
            EvaluationSession.open(model, config(SharedWeights.of(weights, biases)));
        EvaluationSession stored = EvaluationSession.open(expected, SessionConfig.defaults())) {
      assertThat(session.loss(inputs, labels).perExample())
          .containsExactly(stored.loss(inputs, labels).perExample());
    }
  }

  /** A whole network whose parameters are inputs. */
  @Test
  void parametersOfANetwork() throws Exception {
    NceNetwork network = NceNetwork.of(InputLayer.embeddings(20, DIM), CLASSES);
    Map<String, Tensor> tensors =
        Map.of(
            "embeddings",
            direct(20, DIM),
            "weights",
            direct(CLASSES, DIM),
            "biases",
            direct(CLASSES));
    SharedWeights shared = SharedWeights.of(tensors);
    EvaluationOptions options = EvaluationOptions.defaults().withMetrics();
    Tensor ids = Tensor.of(new long[] {0, 5, 19, 5}, 4);
    try (EvaluationSession session =
            EvaluationSession.open(network.evaluation(options).toByteArray(), config(shared));
        EvaluationSession stored =
            EvaluationSession.open(
                network.evaluation(tensors, options).toByteArray(), SessionConfig.defaults())) {
      assertThat(session.evaluate(ids, labels).loss().toFloatArray())
          .containsExactly(stored.evaluate(ids, labels).loss().toFloatArray());
    }
    OnnxModel head = NceModels.inference(shared.outputLayer(PartitionStrategy.DIV), 2);
    assertThatThrownBy(() -> InferenceSession.open(head.toByteArray(), config(shared)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("neither an input nor an initializer 'embeddings'");
    try (InferenceSession session =
        InferenceSession.open(head.toByteArray(), config(shared.only("weights", "biases")))) {
      assertThat(session.topK(inputs).classes()).hasToString("int64[4, 2]");
    }
  }

  @ParameterizedTest
  @EnumSource(PartitionStrategy.class)
  void rangesOfPartitions(PartitionStrategy strategy) {
    int classes = 2 * 8192 + 5;
    Tensor[] parts = new Tensor[3];
    for (int p = 0; p < 3; p++) {
      parts[p] = Tensor.allocateFloats(classes / 3 + (p < classes % 3 ? 1 : 0), 1);
    }
    // The weight of a class is its id.
    for (int id = 0, p = 0, row = 0; id < classes; id++) {
      if (strategy == PartitionStrategy.MOD) {
        parts[id % 3].floats().put(id / 3, id);
      } else {
        parts[p].floats().put(row++, id);
        if (row == parts[p].dim(0)) {
          p++;
          row = 0;
        }
      }
    }
    SharedWeights shared = SharedWeights.ofPartitions(java.util.List.of(parts), null);
    for (ClassRange range : ClassRange.split(classes, 3)) {
      SharedWeights own = shared.range(range, strategy);
      OutputLayer layer = own.outputLayer(strategy);
      assertThat(layer.numClasses()).isEqualTo(range.size());
      int count = own.tensors().size();
      for (int local = 0; local < range.size(); local += 97) {
        long found =
            strategy == PartitionStrategy.MOD
                ? (long) part(own, local % count, count).floats().get(local / count)
                : div(own, local, count);
        assertThat(found).isEqualTo(range.begin() + local);
      }
    }
  }

  private static Tensor part(SharedWeights weights, int p, int count) {
    return weights.tensors().get(count == 1 ? "weights" : "weights_" + p);
  }

  private static long div(SharedWeights weights, int id, int count) {
    int row = id;
    int p = 0;
    while (row >= part(weights, p, count).dim(0)) {
      row -= (int) part(weights, p++, count).dim(0);
    }
    return (long) part(weights, p, count).floats().get(row);
  }

  @Test
  void mappedFilesInPartitions() throws Exception {
    Tensor weights = direct(CLASSES, DIM);
    Tensor biases = direct(CLASSES);
    Path table = folder.resolve("weights.npy");
    Path vector = folder.resolve("biases.npy");
    Npy.write(table, weights);
    Npy.write(vector, biases);
    SharedWeights whole = SharedWeights.ofNpy(table, vector);
    assertThat(whole.tensors().keySet()).containsExactly("weights", "biases");
    assertThat(whole.tensors().get("weights").isDirect()).isTrue();
    SharedWeights cut = SharedWeights.ofNpy(table, 3, vector);
    assertThat(cut.tensors().toString())
        .contains("weights_0=float[17, 6]", "weights_1=float[17, 6]", "weights_2=float[16, 6]");
    float[] expected = losses(SharedWeights.of(weights, biases));
    assertThat(losses(whole)).containsExactly(expected);
    assertThat(losses(cut)).containsExactly(expected);
    assertThatThrownBy(() -> SharedWeights.ofNpy(table, 51, vector))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("partitions must be in [1, rows = 50], got 51");
    assertThatThrownBy(() -> SharedWeights.ofNpy(vector, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("float, float16 or bfloat16 of rank 2");
    assertThatThrownBy(() -> SharedWeights.ofNpy(folder.resolve("none.npy"), null))
        .isInstanceOf(IOException.class);
  }

  private float[] losses(SharedWeights weights) throws Exception {
    EvaluationOptions options =
        new EvaluationOptions(1, OptionalLong.empty(), org.ortnce.nce.Reduction.NONE);
    OutputLayer layer = weights.outputLayer(PartitionStrategy.DIV);
    byte[] model = NceModels.evaluation(layer, options).toByteArray();
    try (EvaluationSession session = EvaluationSession.open(model, config(weights))) {
      return session.loss(inputs, labels).perExample();
    }
  }

  /**
   * More than 2 GiB, in a file that takes no room: cut by itself, and only what is read is loaded.
   */
  @Test
  void tablesAboveTwoGibibytes() throws Exception {
    long rows = 600_000;
    long dim = 1024;
    Path table = folder.resolve("large.npy");
    String dictionary =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (" + rows + ", " + dim + "), }";
    String padded = dictionary + " ".repeat(117 - dictionary.length()) + "\n";
    ByteBuffer header = ByteBuffer.allocate(128).order(ByteOrder.LITTLE_ENDIAN);
    header.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
    header.put((byte) 1).put((byte) 0).putShort((short) padded.length());
    header.put(padded.getBytes(StandardCharsets.US_ASCII)).flip();
    ByteBuffer lastRow = ByteBuffer.allocate((int) dim * 4).order(ByteOrder.LITTLE_ENDIAN);
    while (lastRow.hasRemaining()) {
      lastRow.putFloat(0.5f);
    }
    try (FileChannel file =
        FileChannel.open(
            table,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            StandardOpenOption.SPARSE)) {
      file.write(header, 0);
      file.write(lastRow.flip(), 128 + (rows - 1) * dim * 4);
    }
    SharedWeights shared = SharedWeights.ofNpy(table, null);
    assertThat(shared.tensors().toString())
        .isEqualTo("{weights_0=float[300000, 1024], weights_1=float[300000, 1024]}");
    byte[] model =
        ShardModels.trueLogits(
                shared.outputLayer(PartitionStrategy.DIV),
                ClassRange.all(rows),
                EvaluationOptions.defaults())
            .toByteArray();
    try (ModelSession session = ModelSession.open(model, config(shared))) {
      Tensor ones = Tensor.of(new float[2 * (int) dim], 2, dim);
      java.util.Arrays.fill(ones.floats().array(), 1);
      Tensor lastAndFirst = Tensor.of(new long[] {rows - 1, 0}, 2, 1);
      Map<String, Tensor> found = session.run(Map.of("inputs", ones, "labels", lastAndFirst));
      assertThat(found.get("true_logits").toFloatArray()).containsExactly(512, 0);
    }
  }

  @Test
  void whatCannotBeSharedIsRefused() {
    assertThatThrownBy(() -> SharedWeights.of(Tensor.of(new float[6], 3, 2), null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("'weights'", "direct buffer", "Java heap");
    SharedWeights biases = SharedWeights.of(Map.of("biases", Tensor.allocateFloats(3)));
    assertThatThrownBy(() -> biases.outputLayer(PartitionStrategy.DIV))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no shared weights 'weights'");
    assertThatThrownBy(() -> biases.only("weights"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no shared weights 'weights'");
    // Another size than the model's input: found when the session opens.
    SharedWeights small = SharedWeights.of(Tensor.allocateFloats(3, DIM), null);
    byte[] model =
        NceModels.evaluation(OutputLayer.inputs(CLASSES, DIM, false), EvaluationOptions.defaults())
            .toByteArray();
    assertThatThrownBy(() -> EvaluationSession.open(model, config(small)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("'weights'", "float[3, 6]", "[50, 6]");
  }
}
