package org.ortnce.attach;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.ortnce.onnx.proto.AttributeProto;
import org.ortnce.onnx.proto.AttributeProto.AttributeType;
import org.ortnce.onnx.proto.GraphProto;
import org.ortnce.onnx.proto.NodeProto;
import org.ortnce.onnx.proto.TensorProto;
import org.ortnce.onnx.proto.TensorShapeProto;
import org.ortnce.onnx.proto.TypeProto;
import org.ortnce.onnx.proto.ValueInfoProto;
import org.ortnce.tensor.ElementType;

/** The nodes and initializers of one graph, of the outermost or a subgraph, as they are made. */
public final class GraphParts {
  public static final int FLOAT = ElementType.FLOAT.onnxCode();
  static final int INT64 = ElementType.INT64.onnxCode();
  static final int BOOL = ElementType.BOOL.onnxCode();

  final List<NodeProto> nodes = new ArrayList<>();
  final List<TensorProto> initializers = new ArrayList<>();
  private final Random random;
  private final OddNames names;

  GraphParts(Random random, OddNames names) {
    this.random = random;
    this.names = names;
  }

  /** Adds a node of one output, and gives its name. */
  String node(String op, List<String> inputs, AttributeProto... attributes) {
    return nodes(op, 1, inputs, attributes).get(0);
  }

  List<String> nodes(String op, int outputs, List<String> inputs, AttributeProto... attributes) {
    List<String> made = new ArrayList<>();
    for (int i = 0; i < outputs; i++) {
      made.add(names.next());
    }
    NodeProto.Builder node = NodeProto.newBuilder().setOpType(op).setName(names.node());
    if (op.startsWith("Local")) {
      node.setDomain(RandomEncoder.DOMAIN);
    }
    nodes.add(
        node.addAllInput(inputs).addAllOutput(made).addAllAttribute(List.of(attributes)).build());
    return made;
  }

  /** Weights of size 1 / sqrt(rows): they keep values of size 1 at that. */
  String weights(long... dims) {
    float[] values = new float[(int) product(dims)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextGaussian() / Math.sqrt((double) dims[0]));
    }
    return floats(values, dims);
  }

  String floats(float[] values, long... dims) {
    String name = names.next();
    initializers.add(tensor(values, dims).toBuilder().setName(name).build());
    return name;
  }

  /** A vector, as an initializer or the output of a node. */
  String integers(long... values) {
    TensorProto tensor = tensor(values, values.length);
    if (random.nextBoolean()) {
      return node("Constant", List.of(), attribute("value", tensor));
    }
    String name = names.next();
    initializers.add(tensor.toBuilder().setName(name).build());
    return name;
  }

  String scalar(int type, long value) {
    String name = names.next();
    ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, value);
    initializers.add(
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(type)
            .setRawData(ByteString.copyFrom(bytes.array(), 0, type == BOOL ? 1 : 8))
            .build());
    return name;
  }

  GraphProto toSubgraph(List<ValueInfoProto> inputs, List<ValueInfoProto> outputs) {
    return GraphProto.newBuilder()
        .setName(names.node() + "g")
        .addAllNode(nodes)
        .addAllInitializer(initializers)
        .addAllInput(inputs)
        .addAllOutput(outputs)
        .build();
  }

  public static TensorProto tensor(float[] values, long... dims) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return tensor(FLOAT, bytes, dims);
  }

  public static TensorProto tensor(long[] values, long... dims) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    return tensor(INT64, bytes, dims);
  }

  private static TensorProto tensor(int type, ByteBuffer bytes, long... dims) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setDataType(type).setRawData(ByteString.copyFrom(bytes));
    for (long dim : dims) {
      tensor.addDims(dim);
    }
    return tensor.build();
  }

  private static long product(long... dims) {
    long product = 1;
    for (long dim : dims) {
      product *= dim;
    }
    return product;
  }

  /** A type; negative dims are the symbol n. */
  public static ValueInfoProto info(String name, int type, long... dims) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long dim : dims) {
      if (dim < 0) {
        shape.addDimBuilder().setDimParam("n");
      } else {
        shape.addDimBuilder().setDimValue(dim);
      }
    }
    TypeProto.Tensor tensor =
        TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape).build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }

  public static AttributeProto attribute(String name, long value) {
    return typed(name, AttributeType.INT).setI(value).build();
  }

  public static AttributeProto attribute(String name, float value) {
    return typed(name, AttributeType.FLOAT).setF(value).build();
  }

  public static AttributeProto attribute(String name, String value) {
    return typed(name, AttributeType.STRING).setS(ByteString.copyFromUtf8(value)).build();
  }

  public static AttributeProto attribute(String name, List<Long> values) {
    return typed(name, AttributeType.INTS).addAllInts(values).build();
  }

  public static AttributeProto floatsAttribute(String name, List<Float> values) {
    return typed(name, AttributeType.FLOATS).addAllFloats(values).build();
  }

  public static AttributeProto attribute(String name, TensorProto value) {
    return typed(name, AttributeType.TENSOR).setT(value).build();
  }

  public static AttributeProto attribute(String name, GraphProto value) {
    return typed(name, AttributeType.GRAPH).setG(value).build();
  }

  private static AttributeProto.Builder typed(String name, AttributeType type) {
    return AttributeProto.newBuilder().setName(name).setType(type);
  }
}
