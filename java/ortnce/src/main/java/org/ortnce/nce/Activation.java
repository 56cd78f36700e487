package org.ortnce.nce;

import org.ortnce.onnx.Ops;
import org.ortnce.onnx.Value;

/** What a dense layer does to its sums; the names of {@code tf.keras.activations}. */
public enum Activation {
  /** x. */
  LINEAR,

  /** max(x, 0). */
  RELU,

  /** tanh(x). */
  TANH,

  /** 1 / (1 + exp(-x)). */
  SIGMOID;

  Value of(Value x) {
    return switch (this) {
      case LINEAR -> x;
      case RELU -> Ops.relu(x);
      case TANH -> Ops.tanh(x);
      case SIGMOID -> Ops.sigmoid(x);
    };
  }
}
