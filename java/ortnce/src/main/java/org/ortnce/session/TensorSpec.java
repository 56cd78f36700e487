package org.ortnce.session;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * What a model says of one of its inputs or outputs.
 *
 * @param name the name in the graph
 * @param elementType the element type
 * @param shape the dimensions; empty for a scalar. ONNX Runtime's Java API shows a value without a
 *     shape, which onnx.checker refuses in inputs and outputs, as a scalar too.
 */
public record TensorSpec(String name, ElementType elementType, List<DimensionSpec> shape) {
  /** Copies the shape. */
  public TensorSpec {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(elementType, "elementType");
    shape = List.copyOf(shape);
  }

  /** Whether a tensor has this type, this rank and the sizes of the fixed dimensions. */
  public boolean accepts(Tensor tensor) {
    long[] sizes = tensor.shape();
    boolean fits = tensor.elementType() == elementType && sizes.length == shape.size();
    for (int axis = 0; fits && axis < sizes.length; axis++) {
      fits = !shape.get(axis).isFixed() || shape.get(axis).size() == sizes[axis];
    }
    return fits;
  }

  /** Name, type and shape, such as {@code labels int64[batch, 1]}. */
  @Override
  public String toString() {
    return name
        + " "
        + elementType.onnxName()
        + shape.stream().map(DimensionSpec::toString).collect(Collectors.joining(", ", "[", "]"));
  }
}
