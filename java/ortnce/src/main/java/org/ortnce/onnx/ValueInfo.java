package org.ortnce.onnx;

import java.util.Optional;

/**
 * A named value of a model.
 *
 * @param name its name
 * @param tensorType its type; empty if it is no tensor, or of a kind of elements not known here
 * @param typeText its type as text, such as {@code float[batch, 128]}
 */
public record ValueInfo(String name, Optional<TensorType> tensorType, String typeText) {
  /** Name and type. */
  @Override
  public String toString() {
    return name + " " + typeText;
  }
}
