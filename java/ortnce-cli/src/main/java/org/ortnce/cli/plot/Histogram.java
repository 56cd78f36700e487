package org.ortnce.cli.plot;

/** How many values fall into each of some 50 bins whose edges are round numbers. */
final class Histogram {
  private static final int BINS = 50;

  private final double[] edges;
  private final double[] counts;

  private Histogram(double[] edges, double[] counts) {
    this.edges = edges;
    this.counts = counts;
  }

  /** Of the finite values; without any it has no bin. */
  static Histogram of(float[] values) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (float value : values) {
      if (Float.isFinite(value)) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    if (low > high) {
      return new Histogram(new double[0], new double[0]);
    }
    double width = roundedUp(Math.max(high - low, 1e-6) / BINS);
    double first = Math.floor(low / width);
    int bins = (int) (Math.floor(high / width) - first) + 1;
    double[] counts = new double[bins];
    for (float value : values) {
      if (Float.isFinite(value)) {
        counts[(int) (Math.floor(value / width) - first)]++;
      }
    }
    double[] edges = new double[bins];
    for (int i = 0; i < bins; i++) {
      edges[i] = (first + i) * width;
    }
    return new Histogram(edges, counts);
  }

  /** The least of 1, 2 or 5 times a power of ten that is not below {@code width}. */
  static double roundedUp(double width) {
    double power = Math.pow(10, Math.floor(Math.log10(width)));
    for (double factor : new double[] {1, 2, 5}) {
      if (factor * power >= width) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  boolean isEmpty() {
    return edges.length == 0;
  }

  /** The lower edge of each bin, ascending. */
  double[] edges() {
    return edges;
  }

  double[] counts() {
    return counts;
  }
}
