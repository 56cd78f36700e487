package org.ortnce.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ortnce.tensor.ElementType;

/** Reads the types of a model's initializers off the wire format, skipping their data. */
public final class InitializerTypes {
  private static final int MODEL_GRAPH = 7;
  private static final int GRAPH_INITIALIZER = 5;
  private static final int TENSOR_DIMS = 1;
  private static final int TENSOR_DATA_TYPE = 2;
  private static final int TENSOR_NAME = 8;

  private InitializerTypes() {}

  /**
   * The types of the initializers of a serialized model, by name, in its order.
   *
   * @throws IOException if the stream cannot be read or is no model
   */
  public static Map<String, TensorType> read(InputStream model) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(model);
    Map<String, TensorType> found = new LinkedHashMap<>();
    try {
      inMessage(in, MODEL_GRAPH, () -> inMessage(in, GRAPH_INITIALIZER, () -> readType(in, found)));
    } catch (IllegalArgumentException e) {
      throw new IOException("the stream is no ONNX model: " + e.getMessage(), e);
    }
    return found;
  }

  private static void readType(CodedInputStream in, Map<String, TensorType> found)
      throws IOException {
    List<Long> dims = new ArrayList<>();
    int dataType = 0;
    String name = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int field = WireFormat.getTagFieldNumber(tag);
      boolean packed = WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
      if (field == TENSOR_DIMS && packed) {
        int outer = in.pushLimit(in.readRawVarint32());
        while (!in.isAtEnd()) {
          dims.add(in.readInt64());
        }
        in.popLimit(outer);
      } else if (field == TENSOR_DIMS) {
        dims.add(in.readInt64());
      } else if (field == TENSOR_DATA_TYPE) {
        dataType = in.readInt32();
      } else if (field == TENSOR_NAME) {
        name = in.readString();
      } else {
        in.skipField(tag);
      }
    }
    Shape shape = Shape.of(dims.stream().mapToLong(Long::longValue).toArray());
    found.put(name, new TensorType(ElementType.ofOnnxCode(dataType), shape));
  }

  /** Goes through the fields of a message, hands the messages in {@code field} to {@code body}. */
  private static void inMessage(CodedInputStream in, int field, Body body) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (WireFormat.getTagFieldNumber(tag) == field
          && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
        int outer = in.pushLimit(in.readRawVarint32());
        body.read();
        in.popLimit(outer);
      } else {
        in.skipField(tag);
      }
    }
  }

  /** Reads one message, whose end is the current limit. */
  @FunctionalInterface
  private interface Body {
    void read() throws IOException;
  }
}
