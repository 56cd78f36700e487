package org.ortnce.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.ortnce.onnx.ShapeInferenceTest.input;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ortnce.reliability.BadInputs;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

@BadInputs
class ModelBuilderTest {
  private static final Tensor ONE = Tensor.of(new float[] {1}, 1);

  private static OnnxModel linear() {
    Value x = input("batch 2");
    Value w = Value.initializer(Tensor.of(new float[] {1, 2, 3, 4}, 2, 2));
    Value hidden = Ops.matMul(x, w);
    TopK top = Ops.topK(Ops.matMul(Ops.relu(hidden), w), 1);
    return new ModelBuilder()
        .input("x", x)
        .initializer("w", w)
        .output("best", top.indices())
        .graphName("linear")
        .producer("test", "1")
        .metadata("b", "2")
        .metadata("a", "1")
        .docString("two layers")
        .build();
  }

  @Test
  void namesAreThoseGivenAndReadableOnesInside() {
    OnnxModel model = linear();
    assertThat(model.nodes())
        .extracting(NodeInfo::toString)
        .containsExactly(
            "MatMul_0: MatMul(x, w) -> (MatMul_0_out)",
            "Relu_0: Relu(MatMul_0_out) -> (Relu_0_out)",
            "MatMul_1: MatMul(Relu_0_out, w) -> (MatMul_1_out)",
            "Constant_0: Constant{value=int64[1]}() -> (Constant_0_out)",
            "TopK_0: TopK{axis=-1, largest=1, sorted=1}(MatMul_1_out, Constant_0_out)"
                + " -> (TopK_0_values, best)");
    assertThat(model.intermediateValues())
        .extracting(ValueInfo::toString)
        .containsExactly(
            "MatMul_0_out float[batch, 2]",
            "Relu_0_out float[batch, 2]",
            "MatMul_1_out float[batch, 2]",
            "Constant_0_out int64[1]",
            "TopK_0_values float[batch, 1]");
  }

  @Test
  void headerOfTheModel() {
    OnnxModel model = linear();
    assertThat(model.irVersion()).isEqualTo(8);
    assertThat(model.opsetImports()).isEqualTo(Map.of("", 17L));
    assertThat(model.producerName()).isEqualTo("test");
    assertThat(model.producerVersion()).isEqualTo("1");
    assertThat(model.graphName()).isEqualTo("linear");
    assertThat(model.docString()).isEqualTo("two layers");
    assertThat(model.metadata()).isEqualTo(Map.of("a", "1", "b", "2"));
    assertThat(model.inputs()).extracting(ValueInfo::toString).containsExactly("x float[batch, 2]");
    assertThat(model.outputs())
        .extracting(ValueInfo::toString)
        .containsExactly("best int64[batch, 1]");
    assertThat(model.initializers())
        .extracting(InitializerInfo::toString)
        .containsExactly("w float[2, 2], 16 bytes");
  }

  @Test
  void sameBuildGivesTheSameBytes() {
    assertThat(linear().toByteArray()).isEqualTo(linear().toByteArray());
  }

  @Test
  void whatNoOutputNeedsIsNotWritten() {
    Value x = input("2");
    Value dead = Ops.exp(x);
    Value unused = Value.initializer(ONE);
    OnnxModel model =
        new ModelBuilder()
            .input("x", x)
            .input("ignored", input("3"))
            .initializer("unused", unused)
            .initializer("dead", Value.initializer(ONE))
            .output("y", Ops.neg(x))
            .build();
    assertThat(dead.type()).isEqualTo(x.type());
    assertThat(model.nodes()).extracting(NodeInfo::opType).containsExactly("Neg");
    assertThat(model.initializers()).isEmpty();
    assertThat(model.inputs()).extracting(ValueInfo::name).containsExactly("x", "ignored");
  }

  @Test
  void oneValueMayBeSeveralOutputsAndAnInputAnOutput() {
    Value x = input("1");
    Value w = Value.initializer(Tensor.of(new float[] {5}, 1));
    Value y = Ops.neg(x);
    OnnxModel model =
        new ModelBuilder()
            .input("x", x)
            .output("same", x)
            .output("a", y)
            .output("b", y)
            .output("stored", w)
            .build();
    Map<String, Tensor> found = StockRuntime.run(model, Map.of("x", ONE));
    assertThat(found.keySet()).containsExactly("same", "a", "b", "stored");
    assertThat(found.get("same").toFloatArray()).containsExactly(1);
    assertThat(found.get("a").toFloatArray()).containsExactly(-1);
    assertThat(found.get("b").toFloatArray()).containsExactly(-1);
    assertThat(found.get("stored").toFloatArray()).containsExactly(5);
    assertThat(model.initializers())
        .extracting(InitializerInfo::name)
        .containsExactly("initializer_0");
  }

