package org.ortnce.onnx;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.ortnce.onnx.proto.AttributeProto;
import org.ortnce.onnx.proto.FunctionProto;
import org.ortnce.onnx.proto.GraphProto;
import org.ortnce.onnx.proto.ModelProto;
import org.ortnce.onnx.proto.NodeProto;
import org.ortnce.onnx.proto.OperatorSetIdProto;
import org.ortnce.onnx.proto.StringStringEntryProto;
import org.ortnce.onnx.proto.TensorProto;
import org.ortnce.onnx.proto.TensorShapeProto;
import org.ortnce.onnx.proto.TypeProto;
import org.ortnce.onnx.proto.ValueInfoProto;
import org.ortnce.tensor.ElementType;

/** From the types of the ONNX format to the summaries of this package; takes any parsed model. */
final class ModelReader {
  private ModelReader() {}

  /** The name of ONNX's own domain has two spellings; here it is always "". */
  static String domain(String written) {
    return written.equals("ai.onnx") ? "" : written;
  }

  static Map<String, Long> opsetImports(List<OperatorSetIdProto> imports) {
    Map<String, Long> versions = new TreeMap<>();
    imports.forEach(entry -> versions.put(domain(entry.getDomain()), entry.getVersion()));
    return versions;
  }

  static Map<String, String> metadata(ModelProto model) {
    Map<String, String> pairs = new TreeMap<>();
    for (StringStringEntryProto entry : model.getMetadataPropsList()) {
      pairs.put(entry.getKey(), entry.getValue());
    }
    return pairs;
  }

  static List<ValueInfo> valueInfos(List<ValueInfoProto> protos) {
    return protos.stream()
        .map(p -> new ValueInfo(p.getName(), tensorType(p.getType()), typeText(p.getType())))
        .toList();
  }

  static Optional<TensorType> tensorType(TypeProto type) {
    Optional<ElementType> element = elementType(type.getTensorType().getElemType());
    return type.hasTensorType()
        ? element.map(e -> new TensorType(e, shape(type.getTensorType())))
        : Optional.empty();
  }

  static Optional<ElementType> elementType(int code) {
    for (ElementType type : ElementType.values()) {
      if (type.onnxCode() == code) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  private static Shape shape(TypeProto.Tensor tensor) {
    if (!tensor.hasShape()) {
      return Shape.unknown();
    }
    List<Dim> dims = new ArrayList<>();
    for (TensorShapeProto.Dimension dim : tensor.getShape().getDimList()) {
      if (dim.hasDimValue() && dim.getDimValue() >= 0) {
        dims.add(Dim.of(dim.getDimValue()));
      } else {
        dims.add(dim.getDimParam().isEmpty() ? Dim.unknown() : Dim.of(dim.getDimParam()));
      }
    }
    return Shape.of(dims);
  }

  private static String typeText(TypeProto type) {
    return switch (type.getValueCase()) {
      case TENSOR_TYPE ->
          elementText(type.getTensorType().getElemType()) + shape(type.getTensorType());
      case SEQUENCE_TYPE -> "sequence(" + typeText(type.getSequenceType().getElemType()) + ")";
      case OPTIONAL_TYPE -> "optional(" + typeText(type.getOptionalType().getElemType()) + ")";
      case MAP_TYPE ->
          "map("
              + elementText(type.getMapType().getKeyType())
              + ", "
              + typeText(type.getMapType().getValueType())
              + ")";
      case SPARSE_TENSOR_TYPE -> "sparse " + elementText(type.getSparseTensorType().getElemType());
      case VALUE_NOT_SET -> "unknown";
    };
  }

  private static String elementText(int code) {
    return elementType(code).map(ElementType::onnxName).orElse("type " + code);
  }

  static List<InitializerInfo> initializers(GraphProto graph) {
    List<InitializerInfo> infos = new ArrayList<>();
    for (TensorProto tensor : graph.getInitializerList()) {
      infos.add(
          new InitializerInfo(
              tensor.getName(),
              elementText(tensor.getDataType()),
              tensor.getDimsList(),
              byteSize(tensor),
              tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL));
    }
    return infos;
  }

  /** What the shape needs; what is stored where the elements have no fixed size. */
  private static long byteSize(TensorProto tensor) {
    int element = elementType(tensor.getDataType()).map(ElementType::byteSize).orElse(0);
    if (element == 0) {
      return tensor.getSerializedSize();
    }
    long bytes = element;
    for (long dim : tensor.getDimsList()) {
      long high = Math.multiplyHigh(bytes, dim);
      bytes *= dim;
      if (dim < 0 || high != 0 || bytes < 0) {
        return -1;
      }
    }
    return bytes;
  }

  static List<NodeInfo> nodes(List<NodeProto> protos) {
    List<NodeInfo> nodes = new ArrayList<>(protos.size());
    for (NodeProto node : protos) {
      Map<String, Object> attributes = new LinkedHashMap<>();
      node.getAttributeList().forEach(a -> attributes.put(a.getName(), attribute(a)));
      nodes.add(
          new NodeInfo(
              node.getName(),
              node.getOpType(),
              domain(node.getDomain()),
              attributes,
              node.getInputList(),
              node.getOutputList()));
    }
    return nodes;
  }

  private static Object attribute(AttributeProto attribute) {
    if (!attribute.getRefAttrName().isEmpty()) {
      return "@" + attribute.getRefAttrName();
    }
    return switch (attribute.getType()) {
      case INT -> attribute.getI();
      case FLOAT -> attribute.getF();
      case STRING -> attribute.getS().toStringUtf8();
      case INTS -> List.copyOf(attribute.getIntsList());
      case FLOATS -> List.copyOf(attribute.getFloatsList());
      case STRINGS -> attribute.getStringsList().stream().map(ByteString::toStringUtf8).toList();
      case TENSOR -> elementText(attribute.getT().getDataType()) + attribute.getT().getDimsList();
      case GRAPH -> "graph of " + attribute.getG().getNodeCount() + " nodes";
      default -> attribute.getType().name();
    };
  }

  static List<FunctionInfo> functions(ModelProto model) {
    List<FunctionInfo> functions = new ArrayList<>();
    for (FunctionProto function : model.getFunctionsList()) {
      functions.add(
          new FunctionInfo(
              domain(function.getDomain()),
              function.getName(),
              function.getInputList(),
              function.getOutputList(),
              opsetImports(function.getOpsetImportList()),
              nodes(function.getNodeList())));
    }
    return functions;
  }
}
