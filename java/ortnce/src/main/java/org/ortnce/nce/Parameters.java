package org.ortnce.nce;

import java.util.LinkedHashMap;
import java.util.Map;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** The trained tensors of one model by name: given to each run, or stored in the model. */
final class Parameters {
  private final Map<String, Value> values = new LinkedHashMap<>();
  private final boolean stored;

  private Parameters(boolean stored) {
    this.stored = stored;
  }

  /** Graph inputs. */
  static Parameters asInputs(Map<String, Shape> shapes) {
    Parameters parameters = new Parameters(false);
    shapes.forEach(
        (name, shape) -> parameters.values.put(name, Value.input(ElementType.FLOAT, shape)));
    return parameters;
  }

  /**
   * Initializers. Those of the output layer may be float16 or bfloat16.
   *
   * @throws IllegalArgumentException if a tensor is missing, unknown, or of another type or shape
   */
  static Parameters stored(Map<String, Shape> shapes, Map<String, Tensor> tensors) {
    if (!tensors.keySet().equals(shapes.keySet())) {
      throw new IllegalArgumentException(
          "parameters must be " + shapes.keySet() + ", got " + tensors.keySet());
    }
    Parameters parameters = new Parameters(true);
    shapes.forEach(
        (name, shape) -> {
          Value value = Value.initializer(tensors.get(name));
          boolean fits =
              ofOutputLayer(name)
                  ? value.elementType().widensToFloat()
                  : value.elementType() == ElementType.FLOAT;
          if (!fits || !value.shape().equals(shape)) {
            throw new IllegalArgumentException(
                "parameter '"
                    + name
                    + "' must be float"
                    + (ofOutputLayer(name) ? ", float16 or bfloat16 " : "")
                    + shape
                    + ", got "
                    + value);
          }
          parameters.values.put(name, value);
        });
    return parameters;
  }

  private static boolean ofOutputLayer(String name) {
    return name.equals(GraphNames.BIASES) || name.matches(GraphNames.WEIGHTS + "(_[0-9]+)?");
  }

  boolean areStored() {
    return stored;
  }

  Value get(String name) {
    return values.get(name);
  }

  /** All of them, in the order of their shapes. */
  Value[] all() {
    return values.values().toArray(Value[]::new);
  }

  /** Gives a parameter its name in a model. */
  Value in(ModelBuilder model, String name) {
    Value value = values.get(name);
    if (stored) {
      model.initializer(name, value);
    } else {
      model.input(name, value);
    }
    return value;
  }
}
