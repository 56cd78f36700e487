package org.ortnce.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.ortnce.attach.GraphParts.FLOAT;
import static org.ortnce.attach.GraphParts.attribute;
import static org.ortnce.attach.GraphParts.floatsAttribute;
import static org.ortnce.attach.GraphParts.info;
import static org.ortnce.attach.GraphParts.tensor;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ortnce.onnx.proto.AttributeProto;
import org.ortnce.onnx.proto.FunctionProto;
import org.ortnce.onnx.proto.GraphProto;
import org.ortnce.onnx.proto.ModelProto;
import org.ortnce.onnx.proto.NodeProto;
import org.ortnce.onnx.proto.OperatorSetIdProto;
import org.ortnce.onnx.proto.TensorProto;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** Nodes of the operator sets before those that broke them: imported, they give the same bits. */
class OpsetUpgradeTest {
  private static final TensorProto GRID =
      tensor(new float[] {0, 0.3f, -1, 0.5f, 0.5f, 0.5f, 1, 0.2f}, 2, 2, 1, 2);

  /** A node of version {@code opset} in a model that is brought to {@code target}. */
  private record Old(
      String op,
      long opset,
      long target,
      List<Long> shape,
      List<TensorProto> constants,
      List<AttributeProto> attributes) {
    Old of(Long... newShape) {
      return new Old(op, opset, target, List.of(newShape), constants, attributes);
    }

    Old to(long newTarget) {
      return new Old(op, opset, newTarget, shape, constants, attributes);
    }

    Old with(TensorProto... newConstants) {
      return new Old(op, opset, target, shape, List.of(newConstants), attributes);
    }

    @Override
    public String toString() {
      return op + " " + opset + attributes.stream().map(AttributeProto::getName).toList();
    }

    ModelProto model() {
      NodeProto.Builder node =
          NodeProto.newBuilder()
              .setOpType(op)
              .addInput("x")
              .addOutput("y")
              .addAllAttribute(attributes);
      GraphProto.Builder graph =
          GraphProto.newBuilder()
              .setName("old")
              .addInput(info("x", FLOAT, shape.stream().mapToLong(Long::longValue).toArray()))
              .addOutput(info("y", FLOAT));
      if (op.equals("TopK")) {
        node.addOutput("indices");
      }
      for (TensorProto constant : constants) {
        String name = "c" + node.getInputCount();
        node.addInput(name);
        graph.addInitializer(constant.toBuilder().setName(name));
      }
      // An output without a shape may have any.
      graph.getOutputBuilder(0).getTypeBuilder().getTensorTypeBuilder().clearShape();
      return ModelProto.newBuilder()
          .setIrVersion(target > 17 ? 8 : 4)
          .addOpsetImport(version(opset))
          .setGraph(graph.addNode(node))
          .build();
    }
  }

  private static OperatorSetIdProto version(long version) {
    return OperatorSetIdProto.newBuilder().setVersion(version).build();
  }

  private static Old old(String op, long opset, AttributeProto... attributes) {
    return new Old(op, opset, 17, List.of(2L, 3L, 4L, 6L), List.of(), List.of(attributes));
  }

  private static TensorProto floats(float... values) {
    return tensor(values, values.length);
  }

  private static AttributeProto ints(String name, Long... values) {
    return attribute(name, List.of(values));
  }

  static Stream<Old> nodes() {
    TensorProto[] norms = {floats(1, 2, 3), floats(0, 1, 2), floats(1, 0, 1), floats(1, 2, 3)};
    return Stream.of(
        old("Softmax", 7),
        old("Softmax", 12, attribute("axis", 2)),
        old("Softmax", 11, attribute("axis", -2)),
        old("Softmax", 11, attribute("axis", -1)),
        old("Softmax", 12).of(0L, 3L, 5L),
        old("LogSoftmax", 12, attribute("axis", 0)),
        old("Hardmax", 11, attribute("axis", 2)),
        old("Squeeze", 11, ints("axes", 0L)).of(1L, 3L, 4L),
        old("Squeeze", 12).of(1L, 3L, 1L),
        old("Unsqueeze", 12, ints("axes", 0L, 3L)),
        old("ReduceSum", 11, ints("axes", 1L), attribute("keepdims", 0)),
        old("ReduceSum", 12),
        old("ReduceMean", 17, ints("axes", 1L, 3L)).to(20),
        old("ReduceMax", 13, ints("axes", -1L)).to(18),
        old("Split", 11, attribute("axis", 3), ints("split", 6L)),
        old("Split", 13, attribute("axis", 3)).to(18),
        old("Slice", 9, ints("starts", 1L), ints("ends", 3L), ints("axes", 2L)),
        old("Slice", 7, ints("starts", 0L, 1L), ints("ends", 2L, 9L)),
        old("TopK", 9, attribute("k", 2)),
        old("Clip", 10, attribute("min", -0.5f)),
        old("Clip", 7, attribute("max", 0.25f), attribute("min", -0.5f)),
        old("Clip", 8),
        old("Pad", 10, ints("pads", 0L, 0L, 1L, 0L, 0L, 0L, 0L, 2L), attribute("value", 3f)),
        old("Pad", 7, ints("pads", 0L, 0L, 1L, 1L, 0L, 0L, 1L, 1L), attribute("mode", "reflect")),
        old("Dropout", 7, attribute("ratio", 0.25f)),
        old("Dropout", 11),
        old("BatchNormalization", 8).with(norms),
        old("BatchNormalization", 9, attribute("epsilon", 0.1f)).with(norms),
        old("Scatter", 10, attribute("axis", 3))
            .with(tensor(new long[] {1, 0}, 1, 1, 1, 2), tensor(new float[] {8, 9}, 1, 1, 1, 2)),
        old(
            "Upsample",
            8,
            floatsAttribute("scales", List.of(1f, 1f, 2f, 3f)),
            attribute("mode", "nearest")),
        old("Upsample", 9, attribute("mode", "linear")).with(floats(1, 1, 2, 2)),
        old("Resize", 10, attribute("mode", "nearest")).with(floats(1, 1, 2, 0.5f)),
        old("Resize", 10).with(floats(1, 1, 1.7f, 0.6f)),
        old("Resize", 10).with(floats(0.7f, 2.5f, 0.4f, 0.9f)),
        old("Resize", 10, attribute("mode", "linear")).with(floats(1, 1, 0.7f, 1.4f)),
        old("RoiAlign", 11, attribute("output_height", 2), attribute("output_width", 2))
            .with(tensor(new float[] {0, 0, 3, 3}, 1, 4), tensor(new long[] {1}, 1)),
        old("GridSample", 16, attribute("mode", "bicubic")).with(GRID).to(20),
        old("GridSample", 17).with(GRID).to(20));
  }

