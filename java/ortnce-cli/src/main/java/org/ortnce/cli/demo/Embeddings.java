package org.ortnce.cli.demo;

import java.util.Random;
import org.ortnce.tensor.Tensor;

/** Makes tensors of normally distributed numbers that depend on a seed only. */
final class Embeddings {
  private Embeddings() {}

  /**
   * A [rows, dim] table of independent N(0, deviation^2) numbers.
   *
   * @throws IllegalArgumentException if the table has more elements than a Java array
   */
  static Tensor normal(int rows, int dim, double deviation, long seed) {
    long size = (long) rows * dim;
    if (size > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          rows + " rows of " + dim + " numbers are more than a Java array holds");
    }
    Random random = new Random(seed);
    float[] table = new float[(int) size];
    for (int i = 0; i < table.length; i++) {
      table[i] = (float) (deviation * random.nextGaussian());
    }
    return Tensor.of(table, rows, dim);
  }
}
