package org.ortnce.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.ortnce.onnx.ShapeInferenceTest.input;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ortnce.tensor.Tensor;

class NodeBuilderTest {
  private static final Value X = input("2");

  private static NodeBuilder foo(int version) {
    return NodeBuilder.of("Foo", "com.example", version);
  }

  private static NodeInfo only(Value y) {
    List<NodeInfo> nodes = model(y).nodes();
    assertThat(nodes).hasSize(1);
    return nodes.get(0);
  }

  private static OnnxModel model(Value y) {
    return new ModelBuilder().input("x", X).output("y", y).build();
  }

  @Test
  void holesInTheMiddleStayAndThoseAtTheEndGo() {
    Value y =
        foo(1)
            .input(X)
            .optionalInput(null)
            .optionalInput(X)
            .optionalInput(null)
            .output("y", X.type())
            .buildOne();
    assertThat(only(y).inputs()).containsExactly("x", "", "x");
    Value wide = foo(1).input(X).optionalInput(null).minInputs(3).output("y", X.type()).buildOne();
    assertThat(only(wide).inputs()).containsExactly("x", "", "");
  }

  @Test
  void outputsNotUsedAreLeftOutIfTheyMayBe() {
    List<Value> outputs =
        foo(1)
            .input(X)
            .output("loss", X.type())
            .optionalOutput("a", X.type())
            .optionalOutput("b", X.type())
            .optionalOutput("c", X.type())
            .build();
    assertThat(only(outputs.get(0)).outputs()).containsExactly("y");
    assertThat(only(outputs.get(2)).outputs()).containsExactly("Foo_0_loss", "", "y");
  }

  @Test
  void attributesOfEveryKindInOrderOfTheirNames() {
    Value y =
        foo(1)
            .input(X)
            .stringsAttribute("g", List.of("p", "q"))
            .intAttribute("b", -1)
            .floatAttribute("a", 1)
            .stringAttribute("c", "\u00e9")
            .intsAttribute("d", 1, 2)
            .floatsAttribute("e", 0.5f)
            .tensorAttribute("f", Tensor.of(new float[] {1, 2}, 2))
            .output("y", X.type())
            .buildOne();
    assertThat(only(y).attributes().toString())
        .isEqualTo("{a=1.0, b=-1, c=\u00e9, d=[1, 2], e=[0.5], f=float[2], g=[p, q]}");
    assertThat(only(y).attributes().get("a")).isInstanceOf(Float.class);
  }

  @Test
  void importsAreTheHighestAskedFor() {
    Value y =
        foo(3)
            .input(foo(2).input(X).output("y", X.type()).buildOne())
            .output("y", X.type())
            .buildOne();
    assertThat(model(y).opsetImports()).isEqualTo(Map.of("", 17L, "com.example", 3L));
    Value newer = NodeBuilder.of("Gelu", "ai.onnx", 20).input(X).output("y", X.type()).buildOne();
    assertThat(model(newer).opsetImports()).isEqualTo(Map.of("", 20L));
    assertThat(model(newer).irVersion()).isEqualTo(9);
  }

  @Test
  void nodesThatNoOperatorSetHasTogether() {
    Value newer = NodeBuilder.of("Gelu", "", 20).input(X).output("y", X.type()).buildOne();
    Value old =
        NodeBuilder.of("Old", "", 1).untilVersion(18).input(newer).output("y", X.type()).buildOne();
    assertThatThrownBy(() -> model(old))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "no operator set of domain '' has all nodes of the model: Old is valid up to version"
                + " 18, Gelu needs version 20");
  }

  /** From operator set 18 on the axes of most reductions are an input. */
  @Test
  void reductionsInNewOperatorSets() {
    Value x = Value.initializer(Tensor.of(new float[][] {{1, 2, 6}, {3, 4, 5}}));
    Value newer = NodeBuilder.of("Gelu", "", 20).input(x).output("y", x.type()).buildOne();
    OnnxModel model =
        new ModelBuilder()
            .output("g", newer)
            .output("max", Ops.reduceMax(x, false, 1))
            .output("mean", Ops.reduceMean(x, false))
            .build();
    assertThat(model.opsetImports()).isEqualTo(Map.of("", 20L));
    Map<String, Tensor> outputs = StockRuntime.run(model, Map.of());
    assertThat(outputs.get("max").toFloatArray()).containsExactly(6, 5);
    assertThat(outputs.get("mean").toFloatArray()).containsExactly(3.5f);
  }

  @Test
  void misuse() {
    assertThatThrownBy(() -> NodeBuilder.of("", "d", 1)).hasMessageContaining("opType");
    assertThatThrownBy(() -> NodeBuilder.of("Foo", "d", 0)).hasMessageContaining("sinceVersion");
    assertThatThrownBy(() -> foo(2).untilVersion(1)).hasMessageContaining("untilVersion 1");
    assertThatThrownBy(() -> foo(1).input(null)).hasMessage("Foo: input 0 is required, got null");
    assertThatThrownBy(() -> foo(1).intAttribute("a", 1).floatAttribute("a", 1))
        .hasMessage("Foo: attribute a is given twice");
    assertThatThrownBy(() -> foo(1).stringAttribute("a", null))
        .hasMessage("Foo: attribute a is null");
    assertThatThrownBy(() -> foo(1).intAttribute("", 1)).hasMessageContaining("needs a name");
    assertThatThrownBy(() -> foo(1).output("y", null)).hasMessageContaining("needs a type");
    assertThatThrownBy(() -> foo(1).build()).hasMessageContaining("at least one output");
    NodeBuilder two = foo(1).output("y", X.type()).output("z", X.type());
    assertThatThrownBy(two::buildOne).hasMessage("Foo: buildOne() needs exactly 1 output, got 2");
    two.build();
    assertThatThrownBy(two::build).isInstanceOf(IllegalStateException.class);
  }
}
