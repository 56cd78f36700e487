package org.ortnce.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * The typed sessions over stand-in models: graphs with the names, types and shapes of the real
 * ones, but sums of their inputs as losses, so that every value can be told where it went.
 */
class TypedSessionTest {
  private static final Tensor INPUTS = Tensor.of(new float[][] {{1, 2}, {3, 4}});
  private static final Tensor LABELS = Tensor.of(new long[][] {{5}, {6}});

  @TempDir Path directory;

  @Test
  void trainingLossPerExample() throws Exception {
    Path file = Files.write(directory.resolve("loss.onnx"), perExample().bytes());
    try (TrainingLossSession session = TrainingLossSession.open(file, TestModel.STOCK)) {
      LossResult result = session.loss(INPUTS, LABELS);
      assertThat(result.perExample()).containsExactly(3, 7);
      assertThat(result.sample()).isEmpty();
      assertThatThrownBy(result::scalar)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("float[2]");
      assertThat(session.takesStep()).isFalse();
      assertThat(session.takesSample()).isFalse();
      assertThat(session.returnsSample()).isFalse();
      assertThatThrownBy(() -> session.loss(INPUTS, LABELS, 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("unknown input 'step'");
      assertThatThrownBy(() -> session.loss(null, LABELS)).hasMessage("inputs");
      assertThatThrownBy(() -> session.loss(INPUTS, null)).hasMessage("labels");
      assertThatThrownBy(() -> session.loss(INPUTS, Tensor.of(new long[3][1])))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("inputs disagree on 'batch'");
    }
    TrainingLossSession closed = TrainingLossSession.open(file, TestModel.STOCK);
    closed.close();
    closed.close();
    assertThatThrownBy(() -> closed.loss(INPUTS, LABELS))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the session is closed");
  }

  @Test
  void trainingLossWithStepReducedToAScalar() throws Exception {
    for (Object[] dims : new Object[][] {{}, {1}}) {
      byte[] model =
          batch()
              .input("step", ElementType.INT64, dims)
              .node("", "ReduceSum", "inputs", "sum", Map.of("keepdims", 0L))
              .node("", "Cast", "step", "s", Map.of("to", 1L))
              .node("", "ReduceSum", "s", "s0", Map.of("keepdims", 0L))
              .node("Add", "sum s0", "loss")
              .output("loss", ElementType.FLOAT)
              .bytes();
      try (TrainingLossSession session = TrainingLossSession.open(model, TestModel.STOCK)) {
        assertThat(session.takesStep()).isTrue();
        LossResult result = session.loss(INPUTS, LABELS, 100);
        assertThat(result.scalar()).isEqualTo(110);
        assertThatThrownBy(result::perExample).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> session.loss(INPUTS, LABELS))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("missing input 'step'");
        assertThatThrownBy(() -> session.loss(INPUTS, LABELS, -1))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage("step is -1, expected 0 or more");
      }
    }
  }

  @Test
  void trainingLossWithAGivenSample() throws Exception {
    byte[] model =
        batch()
            .input("sampled_candidates", ElementType.INT64, 3)
            .input("true_expected_count", ElementType.FLOAT, "batch", 1)
            .input("sampled_expected_count", ElementType.FLOAT, 3)
            .node("", "ReduceSum", "sampled_expected_count", "s", Map.of("keepdims", 0L))
            .initializer("axis", Tensor.of(new long[] {1}, 1))
            .node("", "ReduceSum", "true_expected_count axis", "t", Map.of("keepdims", 0L))
            .node("Add", "s t", "loss")
            .output("loss", ElementType.FLOAT, "batch")
            .bytes();
    CandidateSample sample =
        new CandidateSample(
            Tensor.of(new long[] {7, 8, 9}, 3),
            Tensor.of(new float[][] {{100}, {200}}),
            Tensor.of(new float[] {1, 2, 3}, 3));
    try (TrainingLossSession session = TrainingLossSession.open(model, TestModel.STOCK)) {
      assertThat(session.takesSample()).isTrue();
      assertThat(session.loss(INPUTS, LABELS, sample).perExample()).containsExactly(106, 206);
      assertThatThrownBy(() -> session.loss(INPUTS, LABELS))
          .hasMessageContaining("missing input 'sampled_candidates'");
      assertThatThrownBy(() -> session.loss(INPUTS, LABELS, null)).hasMessage("sample");
    }
  }

  @Test
  void trainingLossThatReturnsItsSample() throws Exception {
    byte[] model =
        perExample()
            .initializer("ids", Tensor.of(new long[] {7, 8}, 2))
            .initializer("counts", Tensor.of(new float[] {0.5f, 0.25f}, 2))
            .node("Identity", "ids", "sampled_candidates")
            .node("Identity", "counts", "sampled_expected_count")
            .node("", "Cast", "labels", "true_expected_count", Map.of("to", 1L))
            .output("sampled_candidates", ElementType.INT64, 2)
            .output("true_expected_count", ElementType.FLOAT, "batch", 1)
            .output("sampled_expected_count", ElementType.FLOAT, 2)
            .bytes();
    try (TrainingLossSession session = TrainingLossSession.open(model, TestModel.STOCK)) {
      assertThat(session.returnsSample()).isTrue();
      LossResult result = session.loss(INPUTS, LABELS);
      assertThat(result.perExample()).containsExactly(3, 7);
      CandidateSample sample = result.sample().orElseThrow();
      assertThat(sample.sampledCandidates().toLongArray()).containsExactly(7, 8);
      assertThat(sample.trueExpectedCount().toFloatArray()).containsExactly(5, 6);
      assertThat(sample.sampledExpectedCount().toFloatArray()).containsExactly(0.5f, 0.25f);
    }
  }

  @Test
  void weightsAsGraphInputsAreGivenByName() throws Exception {
    byte[] model =
        batch()
            .input("weights_0", ElementType.FLOAT, 2)
            .input("biases", ElementType.FLOAT, "batch")
            .node("MatMul", "inputs weights_0", "xw")
            .node("Add", "xw biases", "loss")
            .output("loss", ElementType.FLOAT, "batch")
            .bytes();
    Map<String, Tensor> values =
        Map.of(
            "inputs",
            INPUTS,
            "labels",
            LABELS,
            "weights_0",
            Tensor.of(new float[] {1, 10}, 2),
            "biases",
            Tensor.of(new float[] {100, 200}, 2));
    try (TrainingLossSession training = TrainingLossSession.open(model, TestModel.STOCK);
        EvaluationSession evaluation = EvaluationSession.open(model, TestModel.STOCK)) {
      assertThat(training.loss(values).perExample()).containsExactly(121, 243);
      assertThat(evaluation.loss(values).perExample()).containsExactly(121, 243);
      assertThatThrownBy(() -> evaluation.loss(INPUTS, LABELS))
          .hasMessageContaining("missing input 'weights_0'");
    }
  }

  @Test
  void evaluation() throws Exception {
    Path file = Files.write(directory.resolve("eval.onnx"), perExample().bytes());
    try (EvaluationSession session = EvaluationSession.open(file, TestModel.STOCK)) {
      assertThat(session.loss(INPUTS, LABELS).perExample()).containsExactly(3, 7);
      Tensor none = Tensor.of(new float[0], 0, 2);
      assertThat(session.loss(none, Tensor.of(new long[0], 0, 1)).perExample()).isEmpty();
      assertThat(session.model().inputs()).containsOnlyKeys("inputs", "labels");
    }
  }

  @Test
  void inference() throws Exception {
    Path file = Files.write(directory.resolve("inference.onnx"), inferenceModel("").bytes());
    try (InferenceSession session = InferenceSession.open(file, TestModel.STOCK)) {
      assertThat(session.logits(INPUTS).toFloatArray()).containsExactly(1, 2, 3, 4);
      assertThat(session.probabilities(INPUTS)).hasToString("float[2, 2]");
      assertThat(session.probabilities(INPUTS).toFloatArray()[0]).isBetween(0.731f, 0.732f);
      TopK top = session.topK(INPUTS);
      assertThat(top.classes().toLongArray()).containsExactly(1, 1);
      assertThat(top.probabilities().toFloatArray()[1]).isBetween(0.982f, 0.983f);
      assertThat(session.topK(Map.of("inputs", INPUTS)).classes()).hasToString("int64[2, 1]");
      assertThatThrownBy(() -> session.topK((Tensor) null)).hasMessage("inputs");
    }
  }

  @Test
  void examplesMayBeAnyInputs() throws Exception {
    byte[] model =
        perExample()
            .input("input_ids", ElementType.INT64, "batch", "length")
            .input("attention_mask", ElementType.BOOL, "batch", "length")
            .bytes();
    Tensor ids = Tensor.of(new long[2][5]);
    Tensor mask = Tensor.of(ByteBuffer.allocate(10), ElementType.BOOL, 2, 5);
    Map<String, Tensor> values =
        Map.of("inputs", INPUTS, "labels", LABELS, "input_ids", ids, "attention_mask", mask);
    try (TrainingLossSession training = TrainingLossSession.open(model, TestModel.STOCK);
        EvaluationSession evaluation = EvaluationSession.open(model, TestModel.STOCK)) {
      assertThat(training.loss(values).perExample()).containsExactly(3, 7);
      assertThat(evaluation.loss(values).perExample()).containsExactly(3, 7);
      assertThatThrownBy(() -> training.loss(INPUTS, LABELS))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "the examples of this model are the inputs [inputs, input_ids, attention_mask]: pass"
                  + " all values by name");
      assertThatThrownBy(() -> evaluation.loss(INPUTS, LABELS))
          .hasMessageContaining("pass all values by name");
    }
    byte[] ofIds =
        new TestModel()
            .input("x", ElementType.INT64, "batch")
            .input("labels", ElementType.INT64, "batch", 1)
            .node("", "Cast", "x", "loss", Map.of("to", 1L))
            .output("loss", ElementType.FLOAT, "batch")
            .bytes();
    try (TrainingLossSession session = TrainingLossSession.open(ofIds, TestModel.STOCK)) {
      Tensor x = Tensor.of(new long[] {8, 9}, 2);
      assertThat(session.loss(x, LABELS).perExample()).containsExactly(8, 9);
    }
  }

