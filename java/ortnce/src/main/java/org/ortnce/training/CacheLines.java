package org.ortnce.training;

import java.nio.FloatBuffer;

/**
 * Reads each cache line of some rows once, before they are copied. The rows lie far apart: a copy
 * would wait for one after the other, plain loads are in flight together.
 */
final class CacheLines {
  /** Floats in a cache line. */
  private static final int LINE = 16;

  /** Keeps the loads from being optimized away. */
  @SuppressWarnings("unused")
  private float sum;

  void read(FloatBuffer rows, int start, int rowSize) {
    float sum = 0;
    for (int element = 0; element < rowSize; element += LINE) {
      sum += rows.get(start + element);
    }
    this.sum = sum;
  }
}
