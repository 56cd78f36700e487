package org.ortnce.training;

/**
 * Standard normal numbers by Marsaglia's polar method; StrictMath, so that a seed gives the same
 * bits on every machine.
 */
final class NormalNumbers {
  private final SplitMix64 random;
  private double spare;
  private boolean hasSpare;

  NormalNumbers(long seed) {
    this.random = new SplitMix64(seed);
  }

  double next() {
    if (hasSpare) {
      hasSpare = false;
      return spare;
    }
    double x;
    double y;
    double square;
    do {
      x = 2 * random.nextDouble() - 1;
      y = 2 * random.nextDouble() - 1;
      square = x * x + y * y;
    } while (square >= 1 || square == 0);
    double scale = StrictMath.sqrt(-2 * StrictMath.log(square) / square);
    spare = y * scale;
    hasSpare = true;
    return x * scale;
  }

  /** Within two standard deviations: numbers outside are drawn again. */
  double nextTruncated() {
    double value;
    do {
      value = next();
    } while (Math.abs(value) > 2);
    return value;
  }
}
