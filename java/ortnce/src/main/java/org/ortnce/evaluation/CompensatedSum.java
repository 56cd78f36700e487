package org.ortnce.evaluation;

/** A sum that keeps what additions round away (Neumaier, ZAMM 54, 1974). */
final class CompensatedSum {
  private double sum;
  private double lost;

  void add(double x) {
    double next = sum + x;
    if (Double.isFinite(next)) {
      lost += Math.abs(sum) >= Math.abs(x) ? (sum - next) + x : (x - next) + sum;
    }
    sum = next;
  }

  double value() {
    return Double.isFinite(sum) ? sum + lost : sum;
  }
}