  @ParameterizedTest
  @MethodSource("nodes")
  void theSameBits(Old old) throws IOException {
    long[] shape = old.shape().stream().mapToLong(Long::longValue).toArray();
    float[] values = new float[(int) Arrays.stream(shape).reduce(1, Math::multiplyExact)];
    Random random = new Random(1);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    Map<String, Tensor> x = Map.of("x", Tensor.of(values, shape));
    Tensor expected = StockRuntime.run(OnnxModel.parse(old.model().toByteArray()), x).get("y");
    OnnxModel model = neg(at(old.model(), old.target()), Shape.of(expected.shape()));
    assertThat(model.opsetImports()).isEqualTo(Map.of("", old.target()));
    Tensor found = StockRuntime.run(model, x).get("z");
    assertThat(found.shape()).isEqualTo(expected.shape());
    assertThat(found.toFloatArray()).isEqualTo(expected.toFloatArray());
  }

  /** The model with an unused function of a later version, which all of it must go to. */
  private static ModelProto at(ModelProto model, long target) {
    if (target == Opsets.BASE) {
      return model;
    }
    NodeProto neg = NodeProto.newBuilder().setOpType("Neg").addInput("a").addOutput("b").build();
    return model.toBuilder()
        .addFunctions(
            FunctionProto.newBuilder()
                .setDomain("d")
                .setName("F")
                .addInput("a")
                .addOutput("b")
                .addNode(neg)
                .addOpsetImport(version(target)))
        .build();
  }

  /** z = -(-y): two nodes of ours, so that y itself is no output. */
  private static OnnxModel neg(ModelProto model, Shape shape) throws IOException {
    Value y =
        ImportedModel.of(OnnxModel.parse(model.toByteArray()))
            .withType("y", new TensorType(ElementType.FLOAT, shape))
            .value("y");
    return new ModelBuilder().inputsOf(y).output("z", Ops.neg(Ops.neg(y))).build();
  }

  static Stream<Old> withoutForm() {
    return Stream.of(
        old("Scan", 8),
        old("BatchNormalization", 8, attribute("spatial", 0)),
        old("GroupNormalization", 18).to(21));
  }

  @ParameterizedTest
  @MethodSource("withoutForm")
  void nodesThatHaveNoLaterForm(Old old) throws IOException {
    ModelProto model = at(old.model(), old.target());
    Shape shape = Shape.of(2, 3, 4, 6);
    if (old.target() == Opsets.BASE) {
      assertThatThrownBy(() -> neg(model, shape))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(old.op() + " of the imported model is valid up to version");
    } else {
      // Nothing that is used needs the later version: the node stays in its own.
      assertThat(neg(model, shape).opsetImports()).isEqualTo(Map.of("", old.opset()));
    }
  }

  /** Attributes of a function that its nodes refer to; names that are taken. */
  @Test
  void functionsAndTheirNames() throws IOException {
    AttributeProto axes =
        AttributeProto.newBuilder()
            .setName("axes")
            .setType(AttributeProto.AttributeType.INTS)
            .setRefAttrName("along")
            .build();
    FunctionProto function =
        FunctionProto.newBuilder()
            .setDomain("d")
            .setName("Squeezed")
            .addAttribute("along")
            .addInput("y_axes")
            .addOutput("y")
            .addNode(
                NodeProto.newBuilder()
                    .setOpType("Squeeze")
                    .addInput("y_axes")
                    .addOutput("y")
                    .addAttribute(axes))
            .addOpsetImport(version(12))
            .build();
    Old squeeze = old("Squeezed", 12, ints("along", 0L)).of(1L, 3L);
    ModelProto.Builder model = squeeze.model().toBuilder().setIrVersion(8).addFunctions(function);
    model.addOpsetImport(version(1).toBuilder().setDomain("d"));
    model.getGraphBuilder().getNodeBuilder(0).setDomain("d");
    OnnxModel built = neg(model.build(), Shape.of(3));
    assertThat(built.functions().get(0).opsetImports()).isEqualTo(Map.of("", 17L));
    Map<String, Tensor> x = Map.of("x", Tensor.of(new float[] {1, 2, 3}, 1, 3));
    assertThat(StockRuntime.run(built, x).get("z").toFloatArray()).containsExactly(1, 2, 3);
  }
}
