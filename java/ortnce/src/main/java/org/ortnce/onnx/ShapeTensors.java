package org.ortnce.onnx;

import java.util.HashSet;
import java.util.Set;
import org.ortnce.onnx.proto.GraphProto;
import org.ortnce.onnx.proto.TensorProto;
import org.ortnce.tensor.ElementType;

/**
 * The initializers whose values decide on shapes: sizes, axes, indices, scales. ONNX's shape
 * inference reads them from the model itself, and fails where it finds external data.
 */
final class ShapeTensors {
  /** More than any shape, axes or sizes of parts have. */
  private static final int MAX_ELEMENTS = 64;

  private final Set<String> readByResize = new HashSet<>();

  ShapeTensors(GraphProto graph) {
    graph
        .getNodeList()
        .forEach(
            outer ->
                Subgraphs.visit(
                    outer,
                    (node, tensor) -> {
                      if (Set.of("Resize", "Upsample").contains(node.getOpType())) {
                        readByResize.addAll(node.getInputList());
                      }
                    }));
  }

  boolean contains(TensorProto tensor) {
    boolean small =
        tensor.getDimsCount() == 0
            || (tensor.getDimsCount() == 1 && tensor.getDims(0) <= MAX_ELEMENTS);
    boolean integers =
        tensor.getDataType() == ElementType.INT64.onnxCode()
            || tensor.getDataType() == ElementType.INT32.onnxCode();
    return small && (integers || readByResize.contains(tensor.getName()));
  }
}
