package org.ortnce.training;

import java.nio.FloatBuffer;
import java.util.function.DoubleSupplier;

/**
 * Copies between direct buffers and arrays. Loops over arrays become vector code; loops over the
 * elements of a direct buffer do not.
 */
final class FloatBlocks {
  /** Floats per block: some blocks of 8 KiB fit the first-level cache together. */
  static final int SIZE = 2048;

  /** Below this many elements the bulk copy costs more than a loop. */
  private static final int SHORT = 8;

  private FloatBlocks() {}

  /** Elements [from, from + count) of {@code source} to {@code target} at {@code to}. */
  static void get(FloatBuffer source, int from, float[] target, int to, int count) {
    if (count >= SHORT) {
      source.get(from, target, to, count);
    } else {
      for (int i = 0; i < count; i++) {
        target[to + i] = source.get(from + i);
      }
    }
  }

  /** Elements [from, from + count) of {@code source} to {@code target} at {@code to}. */
  static void put(float[] source, int from, FloatBuffer target, int to, int count) {
    if (count >= SHORT) {
      target.put(to, source, from, count);
    } else {
      for (int i = 0; i < count; i++) {
        target.put(to + i, source[from + i]);
      }
    }
  }

  /** Sets every element, in order, rounded to float. */
  static void fill(FloatBuffer target, DoubleSupplier values) {
    float[] block = new float[SIZE];
    for (int done = 0; done < target.limit(); ) {
      int count = Math.min(SIZE, target.limit() - done);
      for (int i = 0; i < count; i++) {
        block[i] = (float) values.getAsDouble();
      }
      target.put(done, block, 0, count);
      done += count;
    }
  }
}
