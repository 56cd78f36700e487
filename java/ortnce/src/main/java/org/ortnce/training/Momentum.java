package org.ortnce.training;

import java.util.List;

/**
 * m = momentum * m - learning_rate * g; w += m, or with nesterov momentum * m - learning_rate * g.
 */
final class Momentum extends Optimizer {
  private final double momentum;
  private final boolean nesterov;

  Momentum(double momentum, boolean nesterov) {
    this.momentum = momentum;
    this.nesterov = nesterov;
  }

  @Override
  public List<String> slotNames() {
    return List.of("momentum");
  }

  @Override
  float initialValue(int slot) {
    return 0;
  }

  @Override
  String rule() {
    return nesterov ? "nesterov" : "momentum";
  }

  @Override
  float[] coefficients(double learningRate, long step) {
    return new float[] {(float) learningRate, (float) momentum};
  }

  @Override
  void update(float[] values, float[] gradient, float[][] slots, int count, float[] coefficients) {
    float rate = coefficients[0];
    float decay = coefficients[1];
    float[] m = slots[0];
    if (nesterov) {
      for (int i = 0; i < count; i++) {
        float change = gradient[i] * rate;
        m[i] = m[i] * decay - change;
        values[i] += m[i] * decay - change;
      }
    } else {
      for (int i = 0; i < count; i++) {
        m[i] = m[i] * decay - gradient[i] * rate;
        values[i] += m[i];
      }
    }
  }

  @Override
  public String toString() {
    return "momentum(momentum=" + momentum + ", nesterov=" + nesterov + ")";
  }
}