  @Test
  void modelsOfAnotherKindAreRefusedAtOpen() {
    refused(TestModel.add(), "not a training-loss model", "no input 'labels'");
    byte[] noExamples =
        new TestModel()
            .input("labels", ElementType.INT64, "batch", 1)
            .input("weights", ElementType.FLOAT, 1)
            .node("Identity", "weights", "loss")
            .output("loss", ElementType.FLOAT, 1)
            .bytes();
    refused(noExamples, "training-loss", "no input for examples");
    byte[] noLoss =
        batch().node("Neg", "inputs", "y").output("y", ElementType.FLOAT, "batch", 2).bytes();
    refused(noLoss, "training-loss", "no output 'loss'");
    assertThatThrownBy(() -> EvaluationSession.open(noExamples, TestModel.STOCK))
        .hasMessageContaining("not an evaluation model");
    byte[] matrixLoss =
        batch().node("Neg", "inputs", "loss").output("loss", ElementType.FLOAT, "batch", 2).bytes();
    assertThatThrownBy(() -> EvaluationSession.open(matrixLoss, TestModel.STOCK))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("should have rank [0, 1]");
    assertThatThrownBy(() -> InferenceSession.open(inferenceModel("x").bytes(), TestModel.STOCK))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no output 'top_k_classes'");
  }

