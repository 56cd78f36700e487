package org.ortnce.training;

import java.util.List;

/**
 * With t = step + 1: alpha = learning_rate * sqrt(1 - beta_2^t) / (1 - beta_1^t); m += (g - m) (1 -
 * beta_1); v += (g^2 - v) (1 - beta_2); w -= m * alpha / (sqrt(v) + epsilon).
 */
final class Adam extends Optimizer {
  private final double beta1;
  private final double beta2;
  private final double epsilon;

  Adam(double beta1, double beta2, double epsilon) {
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
  }

  @Override
  public List<String> slotNames() {
    return List.of("momentum", "velocity");
  }

  @Override
  float initialValue(int slot) {
    return 0;
  }

  @Override
  String rule() {
    return "adam";
  }

  /** alpha first. In float, 1 - beta_2^t would lose four of seven digits in the first steps. */
  @Override
  float[] coefficients(double learningRate, long step) {
    double power1 = StrictMath.pow(beta1, step + 1.0);
    double power2 = StrictMath.pow(beta2, step + 1.0);
    double alpha = learningRate * Math.sqrt(1 - power2) / (1 - power1);
    return new float[] {(float) alpha, (float) (1 - beta1), (float) (1 - beta2), (float) epsilon};
  }

  @Override
  void update(float[] values, float[] gradient, float[][] slots, int count, float[] coefficients) {
    float alpha = coefficients[0];
    float rest1 = coefficients[1];
    float rest2 = coefficients[2];
    float small = coefficients[3];
    float[] m = slots[0];
    float[] v = slots[1];
    for (int i = 0; i < count; i++) {
      float g = gradient[i];
      m[i] += (g - m[i]) * rest1;
      v[i] += (g * g - v[i]) * rest2;
      values[i] -= m[i] * alpha / ((float) Math.sqrt(v[i]) + small);
    }
  }

  @Override
  public String toString() {
    return "adam(beta_1=" + beta1 + ", beta_2=" + beta2 + ", epsilon=" + epsilon + ")";
  }
}
