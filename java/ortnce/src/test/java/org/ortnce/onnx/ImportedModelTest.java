package org.ortnce.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.onnx.proto.AttributeProto;
import org.ortnce.onnx.proto.FunctionProto;
import org.ortnce.onnx.proto.GraphProto;
import org.ortnce.onnx.proto.ModelProto;
import org.ortnce.onnx.proto.NodeProto;
import org.ortnce.onnx.proto.OperatorSetIdProto;
import org.ortnce.onnx.proto.SparseTensorProto;
import org.ortnce.onnx.proto.TensorProto;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** Models of other makers as parts of new graphs: what is taken over, under which names. */
class ImportedModelTest {
  private static final TensorType ROWS =
      new TensorType(ElementType.FLOAT, Shape.of(Dim.of("n"), Dim.of(2)));

  @TempDir Path directory;

  private static NodeProto node(String op, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(op)
        .setName(op + "_" + output)
        .addAllInput(List.of(inputs))
        .addOutput(output)
        .build();
  }

  private static TensorProto floats(String name, float... values) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(1).addDims(values.length);
    for (float value : values) {
      tensor.addFloatData(value);
    }
    return tensor.build();
  }

  private static OperatorSetIdProto opset(String domain, long version) {
    return OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version).build();
  }

  /** h = x * scale; y = h + shift; other = mask, a bool, negated. */
  private static ModelProto.Builder encoder(long opset) {
    TensorType mask = new TensorType(ElementType.BOOL, Shape.of(Dim.of("n")));
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(opset("", opset))
        .setGraph(
            GraphProto.newBuilder()
                .setName("encoder")
                .addInput(Protos.valueInfo("mask", mask))
                .addInput(Protos.valueInfo("x", ROWS))
                .addInitializer(floats("scale", 10, 100))
                .addInitializer(floats("shift", 1, 2))
                .addNode(node("Mul", "h", "x", "scale"))
                .addNode(node("Add", "y", "h", "shift"))
                .addNode(node("Not", "other", "mask"))
                .addOutput(Protos.valueInfo("y", ROWS))
                .addOutput(Protos.valueInfo("other", mask)));
  }

  private static ImportedModel imported(ModelProto.Builder model) throws IOException {
    return ImportedModel.of(OnnxModel.parse(model.build().toByteArray()));
  }

  private static float[] run(OnnxModel model, String output) {
    Map<String, Tensor> x = Map.of("x", Tensor.of(new float[][] {{1, 2}, {3, 4}}));
    return StockRuntime.run(model, x).get(output).toFloatArray();
  }

  @Test
  void whatAValueNeedsAndNothingElse() throws IOException {
    ImportedModel encoder = imported(encoder(17));
    Value y = encoder.value("y");
    OnnxModel model = new ModelBuilder().inputsOf(y).output("z", Ops.neg(y)).build();
    assertThat(model.inputs()).extracting(ValueInfo::name).containsExactly("x");
    assertThat(model.initializers())
        .extracting(InitializerInfo::name)
        .containsExactly("scale", "shift");
    assertThat(model.nodes())
        .extracting(NodeInfo::toString)
        .containsExactly(
            "Mul_h: Mul(x, scale) -> (h)", "Add_y: Add(h, shift) -> (y)", "Neg_0: Neg(y) -> (z)");
    assertThat(model.intermediateValues()).extracting(ValueInfo::name).containsExactly("y");
    assertThat(run(model, "z")).containsExactly(-11, -202, -31, -402);
    assertThat(encoder.inputsOf("other")).extracting(ValueInfo::name).containsExactly("mask");
    assertThat(encoder.inputsOf("scale")).isEmpty();
  }

  /** The new model's names go first; what had them before still means the same. */
  @Test
  void clashesOfNames() throws IOException {
    ImportedModel encoder = imported(encoder(17));
    Value y = encoder.value("y");
    Value own = Value.initializer(Tensor.of(new float[] {1000, 2000}, 2));
    OnnxModel model =
        new ModelBuilder()
            .inputsOf(y)
            .initializer("scale", own)
            .output("h", Ops.add(y, own))
            .build();
    assertThat(model.initializers())
        .extracting(InitializerInfo::name)
        .containsExactly("scale_imported", "shift", "scale");
    assertThat(run(model, "h")).containsExactly(1011, 2202, 1031, 2402);
    assertThatThrownBy(() -> new ModelBuilder().output("z", Ops.neg(y)).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("need an input float[n, 2] without a name");
    Value x = Value.input(ROWS);
    assertThatThrownBy(() -> new ModelBuilder().input("x", x).inputsOf(y))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("input name 'x' is taken by another input");
  }

  @Test
  void twoModelsAndOneTwice() throws IOException {
    Value first = imported(encoder(17)).value("y");
    ImportedModel other = imported(encoder(18));
    Value second = other.value("y");
    ModelBuilder builder = new ModelBuilder().inputsOf(first).output("z", Ops.add(first, second));
    assertThatThrownBy(() -> builder.inputsOf(second)).hasMessageContaining("'x' is taken");
    Value otherX = other.value("x");
    OnnxModel model = builder.input("x2", otherX).build();
    assertThat(model.opsetImports()).isEqualTo(Map.of("", 18L));
    Tensor x = Tensor.of(new float[][] {{1, 2}});
    Tensor x2 = Tensor.of(new float[][] {{1, 1}});
    assertThat(StockRuntime.run(model, Map.of("x", x, "x2", x2)).get("z").toFloatArray())
        .containsExactly(22, 304);
    // Its own result, read back and used again.
    ImportedModel again = ImportedModel.of(OnnxModel.parse(model.toByteArray()));
    Value z = again.value("z");
    OnnxModel twice = new ModelBuilder().inputsOf(z).output("zz", Ops.add(z, z)).build();
    assertThat(StockRuntime.run(twice, Map.of("x", x, "x2", x2)).get("zz").toFloatArray())
        .containsExactly(44, 608);
  }

  /** Branches read values from around them, which may have got other names. */
  @Test
  void subgraphsStayWhatTheyAre() throws IOException {
    GraphProto then =
        GraphProto.newBuilder()
            .setName("then")
            .addInitializer(floats("inner", 5))
            .addNode(node("Mul", "t", "h", "inner"))
            .addOutput(Protos.valueInfo("t", ROWS))
            .build();
    GraphProto otherwise =
        GraphProto.newBuilder()
            .setName("else")
            .addNode(node("Add", "t", "h", "unread"))
            .addOutput(Protos.valueInfo("t", ROWS))
            .build();
    NodeProto branch =
        node("If", "r", "yes").toBuilder()
            .addAttribute(graph("then_branch", then))
            .addAttribute(graph("else_branch", otherwise))
            .build();
    ModelProto.Builder proto = encoder(17);
    proto
        .getGraphBuilder()
        .addInitializer(floats("unread", 7))
        .addInitializer(TensorProto.newBuilder().setName("yes").setDataType(9).addInt32Data(1))
        .addNode(branch);
    TensorType type = new TensorType(ElementType.FLOAT, ROWS.shape());
    Value r = imported(proto).withType("r", type).value("r");
    OnnxModel plain = new ModelBuilder().inputsOf(r).output("out", Ops.neg(r)).build();
    assertThat(run(plain, "out")).containsExactly(-50, -1000, -150, -2000);
    // All names that the branches have inside or read are taken by others.
    ModelBuilder builder = new ModelBuilder().inputsOf(r);
    for (String name : List.of("h", "inner", "t", "unread")) {
      builder.output(name, Ops.neg(r));
    }
    OnnxModel renamed = builder.build();
    assertThat(ModelChecker.problems(renamed)).isEmpty();
    assertThat(run(renamed, "t")).containsExactly(-50, -1000, -150, -2000);
    assertThat(renamed.initializers())
        .extracting(InitializerInfo::name)
        .contains("unread_imported");
  }

  private static AttributeProto graph(String name, GraphProto graph) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.GRAPH)
        .setG(graph)
        .build();
  }

  @Test
  void functionsComeAlong() throws IOException {
    FunctionProto inner =
        FunctionProto.newBuilder()
            .setDomain("com.example")
            .setName("Inner")
            .addInput("a")
            .addOutput("b")
            .addNode(node("Neg", "b", "a"))
            .addOpsetImport(opset("", 17))
            .build();
    FunctionProto outer =
        inner.toBuilder()
            .setName("Outer")
            .setNode(0, node("Inner", "b", "a").toBuilder().setDomain("com.example"))
            .addOpsetImport(opset("com.example", 1))
            .build();
    ModelProto.Builder proto =
        encoder(17)
            .addFunctions(inner)
            .addFunctions(outer)
            .addFunctions(outer.toBuilder().setName("Unused"))
            .addOpsetImport(opset("com.example", 1));
    proto.getGraphBuilder().addNode(node("Outer", "f", "y").toBuilder().setDomain("com.example"));
    Value f = imported(proto).withType("f", ROWS).value("f");
    // A node that wants a later operator set raises that of the functions.
    Value gelu = NodeBuilder.of("Gelu", "", 20).input(f).output("y", ROWS).buildOne();
    OnnxModel model = new ModelBuilder().inputsOf(f).output("z", f).output("g", gelu).build();
    assertThat(model.functions())
        .extracting(FunctionInfo::name)
        .containsExactlyInAnyOrder("Inner", "Outer");
    assertThat(model.functions()).allMatch(each -> each.opsetImports().get("") == 20);
    assertThat(run(model, "z")).containsExactly(-11, -202, -31, -402);
  }

  @Test
  void operatorSetsAreRaisedWhereThatChangesNothing() throws IOException {
    ImportedModel old = imported(encoder(13));
    Value y = old.value("y");
    OnnxModel model = new ModelBuilder().inputsOf(y).output("z", Ops.neg(y)).build();
    assertThat(model.opsetImports()).isEqualTo(Map.of("", 17L));
    assertThat(run(model, "z")).containsExactly(-11, -202, -31, -402);
    ModelProto.Builder proto = encoder(8);
    proto.getGraphBuilder().addNode(node("Scan", "s", "y"));
    Value s = imported(proto).withType("s", ROWS).value("s");
    assertThatThrownBy(() -> new ModelBuilder().inputsOf(s).output("z", Ops.neg(s)).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "no operator set of domain '' has all nodes of the model: Scan of the imported model"
                + " is valid up to version 8, ours need version 17");
    // What the Scan is not needed for can still be used.
    Value h = imported(proto).value("y");
    assertThat(new ModelBuilder().inputsOf(h).output("z", h).build().opsetImports())
        .isEqualTo(Map.of("", 17L));
  }

  @Test
  void operatorVersionsOfOldNodes() {
    assertThat(OperatorVersions.untilVersion("", "Add", 14)).isEqualTo(OperatorVersions.LAST);
    assertThat(OperatorVersions.untilVersion("", "ReduceMean", 17)).isEqualTo(17);
    assertThat(OperatorVersions.untilVersion("", "ReduceMean", 18)).isEqualTo(28);
    assertThat(OperatorVersions.untilVersion("", "Split", 11)).isEqualTo(12);
    assertThat(OperatorVersions.untilVersion("", "Split", 13)).isEqualTo(17);
    assertThat(OperatorVersions.untilVersion("", "Add", 6)).isEqualTo(6);
    assertThat(OperatorVersions.untilVersion("", "Add", 40)).isEqualTo(40);
    assertThat(OperatorVersions.untilVersion("ai.onnx.ml", "Scaler", 3)).isEqualTo(3);
  }

  @Test
  void typesAndDimensionsAreDeclared() throws IOException {
    ImportedModel encoder = imported(encoder(17));
    assertThatThrownBy(() -> encoder.value("h"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("does not say of which type and shape 'h' is");
    assertThatThrownBy(() -> encoder.value("nothing"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the model has no value 'nothing'; its inputs are [mask, x], its outputs [y, other]");
    assertThat(encoder.withType("h", ROWS).value("h").type()).isEqualTo(ROWS);
    assertThatThrownBy(() -> encoder.withType("other", ROWS))
        .hasMessage("value 'other' is bool[n], it cannot be declared float[n, 2]");
    ImportedModel batch = encoder.withDimension("n", "k").withDimension("k", "batch");
    assertThat(batch.value("y")).hasToString("float[batch, 2]");
    assertThat(batch.value("x")).hasToString("float[batch, 2]");
    assertThat(batch.value("mask")).hasToString("bool[batch]");
    assertThat(batch.hasDimension("n")).isFalse();
    TensorType two = new TensorType(ElementType.FLOAT, Shape.of(Dim.of("a"), Dim.of("b")));
    assertThatThrownBy(() -> encoder.withType("h", two).withDimension("a", "b"))
        .hasMessage("dimension 'a' cannot be called 'b': another one is");
  }

  /** An input with a default is a constant of the model. */
  @Test
  void inputsWithADefault() throws IOException {
    ModelProto.Builder proto = encoder(17);
    proto
        .getGraphBuilder()
        .addInput(Protos.valueInfo("scale", new TensorType(ElementType.FLOAT, Shape.of(2))));
    Value y = imported(proto).value("y");
    OnnxModel model = new ModelBuilder().inputsOf(y).output("z", Ops.neg(y)).build();
    assertThat(model.inputs()).extracting(ValueInfo::name).containsExactly("x");
  }

  /** A head over a frozen encoder: gradients stop at it. */
  @Test
  void gradientsOfWhatFollows() throws IOException {
    Value y = imported(encoder(17)).value("y");
    Value w = Value.input(ElementType.FLOAT, Shape.of(2, 1));
    ModelBuilder builder = new ModelBuilder().inputsOf(y).input("w", w);
    Value loss = Ops.matMul(y, w);
    OnnxModel model = builder.output("loss", loss).withGradients(loss, w).build();
    Map<String, Tensor> inputs =
        Map.of(
            "x",
            Tensor.of(new float[][] {{1, 2}, {3, 4}}),
            "w",
            Tensor.of(new float[] {1, 1}, 2, 1));
    assertThat(StockRuntime.run(model, inputs).get("w_grad").toFloatArray())
        .containsExactly(42, 604);
    Value x = imported(encoder(17)).withType("h", ROWS).value("x");
    assertThatThrownBy(() -> Gradients.of(Ops.reduceSum(y, false), List.of(x)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void graphsThatAreNotSound() throws IOException {
    ModelProto.Builder reads = encoder(17);
    reads.getGraphBuilder().addNode(0, node("Neg", "q", "none"));
    refused(reads, "reads 'none', which nothing before it makes");
    ModelProto.Builder twice = encoder(17);
    twice.getGraphBuilder().addNode(node("Neg", "y", "x"));
    refused(twice, "makes 'y' twice");
    ModelProto.Builder domain = encoder(17);
    domain.getGraphBuilder().addNode(node("Foo", "q", "x").toBuilder().setDomain("d"));
    refused(domain, "d:Foo is of a domain without an opset_import");
    ModelProto.Builder sparse = encoder(17);
    sparse.getGraphBuilder().addSparseInitializer(SparseTensorProto.getDefaultInstance());
    refused(sparse, "sparse initializers");
    Tensor tensor = Tensor.of(ByteBuffer.allocate(2), ElementType.BOOL, 2);
    OnnxModel built = new ModelBuilder().output("y", Value.initializer(tensor)).build();
    assertThatThrownBy(() -> ImportedModel.of(built))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("got one that was built");
    Path noise = Files.writeString(directory.resolve("noise.onnx"), "x");
    assertThatThrownBy(() -> ImportedModel.load(noise)).hasMessageContaining("noise.onnx");
  }

  private static void refused(ModelProto.Builder model, String part) {
    assertThatThrownBy(() -> imported(model))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(part);
  }

  @Test
  void externalDataOfTwoDirectories() throws IOException {
    Value[] values = new Value[2];
    for (int i = 0; i < 2; i++) {
      Path file = Files.createDirectory(directory.resolve("d" + i)).resolve("m.onnx");
      OnnxModel.parse(encoder(17).build().toByteArray())
          .save(file, ExternalDataOptions.oneFile().threshold(0));
      values[i] = ImportedModel.load(file).value("shift");
    }
    Value sum = Ops.add(values[0], values[1]);
    assertThatThrownBy(() -> new ModelBuilder().output("z", sum).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("in different directories");
    OnnxModel one = new ModelBuilder().output("z", Ops.neg(values[0])).build();
    assertThatThrownBy(() -> one.save(directory.resolve("z.onnx")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("save the model there, or with ExternalDataOptions");
    one.save(directory.resolve("d0").resolve("z.onnx"));
    one.save(directory.resolve("z.onnx"), ExternalDataOptions.oneFile());
    for (Path file : List.of(directory.resolve("d0"), directory)) {
      OnnxModel saved = OnnxModel.load(file.resolve("z.onnx"));
      assertThat(saved.initializer("shift").toTensor().toFloatArray()).containsExactly(1, 2);
    }
  }
}
