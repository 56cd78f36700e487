package org.ortnce.onnx;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.LongStream;
import org.ortnce.onnx.proto.AttributeProto;
import org.ortnce.onnx.proto.AttributeProto.AttributeType;
import org.ortnce.onnx.proto.TensorProto;
import org.ortnce.onnx.proto.TensorShapeProto;
import org.ortnce.onnx.proto.TypeProto;
import org.ortnce.onnx.proto.ValueInfoProto;
import org.ortnce.tensor.Tensor;
import org.ortnce.tensor.TensorData;

/** From the types of this package to those of the ONNX format. */
final class Protos {
  private Protos() {}

  static AttributeProto attribute(String name, long value) {
    return named(name, AttributeType.INT).setI(value).build();
  }

  static AttributeProto attribute(String name, float value) {
    return named(name, AttributeType.FLOAT).setF(value).build();
  }

  static AttributeProto attribute(String name, String value) {
    return named(name, AttributeType.STRING).setS(ByteString.copyFromUtf8(value)).build();
  }

  static AttributeProto attribute(String name, long[] values) {
    return named(name, AttributeType.INTS)
        .addAllInts(LongStream.of(values).boxed().toList())
        .build();
  }

  static AttributeProto attribute(String name, float[] values) {
    AttributeProto.Builder builder = named(name, AttributeType.FLOATS);
    for (float value : values) {
      builder.addFloats(value);
    }
    return builder.build();
  }

  static AttributeProto attribute(String name, List<String> values) {
    return named(name, AttributeType.STRINGS)
        .addAllStrings(values.stream().map(ByteString::copyFromUtf8).toList())
        .build();
  }

  static AttributeProto attribute(String name, Tensor value) {
    ByteString.Output bytes = ByteString.newOutput();
    try {
      value.writeLittleEndian(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write to memory", e);
    }
    TensorProto data = header(value).setRawData(bytes.toByteString()).build();
    return named(name, AttributeType.TENSOR).setT(data).build();
  }

  private static AttributeProto.Builder named(String name, AttributeType type) {
    return AttributeProto.newBuilder().setName(name == null ? "" : name).setType(type);
  }

  /** An initializer without its data, which {@link ModelWriter} adds. */
  static TensorProto initializer(String name, TensorData value) {
    return header(value).setName(name).build();
  }

  private static TensorProto.Builder header(TensorData value) {
    return TensorProto.newBuilder()
        .addAllDims(LongStream.of(value.shape()).boxed().toList())
        .setDataType(value.elementType().onnxCode());
  }

  static ValueInfoProto valueInfo(String name, TensorType type) {
    TypeProto.Tensor.Builder tensor =
        TypeProto.Tensor.newBuilder().setElemType(type.elementType().onnxCode());
    if (type.shape().hasRank()) {
      TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
      for (Dim dim : type.shape().dims()) {
        TensorShapeProto.Dimension.Builder proto = shape.addDimBuilder();
        if (dim.isFixed()) {
          proto.setDimValue(dim.size());
        } else if (dim.isSymbolic()) {
          proto.setDimParam(dim.symbol());
        }
      }
      tensor.setShape(shape);
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }
}
