package org.ortnce.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ortnce.nce.Encoder;
import org.ortnce.nce.EvaluationOptions;
import org.ortnce.nce.InferenceOptions;
import org.ortnce.nce.ModelOptions;
import org.ortnce.nce.OutputLayer;
import org.ortnce.onnx.ExternalDataOptions;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.onnx.ValueInfo;
import org.ortnce.session.EvaluationSession;
import org.ortnce.session.InferenceSession;
import org.ortnce.session.SessionConfig;
import org.ortnce.session.TrainingLossSession;
import org.ortnce.tensor.Tensor;

/**
 * Encoders exported by PyTorch with our output layer attached, against the losses and logits that
 * PyTorch itself computes: relative error at most 1e-6 (1e-7 is found).
 *
 * <p>{@code -Dortnce.golden.write=true} rewrites the stored models instead of comparing them.
 */
class EncoderTest {
  private static final double TOLERANCE = 1e-6;
  private static final SessionConfig VERIFIED =
      SessionConfig.builder().verifyManifest(true).build();
  private static final SessionConfig STOCK = SessionConfig.builder().registerLibrary(false).build();

  @TempDir Path directory;

  static Stream<EncoderCase> cases() {
    return EncoderCase.all();
  }

  private static OnnxModel trainingLoss(EncoderCase encoder, boolean external) throws IOException {
    return Encoder.load(encoder.model(external), encoder.activations())
        .trainingLoss(
            encoder.layer(), EncoderCase.options(), ModelOptions.withSampledValuesInput());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void trainingLoss(EncoderCase encoder) throws Exception {
    OnnxModel model = trainingLoss(encoder, false);
    checkStored(encoder, model);
    EncoderCase.DataSet set = encoder.dataSet("training_loss");
    assertThat(model.inputs())
        .extracting(ValueInfo::name)
        .containsExactlyElementsOf(set.inputs().keySet());
    for (SessionConfig config : new SessionConfig[] {SessionConfig.defaults(), STOCK}) {
      try (TrainingLossSession session = TrainingLossSession.open(model.toByteArray(), config)) {
        close(session.loss(set.inputs()).loss(), set.output());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void evaluation(EncoderCase encoder) throws Exception {
    OnnxModel model =
        Encoder.load(encoder.model(false), encoder.activations())
            .evaluation(encoder.layer(), EvaluationOptions.of(EncoderCase.options()));
    EncoderCase.DataSet set = encoder.dataSet("evaluation");
    try (EvaluationSession session =
        EvaluationSession.open(model.toByteArray(), SessionConfig.defaults())) {
      close(session.loss(set.inputs()).loss(), set.output());
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void inference(EncoderCase encoder) throws Exception {
    OnnxModel model =
        Encoder.load(encoder.model(false), encoder.activations())
            .inference(encoder.layer(), new InferenceOptions(5, true));
    EncoderCase.DataSet set = encoder.dataSet("inference");
    try (InferenceSession session =
        InferenceSession.open(model.toByteArray(), SessionConfig.defaults())) {
      float[] expected = set.output().toFloatArray();
      float[] logits = session.logits(set.inputs()).toFloatArray();
      for (int i = 0; i < expected.length; i++) {
        // Sums of 24 products of size 1: an absolute error, near 0 too.
        assertThat(logits[i]).isCloseTo(expected[i], within(1e-5f));
      }
      assertThat(session.topK(set.inputs()).classes().shape()).containsExactly(7, 5);
    }
  }

  /** External data that is beside the new model stays where it is; the head is stored inline. */
  @ParameterizedTest
  @MethodSource("cases")
  void externalDataLeftInPlace(EncoderCase encoder) throws Exception {
    for (String file : new String[] {"encoder_external.onnx", "encoder_external.data"}) {
      Files.copy(encoder.folder().resolve(file), directory.resolve(file));
    }
    Path target = directory.resolve("loss.onnx");
    Encoder.load(directory.resolve("encoder_external.onnx"), encoder.activations())
        .trainingLoss(encoder.layer(), EncoderCase.options(), ModelOptions.withSampledValuesInput())
        .save(target);
    checkSaved(encoder, target, SessionConfig.defaults());
    assertThat(directory.toFile().list())
        .containsExactlyInAnyOrder("encoder_external.onnx", "encoder_external.data", "loss.onnx");
    // With the head in a file of its own, and sums of both.
    OnnxModel.load(target).save(target, ExternalDataOptions.oneFile());
    checkSaved(encoder, target, VERIFIED);
    assertThat(directory.toFile().list()).hasSize(4);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void externalDataCopied(EncoderCase encoder) throws Exception {
    Path target = directory.resolve("loss.onnx");
    for (ExternalDataOptions options :
        new ExternalDataOptions[] {
          ExternalDataOptions.oneFile(), ExternalDataOptions.filePerTensor().threshold(0)
        }) {
      trainingLoss(encoder, true).save(target, options);
      checkSaved(encoder, target, VERIFIED);
    }
    OutputLayer extracted = OutputLayer.extract(OnnxModel.load(target));
    OutputLayer layer = encoder.layer();
    assertThat(extracted.weightData().get(0).toTensor().floats())
        .isEqualTo(layer.weightData().get(0).toTensor().floats());
    assertThat(extracted.biasData().orElseThrow().toTensor().floats())
        .isEqualTo(layer.biasData().orElseThrow().toTensor().floats());
  }

  private static void checkSaved(EncoderCase encoder, Path model, SessionConfig config)
      throws Exception {
    EncoderCase.DataSet set = encoder.dataSet("training_loss");
    try (TrainingLossSession session = TrainingLossSession.open(model, config)) {
      Tensor loss = session.loss(set.inputs()).loss();
      close(loss, set.output());
    }
  }

  /** A value inside the graph, of which the file says nothing, and the call with one example. */
  @Test
  void anIntermediateValueAndOneExampleInput() throws Exception {
    EncoderCase lstm = new EncoderCase("lstm_opset20", "/Tanh_output_0");
    OnnxModel exported = OnnxModel.load(lstm.model(false));
    String inside =
        exported.nodes().stream()
            .filter(node -> node.opType().equals("Gemm"))
            .map(node -> node.outputs().get(0))
            .findFirst()
            .orElseThrow();
    OnnxModel model =
        Encoder.load(lstm.model(false), inside, 24)
            .inference(lstm.layer(), new InferenceOptions(3, true));
    Tensor x = lstm.dataSet("inference").inputs().get("x");
    try (InferenceSession session =
        InferenceSession.open(model.toByteArray(), SessionConfig.defaults())) {
      assertThat(session.logits(x).shape()).containsExactly(7, 500);
      assertThat(session.logits(x).floats()).isEqualTo(session.logits(Map.of("x", x)).floats());
    }
  }

  private static void close(Tensor found, Tensor expected) {
    assertThat(found.shape()).isEqualTo(expected.shape());
    float[] values = found.toFloatArray();
    float[] wanted = expected.toFloatArray();
    for (int i = 0; i < wanted.length; i++) {
      assertThat(Math.abs(values[i] - wanted[i]))
          .as("[%d] %s, expected %s", i, values[i], wanted[i])
          .isLessThanOrEqualTo((float) (TOLERANCE * Math.abs(wanted[i])));
    }
  }

  private static void checkStored(EncoderCase encoder, OnnxModel model) throws IOException {
    Path stored = encoder.folder().resolve("training_loss").resolve("model.onnx");
    if (Boolean.getBoolean("ortnce.golden.write")) {
      Files.write(stored, model.toByteArray());
    }
    assertThat(model.toByteArray()).isEqualTo(Files.readAllBytes(stored));
  }
}
