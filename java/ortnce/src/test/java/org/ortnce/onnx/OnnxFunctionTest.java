package org.ortnce.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.ortnce.onnx.ShapeInferenceTest.ids;
import static org.ortnce.onnx.ShapeInferenceTest.input;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ortnce.tensor.Tensor;

/** Functions that stand for an operator the runtime does not have. */
class OnnxFunctionTest {
  private static final Value X = input("B 2");

  /** y = a x + b as an operator com.example:Affine(x, a, b) -> y, also giving a x. */
  private static OnnxFunction affine(float offset) {
    OnnxFunction.Builder f = OnnxFunction.builder("com.example", "Affine");
    Value x = f.input("x", X.type());
    Value factor = f.input("a", new TensorType(X.elementType(), Shape.scalar()));
    f.absentInput("b");
    Value product = Ops.mul(x, factor);
    return f.output("y", Ops.add(product, Ops.scalar(offset))).output("product", product).build();
  }

  private static NodeBuilder node(Value x) {
    return NodeBuilder.of("Affine", "com.example", 1)
        .input(x)
        .input(Ops.scalar(2f))
        .optionalInput(null)
        .output("y", X.type())
        .optionalOutput("product", X.type());
  }

  private static OnnxModel model(boolean portable, Value... outputs) {
    ModelBuilder model = new ModelBuilder().input("x", X).portable(portable);
    for (int i = 0; i < outputs.length; i++) {
      model.output("y" + i, outputs[i]);
    }
    return model.build();
  }

  private static float[] run(OnnxModel model, String output) {
    Tensor x = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
    return StockRuntime.run(model, Map.of("x", x)).get(output).toFloatArray();
  }

  @Test
  void aStockRuntimeRunsTheFunction() {
    Value y = node(X).fallback(affine(100)).build().get(0);
    OnnxModel model = model(true, y);
    assertThat(run(model, "y0")).containsExactly(102, 104, 106, 108);
    assertThat(model.opsetImports()).isEqualTo(Map.of("", 17L, "com.example", 1L));
  }

  /** The runtime wants as many outputs on the node as in the function. */
  @Test
  void theFunctionIsCutToTheOutputsItsNodesUse() {
    List<Value> first = node(X).fallback(affine(100)).build();
    FunctionInfo cut = model(true, first.get(0)).functions().get(0);
    assertThat(cut.outputs()).containsExactly("y");
    assertThat(cut.inputs()).containsExactly("x", "a", "b");
    assertThat(cut.opsetImports()).isEqualTo(Map.of("", 17L));
    assertThat(cut.nodes())
        .extracting(NodeInfo::toString)
        .containsExactly(
            "Mul_0: Mul(x, a) -> (Mul_0_out)",
            "Constant_0: Constant{value=float[]}() -> (Constant_0_out)",
            "Add_0: Add(Mul_0_out, Constant_0_out) -> (y)");
    // One node uses one output, the other both: then both list both.
    List<Value> second = node(first.get(0)).fallback(affine(100)).build();
    OnnxModel both = model(true, second.get(0), second.get(1));
    assertThat(both.functions()).hasSize(1);
    assertThat(both.functions().get(0).outputs()).containsExactly("y", "product");
    assertThat(run(both, "y0")).containsExactly(304, 308, 312, 316);
    assertThat(run(both, "y1")).containsExactly(204, 208, 212, 216);
  }

  /** As NceLoss without biases: a hole among the inputs, variadic ones after it. */
  @Test
  void holesInTheMiddleOfTheInputs() {
    OnnxFunction.Builder f = OnnxFunction.builder("com.example", "Weighted");
    Value x = f.input("x", X.type());
    f.absentInput("bias");
    Value first = f.input("w_0", input("2").type());
    Value second = f.input("w_1", input("2").type());
    OnnxFunction body = f.output("y", Ops.add(Ops.mul(x, first), second)).build();
    Value w = Ops.constant(Tensor.of(new float[] {10, 20}, 2));
    Value y =
        NodeBuilder.of("Weighted", "com.example", 1)
            .input(X)
            .optionalInput(null)
            .inputs(List.of(w, w))
            .output("y", X.type())
            .fallback(body)
            .buildOne();
    OnnxModel model = model(true, y);
    assertThat(model.nodes().get(1).inputs())
        .containsExactly("x", "", "Constant_0_out", "Constant_0_out");
    assertThat(run(model, "y0")).containsExactly(20, 60, 40, 100);
  }

  @Test
  void modelsThatAreNotPortableCarryNone() {
    Value y = node(X).fallback(affine(100)).build().get(0);
    OnnxModel model = model(false, y);
    assertThat(model.functions()).isEmpty();
    assertThat(model.nodes().get(1).outputs()).containsExactly("y0");
    assertThatThrownBy(() -> run(model, "y0")).hasMessageContaining("Affine");
  }

