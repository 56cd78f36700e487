package org.ortnce.nce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.ImportedModel;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.onnx.Ops;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.onnx.ValueInfo;
import org.ortnce.onnx.proto.ModelProto;
import org.ortnce.session.InferenceSession;
import org.ortnce.session.SessionConfig;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** What can be attached to an encoder and what cannot. */
class EncoderErrorsTest {
  private static final Path TRANSFORMER =
      Path.of("..", "..", "models", "encoders", "transformer_opset17", "encoder.onnx");

  @TempDir Path directory;

  private static OutputLayer layer(int dim) {
    return OutputLayer.of(Tensor.of(new float[5 * dim], 5, dim), null);
  }

  /** y = -x under these names. */
  private ImportedModel encoder(String input, Dim... dims) throws Exception {
    Value x = Value.input(ElementType.FLOAT, Shape.of(dims));
    Path file = directory.resolve("encoder.onnx");
    new ModelBuilder().input(input, x).output("y", Ops.neg(x)).build().save(file);
    return ImportedModel.load(file);
  }

  @Test
  void valuesThatAreNoActivations() {
    assertThatThrownBy(() -> Encoder.load(TRANSFORMER, "words"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "activations 'words' must be [batch, dim] of a floating-point type, got"
                + " float[n, length, 24]: name a value that has one vector an example, such as a"
                + " pooled one, or one vector of the sequence");
    assertThatThrownBy(() -> Encoder.load(TRANSFORMER, "input_ids"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "activations 'input_ids' must be [batch, dim] of a floating-point type, got"
                + " int64[n, length]");
    assertThatThrownBy(() -> Encoder.load(TRANSFORMER, "hidden"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the model has no value 'hidden'; its inputs are [input_ids, attention_mask], its"
                + " outputs [pooled, words]");
    assertThatThrownBy(() -> Encoder.load(TRANSFORMER, "/last/LayerNormalization_output_0"))
        .hasMessageContaining("its inputs are");
    assertThatThrownBy(() -> Encoder.load(TRANSFORMER, "words", 24))
        .hasMessageContaining("it cannot be declared float[?, 24]");
  }

  @Test
  void layersOfAnotherDim() throws Exception {
    Encoder encoder = Encoder.load(TRANSFORMER, "pooled");
    assertThat(encoder.inputs())
        .extracting(ValueInfo::name)
        .containsExactly("input_ids", "attention_mask");
    assertThatThrownBy(() -> encoder.inference(layer(25), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "activations 'pooled' have dim 24, the class embeddings of the output layer 25");
    assertThatThrownBy(() -> encoder.inference(layer(24), 6)).hasMessageContaining("k must be");
  }

  @ParameterizedTest
  @ValueSource(strings = {"labels", "step", "sampled_candidates", "weights_0", "biases", "loss"})
  void inputsWithNamesOfTheHead(String name) throws Exception {
    ImportedModel model = encoder(name, Dim.of("n"), Dim.of(3));
    assertThatThrownBy(() -> Encoder.of(model, "y"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the encoder has an input '"
                + name
                + "', a name that the attached graph has for something else: give it another by"
                + " ImportedModel.withInputName");
    Encoder renamed = Encoder.of(model.withInputName(name, "x"), "y");
    assertThat(renamed.inputs()).extracting(ValueInfo::name).containsExactly("x");
    Tensor x = Tensor.of(new float[] {1, 2, 3}, 1, 3);
    OutputLayer layer = OutputLayer.of(Tensor.of(new float[] {1, 0, 0, 0, 0, 1}, 2, 3), null);
    try (InferenceSession session =
        InferenceSession.open(
            renamed.inference(layer, 2).toByteArray(), SessionConfig.defaults())) {
      assertThat(session.topK(x).logits().orElseThrow().toFloatArray()).containsExactly(-1, -3);
    }
  }

  @Test
  void inputNames() throws Exception {
    ImportedModel model = encoder("x", Dim.of("n"), Dim.of(3));
    assertThatThrownBy(() -> model.withInputName("y", "z"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the model has no input 'y'; its inputs are [x]");
    assertThatThrownBy(() -> model.withInputName("x", ""))
        .hasMessageContaining("must not be empty");
    ImportedModel two = ImportedModel.load(TRANSFORMER);
    assertThatThrownBy(() -> two.withInputName("input_ids", "attention_mask"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("input 'input_ids' cannot be called 'attention_mask': another one is");
  }

  /** Nothing is known of most values inside a graph: the layer says their dim. */
  @Test
  void activationsOfUnknownOrOtherTypes() throws Exception {
    OutputLayer layer = OutputLayer.of(Tensor.of(new float[] {1, 0, 0, 0, 0, 1}, 2, 3), null);
    Value x = Value.input(ElementType.FLOAT, Shape.of(Dim.of("n"), Dim.of(3)));
    for (ElementType type :
        List.of(ElementType.FLOAT16, ElementType.DOUBLE, ElementType.BFLOAT16)) {
      Value cast = Ops.cast(Ops.neg(x), type);
      Path file = directory.resolve(type + ".onnx");
      new ModelBuilder().input("x", x).output("y", cast).build().save(file);
      OnnxModel model = Encoder.load(file, "y").inference(layer, 2);
      assertThat(topLogits(model)).containsExactly(-1, -3);
    }
    Path untyped = directory.resolve("untyped.onnx");
    OnnxModel typed = new ModelBuilder().input("x", x).output("y", Ops.neg(Ops.neg(x))).build();
    ModelProto.Builder proto = ModelProto.parseFrom(typed.toByteArray()).toBuilder();
    proto.getGraphBuilder().clearValueInfo();
    Files.write(untyped, proto.build().toByteArray());
    String inside = typed.nodes().get(0).outputs().get(0);
    assertThat(topLogits(Encoder.load(untyped, inside).inference(layer, 2)))
        .containsExactly(-1, -3);
    OnnxModel wrong = Encoder.load(untyped, inside).inference(layer(4), 2);
    assertThatThrownBy(() -> topLogits(wrong)).isInstanceOf(OrtException.class);
  }

  private static float[] topLogits(OnnxModel model) throws Exception {
    try (InferenceSession session =
        InferenceSession.open(model.toByteArray(), SessionConfig.defaults())) {
      Tensor x = Tensor.of(new float[] {1, 2, 3}, 1, 3);
      return session.topK(x).logits().orElseThrow().toFloatArray();
    }
  }

  /** Symbols of the encoder become those of the head where that is possible. */
  @Test
  void dimensions() throws Exception {
    assertInputs(encoder("x", Dim.of("n"), Dim.of(3)), "x float[batch, 3]");
    assertInputs(encoder("x", Dim.of("batch"), Dim.of(3)), "x float[batch, 3]");
    assertInputs(encoder("x", Dim.of("n"), Dim.of("batch")), "x float[n, batch]");
    assertInputs(encoder("x", Dim.of(4), Dim.of(3)), "x float[4, 3]");
    assertInputs(encoder("x", Dim.unknown(), Dim.unknown()), "x float[?, ?]");
  }

  private static void assertInputs(ImportedModel model, String first) {
    OnnxModel loss =
        Encoder.of(model, "y")
            .trainingLoss(
                layer(3),
                NceLossOptions.builder().numSampled(2).seed(1, 2).build(),
                ModelOptions.defaults());
    assertThat(loss.inputs())
        .extracting(ValueInfo::toString)
        .containsExactly(first, "labels int64[batch, 1]");
  }
}
