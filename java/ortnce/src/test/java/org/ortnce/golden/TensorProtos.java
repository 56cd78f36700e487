package org.ortnce.golden;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.ortnce.onnx.proto.TensorProto;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** Tensors of .pb files that hold little-endian raw data, as all golden files do. */
final class TensorProtos {
  private TensorProtos() {}

  static Tensor tensor(TensorProto proto) {
    long[] shape = proto.getDimsList().stream().mapToLong(Long::longValue).toArray();
    ByteBuffer data =
        ByteBuffer.wrap(proto.getRawData().toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    return Tensor.of(data, ElementType.ofOnnxCode(proto.getDataType()), shape);
  }
}
