package org.ortnce.onnx;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Optional;
import org.ortnce.onnx.proto.TensorProto;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;
import org.ortnce.tensor.TensorData;

/** The elements of a tensor of a model file: in the model, or in external data. */
final class StoredTensor implements TensorData {
  private final TensorProto proto;
  private final ElementType elementType;
  private final ExternalRegion region;

  private StoredTensor(TensorProto proto, ElementType elementType, ExternalRegion region) {
    this.proto = proto;
    this.elementType = elementType;
    this.region = region;
  }

  /**
   * The elements of {@code tensor}.
   *
   * @param directory of the model; null if it has none
   * @throws IOException if the tensor is not sound, or its external data is not
   */
  static StoredTensor of(TensorProto tensor, Path directory) throws IOException {
    Problems problems = new Problems();
    TensorChecker.check("tensor '" + tensor.getName() + "'", tensor, problems);
    if (!problems.found().isEmpty()) {
      throw new IOException(String.join("; ", problems.found()));
    }
    Optional<ElementType> type = ModelReader.elementType(tensor.getDataType());
    if (type.isEmpty() || type.get() == ElementType.STRING) {
      throw new IOException(
          "tensor '"
              + tensor.getName()
              + "' has data_type "
              + tensor.getDataType()
              + ", which cannot be read");
    }
    ExternalTensor external = ExternalTensor.of(tensor);
    ExternalRegion region =
        external.isExternal() ? ExternalDataFiles.region(external, directory) : null;
    return new StoredTensor(tensor, type.get(), region);
  }

  @Override
  public ElementType elementType() {
    return elementType;
  }

  @Override
  public long[] shape() {
    return proto.getDimsList().stream().mapToLong(Long::longValue).toArray();
  }

  @Override
  public void writeLittleEndian(OutputStream out) throws IOException {
    if (region != null) {
      region.writeTo(out);
    } else {
      raw(proto).writeTo(out);
    }
  }

  @Override
  public Tensor toTensor() throws IOException {
    boolean mappable =
        region != null
            && region.length() <= Integer.MAX_VALUE
            && region.offset() % elementType.byteSize() == 0;
    return mappable ? Tensor.of(region.map(), elementType, shape()) : TensorData.super.toTensor();
  }

  /** Type and shape. */
  @Override
  public String toString() {
    return elementType.onnxName() + proto.getDimsList();
  }

  /** The elements of a tensor that has them in the model, as the bytes of raw_data. */
  static ByteString raw(TensorProto tensor) {
    if (tensor.hasRawData()) {
      return tensor.getRawData();
    }
    int size = Math.toIntExact(TensorChecker.byteSize(tensor.getDataType(), tensor.getDimsList()));
    ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    tensor.getFloatDataList().forEach(bytes::putFloat);
    tensor.getDoubleDataList().forEach(bytes::putDouble);
    tensor.getInt64DataList().forEach(bytes::putLong);
    int wide = tensor.getUint64DataCount() == 0 ? 0 : size / tensor.getUint64DataCount();
    tensor.getUint64DataList().forEach(value -> put(bytes, value, wide));
    int narrow = tensor.getInt32DataCount() == 0 ? 0 : size / tensor.getInt32DataCount();
    // Elements of less than a byte share one: as many as in raw_data.
    tensor.getInt32DataList().forEach(value -> put(bytes, value, narrow));
    return ByteString.copyFrom(bytes.flip());
  }

  private static void put(ByteBuffer bytes, long value, int size) {
    switch (size) {
      case 1 -> bytes.put((byte) value);
      case 2 -> bytes.putShort((short) value);
      case 4 -> bytes.putInt((int) value);
      default -> bytes.putLong(value);
    }
  }
}
