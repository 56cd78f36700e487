package org.ortnce.session;

import java.util.List;
import java.util.Map;
import org.ortnce.onnx.proto.AttributeProto;
import org.ortnce.onnx.proto.GraphProto;
import org.ortnce.onnx.proto.ModelProto;
import org.ortnce.onnx.proto.NodeProto;
import org.ortnce.onnx.proto.OperatorSetIdProto;
import org.ortnce.onnx.proto.TensorProto;
import org.ortnce.onnx.proto.TensorShapeProto;
import org.ortnce.onnx.proto.TypeProto;
import org.ortnce.onnx.proto.ValueInfoProto;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** Writes small ONNX models for the session tests, straight in the wire format. */
final class TestModel {
  static final SessionConfig STOCK = SessionConfig.builder().registerLibrary(false).build();

  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("test");
  private final ModelProto.Builder model =
      ModelProto.newBuilder()
          .setIrVersion(8)
          .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(17));

  /** {@code z = x + y} for x and y of float [batch, 2]. */
  static byte[] add() {
    return new TestModel()
        .input("x", ElementType.FLOAT, "batch", 2)
        .input("y", ElementType.FLOAT, "batch", 2)
        .node("Add", "x y", "z")
        .output("z", ElementType.FLOAT, "batch", 2)
        .bytes();
  }

  /** An identity of {@code x} called {@code y}. */
  static byte[] identity(ElementType type, Object... dims) {
    return new TestModel()
        .input("x", type, dims)
        .node("Identity", "x", "y")
        .output("y", type, dims)
        .bytes();
  }

  /** A dimension is a number, a symbol, or {@code ""} for neither. */
  TestModel input(String name, ElementType type, Object... dims) {
    graph.addInput(value(name, type, dims));
    return this;
  }

  TestModel output(String name, ElementType type, Object... dims) {
    graph.addOutput(value(name, type, dims));
    return this;
  }

  TestModel output(ValueInfoProto value) {
    graph.addOutput(value);
    return this;
  }

  TestModel input(ValueInfoProto value) {
    graph.addInput(value);
    return this;
  }

  TestModel node(String op, String inputs, String outputs) {
    return node("", op, inputs, outputs, Map.of());
  }

  /** A node; inputs and outputs separated by blanks, attributes of type int. */
  TestModel node(
      String domain, String op, String inputs, String outputs, Map<String, Long> attributes) {
    NodeProto.Builder node =
        NodeProto.newBuilder()
            .setOpType(op)
            .setDomain(domain)
            .setName(op + graph.getNodeCount())
            .addAllInput(List.of(inputs.split(" ")))
            .addAllOutput(List.of(outputs.split(" ")));
    attributes.forEach(
        (name, number) ->
            node.addAttribute(
                AttributeProto.newBuilder()
                    .setName(name)
                    .setI(number)
                    .setType(AttributeProto.AttributeType.INT)));
    graph.addNode(node);
    return this;
  }

  TestModel initializer(String name, Tensor tensor) {
    TensorProto.Builder proto =
        TensorProto.newBuilder().setName(name).setDataType(tensor.elementType().onnxCode());
    for (long dim : tensor.shape()) {
      proto.addDims(dim);
    }
    if (tensor.elementType() == ElementType.FLOAT) {
      for (float value : tensor.toFloatArray()) {
        proto.addFloatData(value);
      }
    } else {
      for (long value : tensor.toLongArray()) {
        proto.addInt64Data(value);
      }
    }
    graph.addInitializer(proto);
    return this;
  }

  TestModel opset(String domain, long version) {
    model.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version));
    return this;
  }

  TestModel irVersion(long version) {
    model.setIrVersion(version);
    return this;
  }

  byte[] bytes() {
    return model.setGraph(graph).build().toByteArray();
  }

  static ValueInfoProto value(String name, ElementType type, Object... dims) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (Object dim : dims) {
      TensorShapeProto.Dimension.Builder proto = shape.addDimBuilder();
      if (dim instanceof Number number) {
        proto.setDimValue(number.longValue());
      } else if (!dim.equals("")) {
        proto.setDimParam((String) dim);
      }
    }
    return typed(
        name,
        TypeProto.newBuilder()
            .setTensorType(
                TypeProto.Tensor.newBuilder().setElemType(type.onnxCode()).setShape(shape)));
  }

  static ValueInfoProto typed(String name, TypeProto.Builder type) {
    return ValueInfoProto.newBuilder().setName(name).setType(type).build();
  }
}
