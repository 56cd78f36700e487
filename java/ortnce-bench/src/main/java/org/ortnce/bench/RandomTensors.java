package org.ortnce.bench;

import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.SplittableRandom;
import org.ortnce.tensor.Tensor;

/** Reproducible data in direct buffers, which ONNX Runtime reads in place. */
final class RandomTensors {
  private final SplittableRandom random;

  RandomTensors(long seed) {
    random = new SplittableRandom(seed);
  }

  /** Uniform numbers of variance {@code scale}^2. */
  Tensor floats(double scale, long... shape) {
    Tensor tensor = Tensor.allocateFloats(shape);
    FloatBuffer to = tensor.floats();
    float width = (float) (scale * Math.sqrt(12));
    while (to.hasRemaining()) {
      // 24 bits at a time: a table has hundreds of millions of numbers.
      to.put(((random.nextInt() >>> 8) * 0x1p-24f - 0.5f) * width);
    }
    return tensor;
  }

  /** Positive numbers, as expected counts are. */
  Tensor positive(long... shape) {
    Tensor tensor = Tensor.allocateFloats(shape);
    FloatBuffer to = tensor.floats();
    while (to.hasRemaining()) {
      to.put((float) Math.exp(-4 * random.nextDouble()));
    }
    return tensor;
  }

  /** Ids below {@code end}. */
  Tensor ids(long end, long... shape) {
    Tensor tensor = Tensor.allocateLongs(shape);
    LongBuffer to = tensor.longs();
    while (to.hasRemaining()) {
      to.put(random.nextLong(end));
    }
    return tensor;
  }
}
