package org.ortnce.onnx;

import java.util.Objects;
import org.ortnce.tensor.ElementType;

/**
 * The type of a {@link Value}.
 *
 * @param elementType what the tensor is made of
 * @param shape what is known of its shape
 */
public record TensorType(ElementType elementType, Shape shape) {
  /** Checks that neither part is null. */
  public TensorType {
    Objects.requireNonNull(elementType, "elementType");
    Objects.requireNonNull(shape, "shape");
  }

  /** Such as {@code float[batch, 128]}. */
  @Override
  public String toString() {
    return elementType.onnxName() + shape;
  }
}