  @Test
  void functionsOfDeadNodesAreNotWritten() {
    node(X).fallback(affine(100)).build();
    assertThat(model(true, Ops.neg(X)).functions()).isEmpty();
  }

  @Test
  void twoBodiesUnderOneNameAreAnError() {
    Value y = node(X).fallback(affine(100)).build().get(0);
    Value z = node(y).fallback(affine(200)).build().get(0);
    assertThatThrownBy(() -> model(true, z))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("different functions com.example:Affine");
    assertThat(model(false, z).nodes()).hasSize(4);
  }

  @Test
  void functionsInFunctions() {
    OnnxFunction.Builder f = OnnxFunction.builder("com.example", "Twice");
    Value x = f.input("x", X.type());
    Value once = node(x).fallback(affine(1)).build().get(0);
    OnnxFunction twice = f.output("y", node(once).fallback(affine(1)).build().get(0)).build();
    Value y =
        NodeBuilder.of("Twice", "com.example", 4)
            .input(X)
            .output("y", X.type())
            .fallback(twice)
            .buildOne();
    OnnxModel model = model(true, y);
    assertThat(model.functions()).extracting(FunctionInfo::name).containsExactly("Twice", "Affine");
    assertThat(model.functions().get(0).opsetImports())
        .isEqualTo(Map.of("", 17L, "com.example", 4L));
    assertThat(run(model, "y0")).containsExactly(7, 11, 15, 19);
  }

  @Test
  void outputsThatAreInputs() {
    OnnxFunction.Builder f = OnnxFunction.builder("com.example", "Copy");
    Value x = f.input("x", X.type());
    OnnxFunction copy = f.output("a", x).output("b", x).build();
    List<Value> y =
        NodeBuilder.of("Copy", "com.example", 1)
            .input(X)
            .output("a", X.type())
            .output("b", X.type())
            .fallback(copy)
            .build();
    assertThat(run(model(true, y.get(1)), "y0")).containsExactly(1, 2, 3, 4);
  }

  @Test
  void bodiesReadTheirOwnInputsOnly() {
    TensorType type = X.type();
    OnnxFunction.Builder other = OnnxFunction.builder("com.example", "Other");
    Value foreign = other.input("x", type);
    Value stored = Value.initializer(Tensor.of(new float[] {1}, 1));
    for (Value leaf : List.of(X, foreign, stored)) {
      OnnxFunction.Builder f = OnnxFunction.builder("com.example", "F").output("y", Ops.neg(leaf));
      assertThatThrownBy(f::build)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("com.example:F: the body reads a " + leaf);
    }
    assertThatThrownBy(() -> model(true, Ops.neg(foreign)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("a formal input of a function");
    assertThatThrownBy(() -> OnnxFunction.builder("d", "F").build())
        .hasMessageContaining("no output");
    assertThatThrownBy(() -> other.input("x", type)).hasMessageContaining("'x' is given twice");
    assertThatThrownBy(() -> OnnxFunction.builder("ai.onnx", "F")).hasMessageContaining("ai.onnx");
  }

  @Test
  void aFallbackMustFitItsNode() {
    NodeBuilder other = NodeBuilder.of("Other", "com.example", 1).output("y", X.type());
    assertThatThrownBy(() -> other.fallback(affine(1)).build())
        .hasMessage(
            "Other: the fallback must be a function com.example:Other, got com.example:Affine");
    NodeBuilder few = NodeBuilder.of("Affine", "com.example", 1).input(X).output("y", X.type());
    assertThatThrownBy(() -> few.fallback(affine(1)).build())
        .hasMessage("Affine: the fallback must have the 1 outputs of the node, got 2");
    assertThatThrownBy(() -> affineOf(X, null))
        .hasMessage("Affine: the fallback reads input a, which is absent");
    assertThatThrownBy(() -> affineOf(ids("2 2"), Ops.scalar(1f)))
        .hasMessage("Affine: the fallback expects input x float[B, 2], got int64[2, 2]");
    assertThatThrownBy(() -> affineOf(input("2 3"), Ops.scalar(1f)))
        .hasMessage("Affine: the fallback expects input x float[B, 2], got float[2, 3]");
    NodeBuilder many = node(X).optionalInput(X);
    assertThatThrownBy(() -> many.fallback(affine(1)).build())
        .hasMessage("Affine: the fallback must have at least the 4 inputs of the node, got 3");
  }

  private static List<Value> affineOf(Value x, Value factor) {
    return NodeBuilder.of("Affine", "com.example", 1)
        .optionalInput(x)
        .optionalInput(factor)
        .output("y", X.type())
        .output("product", X.type())
        .fallback(affine(1))
        .build();
  }
}
