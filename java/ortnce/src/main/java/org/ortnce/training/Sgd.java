package org.ortnce.training;

import java.util.List;

/** w -= learning_rate * g. */
final class Sgd extends Optimizer {
  @Override
  public List<String> slotNames() {
    return List.of();
  }

  @Override
  float initialValue(int slot) {
    throw new IndexOutOfBoundsException(slot);
  }

  @Override
  String rule() {
    return "sgd";
  }

  @Override
  float[] coefficients(double learningRate, long step) {
    return new float[] {(float) learningRate};
  }

  @Override
  void update(float[] values, float[] gradient, float[][] slots, int count, float[] coefficients) {
    float rate = coefficients[0];
    for (int i = 0; i < count; i++) {
      values[i] -= gradient[i] * rate;
    }
  }

  @Override
  public String toString() {
    return "sgd()";
  }
}
