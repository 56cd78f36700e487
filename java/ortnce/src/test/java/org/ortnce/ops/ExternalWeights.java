package org.ortnce.ops;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.ortnce.nce.GraphNames;
import org.ortnce.onnx.proto.ModelProto;
import org.ortnce.onnx.proto.StringStringEntryProto;
import org.ortnce.onnx.proto.TensorProto;
import org.ortnce.onnx.proto.ValueInfoProto;
import org.ortnce.tensor.ElementType;

/** Models whose weights are an initializer too large to be stored in them. */
final class ExternalWeights {
  private static final String FILE = "weights.bin";

  private ExternalWeights() {}

  /** Turns the graph input {@code weights} into an initializer in {@link #FILE}. */
  static byte[] declare(byte[] model, long rows, long dim) throws IOException {
    ModelProto.Builder proto = ModelProto.parseFrom(model).toBuilder();
    List<ValueInfoProto> inputs =
        proto.getGraph().getInputList().stream()
            .filter(input -> !input.getName().equals(GraphNames.WEIGHTS))
            .toList();
    proto
        .getGraphBuilder()
        .clearInput()
        .addAllInput(inputs)
        .addInitializer(
            TensorProto.newBuilder()
                .setName(GraphNames.WEIGHTS)
                .setDataType(ElementType.FLOAT.onnxCode())
                .addDims(rows)
                .addDims(dim)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(
                    StringStringEntryProto.newBuilder().setKey("location").setValue(FILE)));
    return proto.build().toByteArray();
  }

  /** Creates the data file beside {@code model}: zeros that take no room on the disk. */
  static void createSparse(Path model, long rows, long dim) throws IOException {
    try (FileChannel file = openSparse(model)) {
      file.write(ByteBuffer.allocate(Float.BYTES), (rows * dim - 1) * Float.BYTES);
    }
  }

  /** A new data file beside {@code model}; what is not written is a hole. */
  static FileChannel openSparse(Path model) throws IOException {
    return FileChannel.open(
        model.resolveSibling(FILE),
        StandardOpenOption.CREATE_NEW,
        StandardOpenOption.WRITE,
        StandardOpenOption.SPARSE);
  }
}
