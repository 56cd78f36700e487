package org.ortnce.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.ortnce.onnx.ShapeInferenceTest.input;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.ortnce.onnx.proto.AttributeProto;
import org.ortnce.onnx.proto.AttributeProto.AttributeType;
import org.ortnce.onnx.proto.FunctionProto;
import org.ortnce.onnx.proto.GraphProto;
import org.ortnce.onnx.proto.ModelProto;
import org.ortnce.onnx.proto.NodeProto;
import org.ortnce.onnx.proto.OperatorSetIdProto;
import org.ortnce.onnx.proto.StringStringEntryProto;
import org.ortnce.onnx.proto.TensorProto;
import org.ortnce.tensor.Tensor;

/** A good model, broken by hand in one way at a time. */
class ModelCheckerTest {
  /** y = F(-x + w), F a function that is the identity. */
  private static ModelProto good() {
    OnnxFunction.Builder f = OnnxFunction.builder("com.example", "F");
    Value formal = f.input("a", input("2").type());
    OnnxFunction function = f.output("b", Ops.abs(Ops.neg(formal))).build();
    Value x = input("2");
    Value w = Value.initializer(Tensor.of(new float[] {1, 2}, 2));
    Value y =
        NodeBuilder.of("F", "com.example", 1)
            .input(Ops.add(Ops.neg(x), w))
            .intAttribute("k", 1)
            .output("y", x.type())
            .fallback(function)
            .buildOne();
    OnnxModel model =
        new ModelBuilder()
            .input("x", x)
            .initializer("w", w)
            .output("y", y)
            .metadata("m", "1")
            .build();
    try {
      return ModelProto.parseFrom(model.toByteArray());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Arguments model(String problem, Consumer<ModelProto.Builder> change) {
    return Arguments.of(problem, change);
  }

  private static Arguments graph(String problem, Consumer<GraphProto.Builder> change) {
    return model(problem, m -> change.accept(m.getGraphBuilder()));
  }

  private static Arguments node(String problem, Consumer<NodeProto.Builder> change) {
    return graph(problem, g -> change.accept(g.getNodeBuilder(2)));
  }

  private static Arguments attribute(String problem, Consumer<AttributeProto.Builder> change) {
    return node("(F): attribute 'k': " + problem, n -> change.accept(n.getAttributeBuilder(0)));
  }

  private static Arguments stored(String problem, Consumer<TensorProto.Builder> change) {
    return graph(
        "graph: initializer 'w': " + problem, g -> change.accept(g.getInitializerBuilder(0)));
  }

  private static Arguments function(String problem, Consumer<FunctionProto.Builder> change) {
    return model(
        "function com.example:F: " + problem, m -> change.accept(m.getFunctionsBuilder(0)));
  }

  private static OperatorSetIdProto opset(String domain, long version) {
    return OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version).build();
  }

  private static NodeProto neg(String from, String to) {
    return NodeProto.newBuilder().setOpType("Neg").addInput(from).addOutput(to).build();
  }

  private static StringStringEntryProto pair(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  static Stream<Arguments> modelsAndGraphs() {
    return Stream.of(
        model("model: ir_version must be at least 3, got 2", m -> m.setIrVersion(2)),
        model("operator set 17 of ai.onnx needs ir_version 8", m -> m.setIrVersion(7)),
        model("functions need ir_version 8", m -> m.setIrVersion(7)),
        model("needs ir_version 10 or higher, got 8", m -> m.setOpsetImport(0, opset("", 21))),
        model("model: opset_import is missing", m -> m.clearOpsetImport()),
        model("domain 'com.example' is not in opset_import", m -> m.removeOpsetImport(1)),
        model("has domain '' twice", m -> m.addOpsetImport(opset("ai.onnx", 17))),
        model("'com.example' has version 0", m -> m.setOpsetImport(1, opset("com.example", 0))),
        model("has key 'm' twice", m -> m.addMetadataProps(pair("m", "2"))),
        model("F is defined twice", m -> m.addFunctions(m.getFunctions(0))),
        graph("the graph has no name", g -> g.clearName()),
        graph("two inputs 'x'", g -> g.addInput(g.getInput(0))),
        graph("two outputs 'y'", g -> g.addOutput(g.getOutput(0))),
        graph("two initializers 'w'", g -> g.addInitializer(g.getInitializer(0))),
        graph("input without a name", g -> g.getInputBuilder(0).clearName()),
        graph("output 'y' has no type", g -> g.getOutputBuilder(0).clearType()),
        graph(
            "output 'y' has no shape",
            g -> g.getOutputBuilder(0).getTypeBuilder().getTensorTypeBuilder().clearShape()),
        graph(
            "input 'x' has elements of unknown type 0",
            g -> g.getInputBuilder(0).getTypeBuilder().getTensorTypeBuilder().clearElemType()),
        graph("output 'z' is not made", g -> g.getOutputBuilder(0).setName("z")),
        graph("initializer 'w' must be an input too before ir_version 4", g -> {}),
        graph(
            "(Neg): reads 'Add_0_out', which nothing before it makes",
            g -> g.getNodeBuilder(0).setInput(0, "Add_0_out")),
        graph("makes 'x', which is there already", g -> g.addNode(neg("y", "x"))),
        graph("makes 'w', which is there already", g -> g.addNode(neg("y", "w"))),
        graph("makes 'y', which is there already", g -> g.addNode(neg("x", "y"))),
        graph("node #3 (Neg): reads 'nowhere'", g -> g.addNode(neg("nowhere", "n"))),
        graph(
            "(Nop): has neither inputs nor outputs",
            g -> g.addNode(NodeProto.newBuilder().setOpType("Nop"))),
        node("op_type is missing", n -> n.clearOpType()),
        node("has an attribute without a name", n -> n.getAttributeBuilder(0).clearName()),
        node("has attribute 'k' twice", n -> n.addAttribute(n.getAttribute(0))),
        node("has 2 inputs, its function only 1", n -> n.addInput("x")),
        node("has 2 outputs, its function only 1", n -> n.addOutput("q")),
        attribute("type is missing", a -> a.clearType()),
        attribute("has type INT and no value", a -> a.clearI()),
        attribute("has type FLOAT and no value", a -> a.setType(AttributeType.FLOAT)),
        attribute("has type INT and a value of type [FLOAT]", a -> a.setF(1)),
        attribute(
            "has type INT and a value of type [STRINGS]", a -> a.addStrings(ByteString.EMPTY)),
        attribute("refers to 'r', which is no attribute of a function", a -> a.setRefAttrName("r")),
        attribute(
            "has unknown data_type 0",
            a -> a.setType(AttributeType.TENSOR).clearI().setT(TensorProto.getDefaultInstance())),
        attribute(
            "node #0 (Neg): reads 'none'",
            a ->
                a.setType(AttributeType.GRAPH)
                    .clearI()
                    .setG(GraphProto.newBuilder().addNode(neg("none", "out")))));
  }

  static Stream<Arguments> tensorsAndFunctions() {
    return Stream.of(
        stored("has 7 bytes of raw_data, dims [2] need 8", t -> t.setRawData(bytes(7))),
        stored("has 12 bytes of raw_data, dims [2] need 8", t -> t.setRawData(bytes(12))),
        stored("has dims [-2]", t -> t.setDims(0, -2)),
        stored("has dims [9223372036854775807, 2]", t -> t.setDims(0, Long.MAX_VALUE).addDims(2)),
        stored("has unknown data_type 99", t -> t.setDataType(99)),
        stored("has data in more than one field: [float_data, raw_data]", t -> t.addFloatData(1)),
        stored("has 1 elements in float_data, needs 2", t -> t.clearRawData().addFloatData(1)),
        stored("of data_type 1 has data in [int64_data]", t -> t.clearRawData().addInt64Data(1)),
        stored("has 0 elements in float_data, needs 2", t -> t.clearRawData()),
        stored("has strings in raw_data", t -> t.setDataType(8)),
        stored("has external data and [raw_data]", t -> external(t, "w.bin")),
        stored("has external data at '../w.bin'", t -> external(t.clearRawData(), "../w.bin")),
        stored("has external data at 'a/../../b'", t -> external(t.clearRawData(), "a/../../b")),
        stored("has external data at '/dev/zero'", t -> external(t.clearRawData(), "/dev/zero")),
        stored("has external data at 'C:\\w'", t -> external(t.clearRawData(), "C:\\w")),
        stored("has external data at '..\\w'", t -> external(t.clearRawData(), "..\\w")),
        stored("has external data at ''", t -> external(t.clearRawData(), "")),
        stored("has external data at '.'", t -> external(t.clearRawData(), ".")),
        stored(
            "has external data with offset '-4'",
            t -> external(t.clearRawData(), "w").addExternalData(pair("offset", "-4"))),
        stored(
            "has external data with length '18446744073709551615'",
            t ->
                external(t.clearRawData(), "w")
                    .addExternalData(pair("length", "18446744073709551615"))),
        stored(
            "has unknown external_data key 'url'",
            t -> external(t.clearRawData(), "w").addExternalData(pair("url", "x"))),
        graph("an initializer has no name", g -> g.getInitializerBuilder(0).clearName()),
        function(
            "node 'Neg_0' (Neg): domain '' is not in opset_import",
            f -> f.clearOpsetImport().addOpsetImport(opset("d", 1))),
        function("opset_import is missing", f -> f.clearOpsetImport()),
        function("formal inputs have 'a' twice", f -> f.addInput("a")),
        function("formal inputs have one without a name", f -> f.addInput("")),
        function("outputs have 'b' twice", f -> f.addOutput("b")),
        function("attributes have 'k' twice", f -> f.addAttribute("k").addAttribute("k")),
        function("output 'c' is not made by the body", f -> f.addOutput("c")),
        function("node 'Neg_0' (Neg): reads 'x'", f -> f.getNodeBuilder(0).setInput(0, "x")),
        function(
            "node 'Neg_0' (Neg): makes 'a', which", f -> f.getNodeBuilder(0).setOutput(0, "a")),
        function(
            "ends in a cycle of functions",
            f ->
                f.addOpsetImport(opset("com.example", 1))
                    .getNodeBuilder(0)
                    .setOpType("F")
                    .setDomain("com.example")));
  }

  private static ByteString bytes(int count) {
    return ByteString.copyFrom(new byte[count]);
  }

  private static TensorProto.Builder external(TensorProto.Builder tensor, String location) {
    return tensor
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(pair("location", location));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"modelsAndGraphs", "tensorsAndFunctions"})
  void eachViolationIsFound(String problem, Consumer<ModelProto.Builder> change)
      throws IOException {
    ModelProto.Builder broken = good().toBuilder();
    change.accept(broken);
    if (problem.contains("before ir_version 4")) {
      broken.setIrVersion(3);
    }
    OnnxModel model = OnnxModel.parse(broken.build().toByteArray());
    assertThat(ModelChecker.problems(model)).anySatisfy(p -> assertThat(p).contains(problem));
    assertThatThrownBy(() -> ModelChecker.check(model))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(problem);
  }

  @Test
  void goodModelsPass() throws IOException {
    assertThat(ModelChecker.problems(OnnxModel.parse(good().toByteArray()))).isEmpty();
    ModelProto.Builder model = good().toBuilder();
    TensorProto.Builder w = model.getGraphBuilder().getInitializerBuilder(0);
    w.clearRawData().addFloatData(1).addFloatData(2);
    assertThat(ModelChecker.problems(OnnxModel.parse(model.build().toByteArray()))).isEmpty();
    external(w.clearFloatData(), "data/w.bin").addExternalData(pair("offset", "4096"));
    assertThat(ModelChecker.problems(OnnxModel.parse(model.build().toByteArray()))).isEmpty();
  }

  /** Values of the graph around are seen in a subgraph, and those inside not outside. */
  @Test
  void subgraphsSeeWhatIsAround() throws IOException {
    ModelProto.Builder model = good().toBuilder();
    GraphProto inside =
        GraphProto.newBuilder()
            .setName("g")
            .addNode(neg("x", "in"))
            .addNode(neg("in", "o"))
            .build();
    model
        .getGraphBuilder()
        .getNodeBuilder(2)
        .addAttribute(
            AttributeProto.newBuilder().setName("g").setType(AttributeType.GRAPH).setG(inside));
    assertThat(ModelChecker.problems(OnnxModel.parse(model.build().toByteArray()))).isEmpty();
    model.getGraphBuilder().addNode(neg("in", "late"));
    assertThat(ModelChecker.problems(OnnxModel.parse(model.build().toByteArray())))
        .containsExactly("graph: node #3 (Neg): reads 'in', which nothing before it makes");
  }

  @Test
  void onlyTheFirstHundredProblemsAreListed() throws IOException {
    ModelProto.Builder model = good().toBuilder();
    for (int i = 0; i < 1000; i++) {
      model.getGraphBuilder().addNode(neg("none" + i, "n" + i));
    }
    assertThat(ModelChecker.problems(OnnxModel.parse(model.build().toByteArray()))).hasSize(100);
  }
}
