package org.ortnce.onnx;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Path;
import org.ortnce.onnx.proto.AttributeProto;
import org.ortnce.onnx.proto.FunctionProto;
import org.ortnce.onnx.proto.GraphProto;
import org.ortnce.onnx.proto.NodeProto;
import org.ortnce.onnx.proto.TensorProto;

/**
 * Reads external data of tensors in attributes and subgraphs into the model: they are few and
 * small, and may then go anywhere.
 */
final class EmbeddedData {
  private final Path directory;

  EmbeddedData(Path directory) {
    this.directory = directory;
  }

  FunctionProto of(FunctionProto function) throws IOException {
    FunctionProto.Builder changed = function.toBuilder();
    for (int i = 0; i < function.getNodeCount(); i++) {
      changed.setNode(i, of(function.getNode(i)));
    }
    return changed.build();
  }

  /** The node with all data of its attributes in it. */
  NodeProto of(NodeProto node) throws IOException {
    boolean[] external = new boolean[1];
    Subgraphs.visit(node, (inner, tensor) -> external[0] |= tensor != null && isExternal(tensor));
    if (!external[0]) {
      return node;
    }
    NodeProto.Builder changed = node.toBuilder();
    for (int i = 0; i < node.getAttributeCount(); i++) {
      changed.setAttribute(i, of(node.getAttribute(i)));
    }
    return changed.build();
  }

  private AttributeProto of(AttributeProto attribute) throws IOException {
    AttributeProto.Builder changed = attribute.toBuilder();
    if (attribute.hasT()) {
      changed.setT(of(attribute.getT()));
    }
    for (int i = 0; i < attribute.getTensorsCount(); i++) {
      changed.setTensors(i, of(attribute.getTensors(i)));
    }
    if (attribute.hasG()) {
      changed.setG(of(attribute.getG()));
    }
    for (int i = 0; i < attribute.getGraphsCount(); i++) {
      changed.setGraphs(i, of(attribute.getGraphs(i)));
    }
    return changed.build();
  }

  private GraphProto of(GraphProto graph) throws IOException {
    GraphProto.Builder changed = graph.toBuilder();
    for (int i = 0; i < graph.getNodeCount(); i++) {
      changed.setNode(i, of(graph.getNode(i)));
    }
    for (int i = 0; i < graph.getInitializerCount(); i++) {
      changed.setInitializer(i, of(graph.getInitializer(i)));
    }
    return changed.build();
  }

  private TensorProto of(TensorProto tensor) throws IOException {
    if (!isExternal(tensor)) {
      return tensor;
    }
    ByteString.Output bytes = ByteString.newOutput();
    StoredTensor.of(tensor, directory).writeLittleEndian(bytes);
    return tensor.toBuilder()
        .clearExternalData()
        .clearDataLocation()
        .setRawData(bytes.toByteString())
        .build();
  }

  private static boolean isExternal(TensorProto tensor) {
    return ExternalTensor.of(tensor).isExternal();
  }
}
