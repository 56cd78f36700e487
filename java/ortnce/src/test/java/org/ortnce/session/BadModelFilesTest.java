package org.ortnce.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.onnx.proto.AttributeProto;
import org.ortnce.onnx.proto.FunctionProto;
import org.ortnce.onnx.proto.GraphProto;
import org.ortnce.onnx.proto.ModelProto;
import org.ortnce.onnx.proto.NodeProto;
import org.ortnce.onnx.proto.OperatorSetIdProto;
import org.ortnce.onnx.proto.SparseTensorProto;
import org.ortnce.onnx.proto.StringStringEntryProto;
import org.ortnce.onnx.proto.TensorProto;
import org.ortnce.onnx.proto.ValueInfoProto;
import org.ortnce.reliability.BadInputs;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * Rows M01 to M22 of the catalogue of bad inputs: models whose external data is not sound are
 * refused by {@link OnnxModel#load} and by {@link ModelSession#open(Path)}, before ONNX Runtime
 * sees them.
 */
@BadInputs
class BadModelFilesTest {
  /** The weights are float [2, 3], at byte 4 of 32. */
  private static final String GOOD = "w.bin";

  @TempDir Path root;
  private Path directory;
  private Path outside;

  @BeforeEach
  void makeFiles() throws IOException {
    directory = Files.createDirectory(root.resolve("models"));
    outside = Files.createDirectory(root.resolve("outside"));
    Files.write(directory.resolve(GOOD), new byte[32]);
    Files.write(outside.resolve("s.bin"), new byte[32]);
    Files.createDirectory(directory.resolve("x"));
    Files.createDirectory(directory.resolve("folder.bin"));
    Files.createSymbolicLink(directory.resolve("link.bin"), outside.resolve("s.bin"));
    Files.createSymbolicLink(directory.resolve("inside-link.bin"), directory.resolve(GOOD));
    Files.createSymbolicLink(directory.resolve("linked"), outside);
    Files.createLink(directory.resolve("hard.bin"), outside.resolve("s.bin"));
    Files.write(directory.resolve("x").resolve("below.bin"), new byte[32]);
  }

  private static StringStringEntryProto pair(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  private static TensorProto.Builder at(String location) {
    return TensorProto.newBuilder()
        .setName("w")
        .setDataType(1)
        .addDims(2)
        .addDims(3)
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(pair("location", location))
        .addExternalData(pair("offset", "4"));
  }

  private static ValueInfoProto value(String name, Object... dims) {
    return TestModel.value(name, ElementType.FLOAT, dims);
  }

  private static NodeProto node(String op, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(op)
        .addAllInput(List.of(inputs))
        .addOutput(output)
        .build();
  }

  private static OperatorSetIdProto opset(String domain, long version) {
    return OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version).build();
  }

  /** y = x + w. */
  private static ModelProto.Builder model(TensorProto weights) {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(opset("", 17))
        .setGraph(
            GraphProto.newBuilder()
                .setName("g")
                .addInput(value("x", 2, 3))
                .addInitializer(weights)
                .addNode(node("Add", "y", "x", "w"))
                .addOutput(value("y", 2, 3)));
  }

  private Path write(ModelProto.Builder model) throws IOException {
    return Files.write(directory.resolve("m.onnx"), model.build().toByteArray());
  }

  private void refused(ModelProto.Builder model, String part) throws IOException {
    Path file = write(model);
    assertThatThrownBy(() -> OnnxModel.load(file))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(part);
    assertThatThrownBy(() -> ModelSession.open(file, TestModel.STOCK))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(part);
  }

  @Test
  void goodExternalDataIsRead() throws Exception {
    for (TensorProto.Builder tensor :
        List.of(at(GOOD), at("x/below.bin"), set(at(GOOD), "offset", "8"))) {
      Path file = write(model(tensor.addExternalData(pair("length", "24")).build()));
      assertThat(OnnxModel.load(file).initializer("w").shape()).containsExactly(2, 3);
      try (ModelSession session = ModelSession.open(file, TestModel.STOCK)) {
        Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
        assertThat(session.run(Map.of("x", x)).get("y").toFloatArray())
            .containsExactly(1, 2, 3, 4, 5, 6);
      }
    }
  }

  static Stream<Arguments> locations() {
    return Stream.of(
        Arguments.of("M04 missing", "none.bin", "does not exist"),
        Arguments.of("M05", "../outside/s.bin", "no path below"),
        Arguments.of("M06", "x/../../outside/s.bin", "no path below"),
        Arguments.of("M06 inside again", "x/../w.bin", "no path below"),
        Arguments.of("M07 absolute", "/dev/zero", "no path below"),
        Arguments.of("M07 drive", "C:w.bin", "no path below"),
        Arguments.of("M07 backslash", "..\\outside\\s.bin", "no path below"),
        Arguments.of("M08 file link", "link.bin", "which is a symbolic link"),
        Arguments.of("M08 link within", "inside-link.bin", "which is a symbolic link"),
        Arguments.of("M08 directory link", "linked/s.bin", "goes through a symbolic link"),
        Arguments.of("M09 hard link", "hard.bin", "has several names (hard links)"),
        Arguments.of("directory", "folder.bin", "is no regular file"),
        Arguments.of("M13 empty", "", "no path below"),
        Arguments.of("M13 dot", ".", "no path below"),
        Arguments.of("M13 slash", "x//below.bin", "no path below"),
        Arguments.of("M14 memory", "*/_ORT_MEM_ADDR_/*", "no path below"),
        Arguments.of("NUL", "w\0.bin", "no path below"),
        Arguments.of("too long", "x".repeat(300), "does not exist"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("locations")
  void locationsAreRefused(String row, String location, String part) throws IOException {
    refused(model(at(location).build()), part);
  }

  static Stream<Arguments> entries() {
    return Stream.of(
        entry("M10 too short", "which has 32", t -> t.setExternalData(1, pair("offset", "12"))),
        entry("M10 a byte", "bytes 9 to 33 of 'w.bin', which has 32", t -> set(t, "offset", "9")),
        entry("M12 past the end", "which has 32", t -> set(t, "offset", "999999999999999999")),
        entry("M12 offset", "offset '-4'", t -> set(t, "offset", "-4")),
        entry("M12 2^64-1", "offset '1844", t -> set(t, "offset", "18446744073709551615")),
        entry("M12 abc", "offset 'abc'", t -> set(t, "offset", "abc")),
        entry("M12 length", "length '-1'", t -> t.addExternalData(pair("length", "-1"))),
        entry("M11", "its shape needs 24", t -> t.addExternalData(pair("length", "28"))),
        entry("petabytes", "its shape needs 24", t -> length(t, "999999999999999999")),
        entry("M13 no location", "without a location", t -> t.removeExternalData(0)),
        entry("no entries", "without a location", t -> t.clearExternalData()),
        entry("not flagged", "no path below", t -> set(t, "location", "../s").clearDataLocation()),
        entry("key", "unknown external_data key 'url'", t -> t.addExternalData(pair("url", "x"))),
        entry("twice", "'offset' twice", t -> t.addExternalData(pair("offset", "0"))),
        entry("strings", "data_type 8", t -> t.setDataType(8)),
        entry("unknown type", "data_type 99", t -> t.setDataType(99)),
        entry("dims", "dims [-2, 3]", t -> t.setDims(0, -2)),
        entry("overflow", "give no number", t -> t.setDims(0, 1L << 60).setDims(1, 1L << 60)));
  }

  private static TensorProto.Builder set(TensorProto.Builder tensor, String key, String value) {
    return tensor.setExternalData(key.equals("location") ? 0 : 1, pair(key, value));
  }

  private static TensorProto.Builder length(TensorProto.Builder tensor, String value) {
    return tensor.addExternalData(pair("length", value));
  }

  private static Arguments entry(String row, String part, Consumer<TensorProto.Builder> change) {
    return Arguments.of(row, part, change);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("entries")
  void entriesAreRefused(String row, String part, Consumer<TensorProto.Builder> change)
      throws IOException {
    TensorProto.Builder tensor = at(GOOD);
    change.accept(tensor);
    refused(model(tensor.build()), part);
  }

  /** M16 and its like: everywhere in a model that a tensor can be. */
  static Stream<Arguments> hidingPlaces() {
    TensorProto bad = at("../outside/s.bin").build();
    SparseTensorProto sparse = SparseTensorProto.newBuilder().setValues(bad).addDims(6).build();
    AttributeProto tensor = attribute("value").setT(bad).build();
    NodeProto constant = node("Constant", "c").toBuilder().addAttribute(tensor).build();
    GraphProto inner = GraphProto.newBuilder().setName("i").addNode(constant).build();
    return Stream.of(
        place("sparse initializer", m -> m.getGraphBuilder().addSparseInitializer(sparse)),
        place(
            "indices of a sparse initializer",
            m ->
                m.getGraphBuilder()
                    .addSparseInitializer(SparseTensorProto.newBuilder().setIndices(bad))),
        place("constant", m -> m.getGraphBuilder().addNode(0, constant)),
        place("sparse_value", m -> addNode(m, attribute("sparse_value").setSparseTensor(sparse))),
        place("sparse_tensors", m -> addNode(m, attribute("s").addSparseTensors(sparse))),
        place("tensors", m -> addNode(m, attribute("t").addTensors(bad))),
        place("subgraph", m -> addNode(m, attribute("then_branch").setG(inner))),
        place("subgraphs", m -> addNode(m, attribute("branches").addGraphs(inner))),
        place(
            "initializer of a subgraph",
            m -> addNode(m, attribute("body").setG(GraphProto.newBuilder().addInitializer(bad)))),
        place(
            "function",
            m -> m.addFunctions(FunctionProto.newBuilder().setName("F").addNode(constant))),
        place(
            "default of a function",
            m -> m.addFunctions(FunctionProto.newBuilder().addAttributeProto(tensor))));
  }

  private static AttributeProto.Builder attribute(String name) {
    return AttributeProto.newBuilder().setName(name);
  }

  private static void addNode(ModelProto.Builder model, AttributeProto.Builder attribute) {
    model.getGraphBuilder().addNode(node("Op", "o").toBuilder().addAttribute(attribute));
  }

  private static Arguments place(String where, Consumer<ModelProto.Builder> add) {
    return Arguments.of(where, add);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("hidingPlaces")
  void m16TensorsAreFoundWhereverTheyHide(String where, Consumer<ModelProto.Builder> add)
      throws IOException {
    ModelProto.Builder model = model(at(GOOD).build());
    add.accept(model);
    refused(model, "no path below the model");
  }

  /** A parser merges two occurrences of one message; each is looked at. */
  @Test
  void messagesInTwoPieces() throws IOException {
    byte[] good = model(at(GOOD).build()).build().toByteArray();
    byte[] more =
        ModelProto.newBuilder()
            .setGraph(GraphProto.newBuilder().addInitializer(at("../outside/s.bin")))
            .buildPartial()
            .toByteArray();
    byte[] both = new byte[good.length + more.length];
    System.arraycopy(good, 0, both, 0, good.length);
    System.arraycopy(more, 0, both, good.length, more.length);
    Path file = Files.write(directory.resolve("m.onnx"), both);
    assertThatThrownBy(() -> ModelSession.open(file, TestModel.STOCK))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no path below");
  }

  @Test
  void m15BytesHaveExternalDataOnlyWhereTheConfigurationSaysIt() throws Exception {
    byte[] bytes = model(at(GOOD).build()).build().toByteArray();
    assertThatThrownBy(() -> ModelSession.open(bytes, TestModel.STOCK))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no directory to look in");
    SessionConfig there =
        SessionConfig.builder()
            .registerLibrary(false)
            .configEntry(
                "session.model_external_initializers_file_folder_path", directory.toString())
            .build();
    try (ModelSession session = ModelSession.open(bytes, there)) {
      assertThat(session.outputs()).containsOnlyKeys("y");
    }
    byte[] hard = model(at("hard.bin").build()).build().toByteArray();
    assertThatThrownBy(() -> ModelSession.open(hard, there))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("hard links");
  }

  /** M01 and M02: ONNX Runtime's own word where the bytes are no model. */
  @Test
  void m01M02NoiseAndTruncation() throws IOException {
    byte[] noise = new byte[2560];
    new Random(1).nextBytes(noise);
    byte[] good = model(at(GOOD).build()).build().toByteArray();
    List<byte[]> files = new ArrayList<>(List.of(noise, new byte[0], new byte[] {8}));
    for (int length = 1; length < good.length; length++) {
      files.add(Arrays.copyOf(good, length));
    }
    for (byte[] bytes : files) {
      Path file = Files.write(directory.resolve("m.onnx"), bytes);
      assertThatThrownBy(() -> ModelSession.open(file, TestModel.STOCK))
          .isInstanceOfAny(OrtException.class, IOException.class);
    }
  }

  @Test
  void m18M19DamageThatOnnxRuntimeFinds() throws IOException {
    TensorProto.Builder raw = at(GOOD).clearExternalData().clearDataLocation();
    for (int size : new int[] {23, 28}) {
      byte[] data = new byte[size];
      ortRefuses(
          m -> m.getGraphBuilder().setInitializer(0, raw.setRawData(ByteString.copyFrom(data))));
    }
    ortRefuses(m -> m.getGraphBuilder().setNode(0, node("NoSuchOp", "y", "x", "w")));
    ortRefuses(
        m -> {
          m.addOpsetImport(opset("com.nobody", 1));
          m.getGraphBuilder().getNodeBuilder(0).setDomain("com.nobody");
        });
    ortRefuses(
        m ->
            m.getGraphBuilder()
                .setNode(0, node("Add", "y", "x", "z"))
                .addNode(node("Add", "z", "y", "w")));
    ortRefuses(m -> m.setOpsetImport(0, opset("", 9999)));
    ortRefuses(m -> m.setIrVersion(9999));
  }

  private void ortRefuses(Consumer<ModelProto.Builder> change) throws IOException {
    ModelProto.Builder model = model(at(GOOD).build());
    change.accept(model);
    Path file = write(model);
    assertThatThrownBy(() -> ModelSession.open(file, TestModel.STOCK))
        .isInstanceOf(OrtException.class);
  }

  @Test
  void m20DeepNesting() throws IOException {
    GraphProto graph = GraphProto.newBuilder().setName("g").build();
    for (int depth = 0; depth < 200; depth++) {
      graph =
          GraphProto.newBuilder()
              .setName("g")
              .addNode(
                  node("If", "o", "c").toBuilder()
                      .addAttribute(attribute("then_branch").setG(graph)))
              .build();
    }
    Path file = write(model(at(GOOD).build()).setGraph(graph));
    assertThatThrownBy(() -> OnnxModel.load(file)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> ModelSession.open(file, TestModel.STOCK))
        .isInstanceOfAny(OrtException.class, IOException.class);
  }

  @Test
  void m22OperatorsNewerThanTheLibrary() throws IOException {
    Path file = write(model(at(GOOD).build()).addOpsetImport(opset("org.ortnce", 2)));
    assertThatThrownBy(() -> ModelSession.open(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the model needs version 2 of operator domain org.ortnce, this library has 1: update"
                + " ort-nce");
  }
}
