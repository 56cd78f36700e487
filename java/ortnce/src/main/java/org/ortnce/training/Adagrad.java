package org.ortnce.training;

import java.util.List;

/** accumulator += g^2; w -= learning_rate * g / sqrt(accumulator + epsilon). */
final class Adagrad extends Optimizer {
  private final double initialAccumulatorValue;
  private final double epsilon;

  Adagrad(double initialAccumulatorValue, double epsilon) {
    this.initialAccumulatorValue = initialAccumulatorValue;
    this.epsilon = epsilon;
  }

  @Override
  public List<String> slotNames() {
    return List.of("accumulator");
  }

  @Override
  float initialValue(int slot) {
    return (float) initialAccumulatorValue;
  }

  @Override
  String rule() {
    return "adagrad";
  }

  @Override
  float[] coefficients(double learningRate, long step) {
    return new float[] {(float) learningRate, (float) epsilon};
  }

  @Override
  void update(float[] values, float[] gradient, float[][] slots, int count, float[] coefficients) {
    float rate = coefficients[0];
    float small = coefficients[1];
    float[] accumulator = slots[0];
    for (int i = 0; i < count; i++) {
      float g = gradient[i];
      accumulator[i] += g * g;
      values[i] -= rate * g / (float) Math.sqrt(accumulator[i] + small);
    }
  }

  @Override
  public String toString() {
    return "adagrad(initial_accumulator_value="
        + initialAccumulatorValue
        + ", epsilon="
        + epsilon
        + ")";
  }
}
