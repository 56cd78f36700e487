package org.ortnce.attach;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.ortnce.onnx.proto.AttributeProto;
import org.ortnce.onnx.proto.GraphProto;
import org.ortnce.onnx.proto.ModelProto;
import org.ortnce.onnx.proto.NodeProto;
import org.ortnce.onnx.proto.StringStringEntryProto;
import org.ortnce.onnx.proto.TensorProto;

/** Writes a model with its initializers, those of subgraphs too, in one external data file. */
final class ExternalCopy {
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();
  private final String location;

  private ExternalCopy(String location) {
    this.location = location;
  }

  static void write(ModelProto model, Path file) throws IOException {
    ExternalCopy copy = new ExternalCopy(file.getFileName() + ".data");
    ModelProto.Builder external = model.toBuilder();
    copy.move(external.getGraphBuilder());
    Files.write(file.resolveSibling(copy.location), copy.data.toByteArray());
    Files.write(file, external.build().toByteArray());
  }

  private void move(GraphProto.Builder graph) {
    graph.getInitializerBuilderList().forEach(this::move);
    for (NodeProto.Builder node : graph.getNodeBuilderList()) {
      for (AttributeProto.Builder attribute : node.getAttributeBuilderList()) {
        if (attribute.hasG()) {
          move(attribute.getGBuilder());
        }
      }
    }
  }

  private void move(TensorProto.Builder tensor) {
    ByteString bytes = tensor.getRawData();
    // Vectors may be what decides on shapes, which ONNX Runtime does not read from elsewhere.
    if (tensor.getDimsCount() < 2) {
      return;
    }
    tensor
        .clearRawData()
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(pair("location", location))
        .addExternalData(pair("offset", Integer.toString(data.size())))
        .addExternalData(pair("length", Integer.toString(bytes.size())));
    data.writeBytes(bytes.toByteArray());
  }

  private static StringStringEntryProto pair(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }
}
