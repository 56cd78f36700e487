package org.ortnce.training;

/**
 * The SplitMix64 generator (Steele, Lea and Flood, 2014): the same numbers for a seed on every Java
 * runtime, which {@code java.util.random} promises for no algorithm that each runtime must have.
 */
final class SplitMix64 {
  private static final long GAMMA = 0x9E3779B97F4A7C15L;
  private static final double UNIT = 0x1p-53;

  private long state;

  SplitMix64(long seed) {
    this.state = seed;
  }

  /** The generator of a stream named by several numbers, such as (seed, epoch). */
  static SplitMix64 of(long... key) {
    long seed = 0;
    for (long part : key) {
      seed = mix(seed + GAMMA) ^ part;
    }
    return new SplitMix64(mix(seed + GAMMA));
  }

  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** 64 random bits. */
  long next() {
    state += GAMMA;
    return mix(state);
  }

  /** Uniform over [0, 1), a multiple of 2^-53. */
  double nextDouble() {
    return (next() >>> 11) * UNIT;
  }

  /**
   * Uniform over [0, bound), without bias (Lemire, 2019): products in the short range are redrawn.
   */
  int nextInt(int bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("bound is " + bound + ", expected a positive number");
    }
    long product = (next() >>> 32) * bound;
    if ((product & 0xFFFFFFFFL) < bound) {
      long threshold = (1L << 32) % bound;
      while ((product & 0xFFFFFFFFL) < threshold) {
        product = (next() >>> 32) * bound;
      }
    }
    return (int) (product >>> 32);
  }

  /**
   * Fisher and Yates's shuffle: every order is equally likely, as far as 64 bits of state reach.
   */
  void shuffle(int[] elements, int count) {
    for (int i = count - 1; i > 0; i--) {
      int j = nextInt(i + 1);
      int swapped = elements[i];
      elements[i] = elements[j];
      elements[j] = swapped;
    }
  }
}
