package org.ortnce.golden;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.ortnce.onnx.proto.TensorProto;
import org.ortnce.tensor.Tensor;

/** Data sets in the layout of ONNX's backend tests: input_K.pb and output_K.pb by position. */
final class DataSets {
  private DataSets() {}

  /** The tensors of one side by their names, in order. */
  static Map<String, Tensor> read(Path set, String side) throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (int i = 0; Files.exists(file(set, side, i)); i++) {
      TensorProto proto = TensorProto.parseFrom(Files.readAllBytes(file(set, side, i)));
      tensors.put(proto.getName(), TensorProtos.tensor(proto));
    }
    return tensors;
  }

  static void write(Path set, String side, Map<String, Tensor> tensors) throws IOException {
    Files.createDirectories(set);
    int position = 0;
    for (Map.Entry<String, Tensor> named : tensors.entrySet()) {
      Tensor tensor = named.getValue();
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      tensor.writeLittleEndian(bytes);
      TensorProto.Builder proto =
          TensorProto.newBuilder()
              .setName(named.getKey())
              .setDataType(tensor.elementType().onnxCode())
              .setRawData(ByteString.copyFrom(bytes.toByteArray()));
      for (long dim : tensor.shape()) {
        proto.addDims(dim);
      }
      Files.write(file(set, side, position++), proto.build().toByteArray());
    }
  }

  private static Path file(Path set, String side, int position) {
    return set.resolve(side + "_" + position + ".pb");
  }
}
