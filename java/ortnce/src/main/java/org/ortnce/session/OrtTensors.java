package org.ortnce.session;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** Conversions between our tensors and ONNX Runtime's. */
final class OrtTensors {
  /** ONNX Runtime's Java API takes no larger buffers: 8 elements below 2 GiB. */
  private static final int SPARE_ELEMENTS = 8;

  private OrtTensors() {}

  /**
   * The description of an input or output.
   *
   * @throws IllegalArgumentException if it is no tensor of a type we know
   */
  static TensorSpec spec(NodeInfo node) {
    if (!(node.getInfo() instanceof TensorInfo info)) {
      throw new IllegalArgumentException(
          "the model's value '" + node.getName() + "' is no tensor: " + node.getInfo());
    }
    List<DimensionSpec> dims = new ArrayList<>();
    long[] shape = info.getShape();
    String[] symbols = info.getDimensionNames();
    for (int i = 0; i < shape.length; i++) {
      dims.add(new DimensionSpec(Math.max(-1, shape[i]), i < symbols.length ? symbols[i] : ""));
    }
    return new TensorSpec(node.getName(), elementType(node.getName(), info), dims);
  }

  /**
   * Wraps a tensor for a native call: in place if it is direct, copied if it is on the heap. The
   * caller closes the result.
   *
   * @param name what to call the tensor in messages
   * @throws IllegalArgumentException if ONNX Runtime's Java API cannot take it
   */
  static OnnxTensor toOnnx(OrtEnvironment environment, String name, Tensor tensor)
      throws OrtException {
    ElementType type = tensor.elementType();
    checkSize(name, type, tensor.shape());
    long[] shape = tensor.shape();
    return switch (type) {
      case FLOAT -> OnnxTensor.createTensor(environment, tensor.floats(), shape);
      case DOUBLE -> OnnxTensor.createTensor(environment, tensor.doubles(), shape);
      case INT64 -> OnnxTensor.createTensor(environment, tensor.longs(), shape);
      case INT32 -> OnnxTensor.createTensor(environment, tensor.ints(), shape);
      case INT16, FLOAT16, BFLOAT16 ->
          OnnxTensor.createTensor(
              environment,
              tensor.rawBytes().asShortBuffer(),
              shape,
              OnnxJavaType.valueOf(type.name()));
      case INT8, UINT8, BOOL ->
          OnnxTensor.createTensor(
              environment, tensor.rawBytes(), shape, OnnxJavaType.valueOf(type.name()));
      case UINT16, UINT32, UINT64, STRING ->
          throw new IllegalArgumentException(
              "'"
                  + name
                  + "' is "
                  + type.onnxName()
                  + ": ONNX Runtime's Java API cannot make tensors of that type from a buffer");
    };
  }

  /** Copies a result into memory of its own, which outlives result and session. */
  static Tensor copyOf(String name, OnnxValue value) {
    if (!(value instanceof OnnxTensor tensor)) {
      throw new IllegalStateException("output '" + name + "' is no tensor: " + value.getType());
    }
    TensorInfo info = tensor.getInfo();
    ElementType type = elementType(name, info);
    long[] shape = info.getShape();
    checkSize(name, type, shape);
    if (Tensor.elementCount(shape) == 0) {
      // An empty native tensor may have no address to make a buffer of.
      return Tensor.of(ByteBuffer.allocate(0).order(java.nio.ByteOrder.nativeOrder()), type, shape);
    }
    return switch (type) {
      case FLOAT -> Tensor.of(tensor.getFloatBuffer(), shape);
      case DOUBLE -> Tensor.of(tensor.getDoubleBuffer(), shape);
      case INT64 -> Tensor.of(tensor.getLongBuffer(), shape);
      case INT32 -> Tensor.of(tensor.getIntBuffer(), shape);
      default -> Tensor.of(tensor.getByteBuffer(), type, shape);
    };
  }

  /**
   * Checks that a tensor fits one Java buffer.
   *
   * @throws IllegalArgumentException naming the tensor, its bytes and the ways out
   */
  static void checkSize(String name, ElementType type, long[] shape) {
    int most = mostElements(type);
    long elements = Tensor.elementCount(shape);
    if (elements > most) {
      throw new IllegalArgumentException(
          "'"
              + name
              + "' has "
              + elements
              + " "
              + type.onnxName()
              + " elements, ONNX Runtime's Java API takes at most "
              + most
              + " in one tensor (2 GiB): use smaller batches, partitions, or an initializer in an"
              + " external data file");
    }
  }

  /** The most elements of one tensor. */
  static int mostElements(ElementType type) {
    return Integer.MAX_VALUE / Math.max(1, type.byteSize()) - SPARE_ELEMENTS;
  }

  private static ElementType elementType(String name, TensorInfo info) {
    return switch (info.onnxType) {
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT -> ElementType.FLOAT;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE -> ElementType.DOUBLE;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16 -> ElementType.FLOAT16;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16 -> ElementType.BFLOAT16;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8 -> ElementType.INT8;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16 -> ElementType.INT16;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32 -> ElementType.INT32;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64 -> ElementType.INT64;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8 -> ElementType.UINT8;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16 -> ElementType.UINT16;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32 -> ElementType.UINT32;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64 -> ElementType.UINT64;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL -> ElementType.BOOL;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING -> ElementType.STRING;
      default ->
          throw new IllegalArgumentException(
              "the model's value '" + name + "' has unsupported element type " + info.onnxType);
    };
  }
}
