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
  float rate(double learningRate, long step) {
    return (float) learningRate;
  }

  @Override
  void update(float[] values, float[] gradient, float[][] slots, int count, float rate) {
    for (int i = 0; i < count; i++) {
      values[i] -= gradient[i] * rate;
    }
  }

  @Override
  public String toString() {
    return "sgd()";
  }
}
