package org.ortnce.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.ortnce.onnx.ShapeInferenceTest.input;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.onnx.proto.AttributeProto;
import org.ortnce.onnx.proto.GraphProto;
import org.ortnce.onnx.proto.ModelProto;
import org.ortnce.onnx.proto.NodeProto;
import org.ortnce.onnx.proto.TypeProto;
import org.ortnce.onnx.proto.ValueInfoProto;
import org.ortnce.tensor.Tensor;

class OnnxModelTest {
  @TempDir Path directory;

  private static OnnxModel sample() {
    OnnxFunction.Builder f = OnnxFunction.builder("com.example", "F");
    OnnxFunction function = f.output("b", Ops.neg(f.input("a", input("B 3").type()))).build();
    Value x = input("B 3");
    Value w = Value.initializer(Tensor.of(new float[] {1, 2, 3}, 3));
    Value big = Value.initializer(Tensor.of(new double[40_000], 200, 200));
    Value y =
        NodeBuilder.of("F", "com.example", 1)
            .input(Ops.mul(x, w))
            .output("y", x.type())
            .fallback(function)
            .buildOne();
    return new ModelBuilder()
        .input("x", x)
        .initializer("w", w)
        .output("y", y)
        .output("big", big)
        .docString("doc")
        .metadata("k", "v")
        .build();
  }

  /** Weights are kept apart from the rest while building; the bytes must not show it. */
  @Test
  void exportLoadExportGivesTheSameBytes() throws IOException {
    Path file = directory.resolve("model.onnx");
    OnnxModel model = sample();
    model.save(file);
    byte[] bytes = Files.readAllBytes(file);
    byte[] unsigned = model.toByteArray();
    assertThat(model.byteSize()).isEqualTo(unsigned.length);
    assertThat(ModelProto.parseFrom(unsigned).toByteArray()).isEqualTo(unsigned);
    assertThat(bytes).as("sums first").endsWith(unsigned);
    OnnxModel loaded = OnnxModel.load(file);
    assertThat(loaded.toByteArray()).isEqualTo(bytes);
    Path again = directory.resolve("again.onnx");
    loaded.save(again);
    assertThat(Files.readAllBytes(again)).isEqualTo(bytes);
  }

  @Test
  void whatIsReadIsWhatWasBuilt() throws IOException {
    OnnxModel model = OnnxModel.parse(sample().toByteArray());
    assertThat(ModelChecker.problems(model)).isEmpty();
    assertThat(model.inputs()).isEqualTo(sample().inputs());
    assertThat(model.outputs()).isEqualTo(sample().outputs());
    assertThat(model.nodes()).isEqualTo(sample().nodes());
    assertThat(model.functions()).isEqualTo(sample().functions());
    assertThat(model.initializers()).isEqualTo(sample().initializers());
    assertThat(model.initializers())
        .extracting(InitializerInfo::toString)
        .containsExactly("w float[3], 12 bytes", "initializer_0 double[200, 200], 320000 bytes");
    assertThat(model.functions().get(0).nodes())
        .extracting(NodeInfo::toString)
        .containsExactly("Neg_0: Neg(a) -> (b)");
    assertThat(model).hasToString("OnnxModel[graph, 3 nodes, opsets {=17, com.example=1}]");
  }

  @Test
  void aFailedSaveKeepsTheOldFile() throws IOException {
    Path target = directory.resolve("model.onnx");
    sample().save(target);
    byte[] before = Files.readAllBytes(target);
    Path asDirectory = Files.createDirectory(directory.resolve("d.onnx"));
    assertThatThrownBy(() -> sample().save(asDirectory))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("d.onnx");
    assertThatThrownBy(() -> sample().save(directory.resolve("none").resolve("m.onnx")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("none");
    assertThat(Files.readAllBytes(target)).isEqualTo(before);
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files.map(p -> p.getFileName().toString()))
          .containsExactlyInAnyOrder("model.onnx", "d.onnx");
    }
  }

  @Test
  void fieldsOfLaterFormatsSurvive() throws IOException {
    UnknownFieldSet later =
        UnknownFieldSet.newBuilder()
            .addField(
                777, UnknownFieldSet.Field.newBuilder().addLengthDelimited(bytes("new")).build())
            .build();
    ModelProto.Builder model = ModelProto.parseFrom(sample().toByteArray()).toBuilder();
    model.setUnknownFields(later).getGraphBuilder().getNodeBuilder(0).setUnknownFields(later);
    byte[] bytes = model.build().toByteArray();
    assertThat(OnnxModel.parse(bytes).toByteArray()).isEqualTo(bytes);
  }