  @Test
  void generatedNamesStepAsideForGivenOnes() {
    Value x = input("1");
    Value inner = Ops.neg(x);
    OnnxModel model =
        new ModelBuilder().input("Neg_0_out", x).output("Exp_0", Ops.exp(inner)).build();
    assertThat(model.nodes())
        .extracting(NodeInfo::toString)
        .containsExactly(
            "Neg_0: Neg(Neg_0_out) -> (Neg_0_out_1)", "Exp_0: Exp(Neg_0_out_1) -> (Exp_0)");
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "a\u0000b", "line\n", "\ud800", "x\udc00y", "\ud83d\ude00"})
  @Tag("J34")
  void namesThatCannotBe(String name) {
    Value x = input("1");
    ModelBuilder model = new ModelBuilder();
    Value w = Value.initializer(ONE);
    for (org.assertj.core.api.ThrowableAssert.ThrowingCallable call :
        List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
            () -> model.input(name, x),
            () -> model.initializer(name, w),
            () -> model.output(name, x),
            () -> model.graphName(name),
            () -> model.metadata(name, "v"),
            () -> OnnxFunction.builder(name, "F"),
            () -> OnnxFunction.builder("com.example", name))) {
      assertThatThrownBy(call)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("name must")
          .satisfies(e -> assertThat(e.getMessage()).matches("[ -~]*|.*null"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"batch size", "\u00e9t\u00e9", "\u6a21\u578b", "a/b:0", "Add"})
  void namesInAnyScriptWork(String name) {
    Value x = input("1");
    OnnxModel model = new ModelBuilder().input(name, x).output(name + "'", Ops.neg(x)).build();
    assertThat(StockRuntime.run(model, Map.of(name, ONE)).get(name + "'").toFloatArray())
        .containsExactly(-1);
  }

  @Test
  @Tag("J34")
  void namesAreTakenOnce() {
    Value x = input("1");
    ModelBuilder model = new ModelBuilder().input("x", x);
    assertThatThrownBy(() -> model.input("x", input("1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("input name 'x' is taken by another input");
    assertThatThrownBy(() -> model.output("x", x))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("output name 'x' is taken by another input");
    assertThatThrownBy(() -> model.initializer("x", Value.initializer(ONE)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("initializer name 'x' is taken by another input");
    assertThatThrownBy(() -> model.input("again", x))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("input 'again': this value is already named 'x'");
  }

  @Test
  void valuesOfTheWrongKind() {
    ModelBuilder model = new ModelBuilder();
    assertThatThrownBy(() -> model.input("x", null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("input 'x' is null");
    assertThatThrownBy(() -> model.input("x", Ops.scalar(1f)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("input 'x' must be a Value.input(...), got the NODE float[]");
    assertThatThrownBy(() -> model.initializer("w", input("1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must be a Value.initializer(...), got the INPUT float[1]");
    // A refused call leaves the name free.
    model.input("x", input("1"));
  }

  /** onnx.checker refuses graph inputs and outputs without a shape. */
  @Test
  void ranksOfInputsAndOutputsAreWanted() {
    ModelBuilder model = new ModelBuilder();
    assertThatThrownBy(() -> model.input("x", input("...")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("input 'x' is float[...]: ONNX wants the rank of graph inputs and outputs");
    Value x = input("B 3");
    Value open = Ops.reshape(x, ShapeInferenceTest.ids("?"));
    assertThatThrownBy(() -> model.output("y", open))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("output 'y' is float[...]");
    Shape known = Shape.of(Dim.of("B"), Dim.of(3), Dim.of(1));
    assertThatThrownBy(() -> model.output("z", x, known))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("output 'z' has shape [B, 3], which cannot be [B, 3, 1]");
    OnnxModel built =
        new ModelBuilder().input("x", x).output("y", Ops.reshape(x, 0, 3, 1), known).build();
    assertThat(built.outputs()).extracting(ValueInfo::toString).containsExactly("y float[B, 3, 1]");
    OnnxModel stated =
        new ModelBuilder().input("x", x).output("y", Ops.squeeze(x), Shape.of(2, 3)).build();
    assertThat(stated.outputs()).extracting(ValueInfo::toString).containsExactly("y float[2, 3]");
  }

  @Test
  void inputsWithoutNameAreReported() {
    assertThatThrownBy(() -> new ModelBuilder().output("y", Ops.neg(input("B 3"))).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("need an input float[B, 3] without a name");
    assertThatThrownBy(() -> new ModelBuilder().build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no output");
  }

  @Test
  @Tag("J34")
  void graphsOfAHundredThousandNodesInARow() {
    Value x = input("1");
    Value y = x;
    for (int i = 0; i < 100_000; i++) {
      y = Ops.add(y, x);
    }
    OnnxModel model = new ModelBuilder().input("x", x).output("y", y).build();
    List<NodeInfo> nodes = model.nodes();
    assertThat(nodes).hasSize(100_000);
    assertThat(nodes.get(99_999).inputs()).containsExactly("Add_99998_out", "x");
  }

  @Test
  void initializersAreNotCopied() {
    ByteBuffer bytes = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder());
    bytes.putFloat(0, 1).putFloat(4, 2);
    Value w = Value.initializer(Tensor.of(bytes, ElementType.FLOAT, 2));
    OnnxModel model = new ModelBuilder().output("y", Ops.neg(w)).build();
    // Documented: the tensor is read when the model is written. A copy would not see this.
    bytes.putFloat(4, 7);
    assertThat(StockRuntime.run(model, Map.of()).get("y").toFloatArray()).containsExactly(-1, -7);
  }

  @Test
  void x09M21MoreThanAModelFileHoldsIsRefusedBeforeAnyCopy() {
    // 60 views of one buffer of 40 MB would be 2.4 GB in a file.
    ByteBuffer shared = ByteBuffer.allocateDirect(40_000_000).order(ByteOrder.nativeOrder());
    ModelBuilder model = new ModelBuilder();
    for (int i = 0; i < 60; i++) {
      model.output("y" + i, Value.initializer(Tensor.of(shared, ElementType.FLOAT, 10_000_000)));
    }
    OnnxModel built = model.build();
    for (ThrowingCallable write :
        List.<ThrowingCallable>of(
            built::toByteArray, () -> built.save(Path.of("never-written.onnx")))) {
      assertThatThrownBy(write)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageMatching(
              "the model would have 24\\d{8} bytes, a model file holds at most 2147483647: save it"
                  + " with ExternalDataOptions");
    }
  }
}