  private static void refused(byte[] model, String... parts) {
    assertThatThrownBy(() -> TrainingLossSession.open(model, TestModel.STOCK))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .contains(parts);
  }

  private static TestModel batch() {
    return new TestModel()
        .input("inputs", ElementType.FLOAT, "batch", 2)
        .input("labels", ElementType.INT64, "batch", 1);
  }

  private static TestModel perExample() {
    return batch()
        .initializer("axes", Tensor.of(new long[] {1}, 1))
        .node("", "ReduceSum", "inputs axes", "loss", Map.of("keepdims", 0L))
        .output("loss", ElementType.FLOAT, "batch");
  }

  private static TestModel inferenceModel(String prefix) {
    return new TestModel()
        .input("inputs", ElementType.FLOAT, "batch", 2)
        .initializer("k", Tensor.of(new long[] {1}, 1))
        .node("Identity", "inputs", "logits")
        .node("Sigmoid", "logits", "probabilities")
        .node("TopK", "probabilities k", "top_k_probabilities " + prefix + "top_k_classes")
        .output("logits", ElementType.FLOAT, "batch", 2)
        .output("probabilities", ElementType.FLOAT, "batch", 2)
        .output("top_k_probabilities", ElementType.FLOAT, "batch", 1)
        .output(prefix + "top_k_classes", ElementType.INT64, "batch", 1);
  }
}
