package org.ortnce.session;

import java.util.Map;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.TensorType;
import org.ortnce.tensor.Tensor;

/**
 * Checks shared initializers against the model they are for. ONNX Runtime does not: it ignores an
 * unknown name and takes any type and shape.
 */
final class InitializerCheck {
  private InitializerCheck() {}

  /**
   * Checks that each tensor has the type and shape of the initializer it replaces.
   *
   * @throws IllegalArgumentException naming the initializer, what was found and what is expected
   */
  static void check(Map<String, TensorType> found, Map<String, Tensor> shared) {
    shared.forEach((name, tensor) -> checkOne(name, tensor, found));
  }

  private static void checkOne(String name, Tensor tensor, Map<String, TensorType> found) {
    TensorType wanted = found.get(name);
    if (wanted == null) {
      throw new IllegalArgumentException(
          "the model has no initializer '" + name + "' to share; it has " + found.keySet());
    }
    if (!wanted.equals(new TensorType(tensor.elementType(), Shape.of(tensor.shape())))) {
      throw new IllegalArgumentException(
          "shared initializer '" + name + "' is " + tensor + ", the model's is " + wanted);
    }
  }
}