  @Test
  void filesThatAreNoModels() throws IOException {
    Path file = directory.resolve("bad.onnx");
    Files.write(file, new byte[0]);
    assertThatThrownBy(() -> OnnxModel.load(file))
        .isInstanceOf(IOException.class)
        .hasMessage(file + ": is empty");
    Files.write(file, "hello, this is a text".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    assertThatThrownBy(() -> OnnxModel.load(file))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(file + ": is not an ONNX model: ");
    Files.write(file, new byte[] {8, 8});
    assertThatThrownBy(() -> OnnxModel.load(file)).hasMessageEndingWith("no graph");
    assertThatThrownBy(() -> OnnxModel.load(directory))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is not a regular file");
    assertThatThrownBy(() -> OnnxModel.load(directory.resolve("none.onnx")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("none.onnx");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(1L << 31);
    }
    assertThatThrownBy(() -> OnnxModel.load(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has 2147483648 bytes")
        .hasMessageContaining("external data");
  }

  @Test
  void graphsNestedTooDeeplyAreRefused() {
    GraphProto graph = GraphProto.getDefaultInstance();
    for (int i = 0; i < 200; i++) {
      AttributeProto attribute = AttributeProto.newBuilder().setName("then").setG(graph).build();
      graph =
          GraphProto.newBuilder().addNode(NodeProto.newBuilder().addAttribute(attribute)).build();
    }
    byte[] bytes = ModelProto.newBuilder().setIrVersion(8).setGraph(graph).build().toByteArray();
    assertThatThrownBy(() -> OnnxModel.parse(bytes))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("ONNX model: is not an ONNX model: ");
  }

  /** Whatever parses can be summarised and checked without an exception of another kind. */
  @Test
  void damagedModelsAreErrorsOrCanBeInspected() {
    byte[] good = sample().toByteArray();
    int end = 1200;
    Random random = new Random(5);
    for (int i = 0; i < 4000; i++) {
      byte[] bad =
          i < end ? Arrays.copyOf(good, i * (good.length / end)) : Arrays.copyOf(good, good.length);
      if (i >= end) {
        int at = random.nextBoolean() ? random.nextInt(400) : good.length - 1 - random.nextInt(400);
        bad[at] ^= (byte) (1 << random.nextInt(8));
      }
      try {
        OnnxModel model = OnnxModel.parse(bad);
        assertThat(
                List.of(
                    model.nodes().toString(),
                    model.inputs().toString(),
                    model.outputs().toString(),
                    model.intermediateValues().toString(),
                    model.initializers().toString(),
                    model.functions().toString(),
                    model.metadata().toString(),
                    model.toString(),
                    ModelChecker.problems(model).toString()))
            .doesNotContainNull();
      } catch (IOException e) {
        assertThat(e.getMessage()).startsWith("ONNX model: is ");
      }
    }
  }

  @Test
  void typesThatAreNoTensorsAreDescribed() throws IOException {
    TypeProto floats =
        TypeProto.newBuilder().setTensorType(TypeProto.Tensor.newBuilder().setElemType(1)).build();
    TypeProto sequence =
        TypeProto.newBuilder()
            .setSequenceType(TypeProto.Sequence.newBuilder().setElemType(floats))
            .build();
    ModelProto model =
        ModelProto.newBuilder()
            .setIrVersion(8)
            .setGraph(
                GraphProto.newBuilder()
                    .addInput(ValueInfoProto.newBuilder().setName("s").setType(sequence))
                    .addInput(ValueInfoProto.newBuilder().setName("none")))
            .build();
    List<ValueInfo> inputs = OnnxModel.parse(model.toByteArray()).inputs();
    assertThat(inputs.get(0).typeText()).isEqualTo("sequence(float[...])");
    assertThat(inputs.get(0).tensorType()).isEmpty();
    assertThat(inputs.get(1)).hasToString("none unknown");
  }

  @Test
  void theParsedBytesMayChangeAfterwards() throws IOException {
    byte[] bytes = sample().toByteArray();
    OnnxModel model = OnnxModel.parse(bytes);
    byte[] before = model.toByteArray();
    Arrays.fill(bytes, (byte) 0);
    assertThat(model.toByteArray()).isEqualTo(before);
    assertThat(model.opsetImports()).isEqualTo(Map.of("", 17L, "com.example", 1L));
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
