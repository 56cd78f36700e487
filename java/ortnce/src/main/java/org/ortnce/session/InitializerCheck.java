package org.ortnce.session;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ortnce.tensor.Tensor;

/**
 * Checks shared initializers against the model they are for. ONNX Runtime does not: it ignores an
 * unknown name and takes any type and shape. So this reads names, types and shapes of the model's
 * initializers off the wire format, skipping their data.
 */
final class InitializerCheck {
  private static final int MODEL_GRAPH = 7;
  private static final int GRAPH_INITIALIZER = 5;
  private static final int TENSOR_DIMS = 1;
  private static final int TENSOR_DATA_TYPE = 2;
  private static final int TENSOR_NAME = 8;

  private InitializerCheck() {}

  /**
   * Checks that each tensor has the type and shape of the initializer it replaces. A model that
   * cannot be read passes, for ONNX Runtime to refuse with its own message.
   *
   * @throws IllegalArgumentException naming the initializer, what was found and what is expected
   */
  static void check(CodedInputStream model, Map<String, Tensor> shared) {
    Map<String, Initializer> found = new LinkedHashMap<>();
    try {
      inMessage(
          model, MODEL_GRAPH, () -> inMessage(model, GRAPH_INITIALIZER, () -> read(model, found)));
    } catch (IOException e) {
      return;
    }
    shared.forEach((name, tensor) -> checkOne(name, tensor, found));
  }

  private static void checkOne(String name, Tensor tensor, Map<String, Initializer> found) {
    Initializer wanted = found.get(name);
    if (wanted == null) {
      throw new IllegalArgumentException(
          "the model has no initializer '" + name + "' to share; it has " + found.keySet());
    }
    if (wanted.dataType() != tensor.elementType().onnxCode()
        || !Arrays.equals(
            wanted.dims().stream().mapToLong(Long::longValue).toArray(), tensor.shape())) {
      throw new IllegalArgumentException(
          "shared initializer '"
              + name
              + "' is "
              + tensor
              + ", the model's has element type number "
              + wanted.dataType()
              + " and shape "
              + wanted.dims());
    }
  }

  private static void read(CodedInputStream in, Map<String, Initializer> found) throws IOException {
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
    found.put(name, new Initializer(dataType, List.copyOf(dims)));
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

  private record Initializer(int dataType, List<Long> dims) {}
}
