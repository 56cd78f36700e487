package org.ortnce.training;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.ortnce.tensor.Tensor;

/** Direct memory for the tensors of a step by name, used again by later steps. */
final class StepBuffers {
  private static final int MOST_FLOATS = Integer.MAX_VALUE / Float.BYTES;

  private final Map<String, FloatBuffer> buffers = new HashMap<>();

  /**
   * A float tensor of any content.
   *
   * @throws IllegalArgumentException if it does not fit a Java buffer
   */
  Tensor floats(String name, long... shape) {
    long count = Tensor.elementCount(shape);
    if (count > MOST_FLOATS) {
      throw new IllegalArgumentException(
          String.format(
              "%s: %s are %d floats, a step of touched rows holds at most %d of a tensor",
              name, Arrays.toString(shape), count, MOST_FLOATS));
    }
    FloatBuffer buffer = buffers.get(name);
    if (buffer == null || buffer.capacity() < count) {
      // Batches touch about as many classes each: room for some more, if a buffer has it.
      long more = Math.min(count + count / 8, MOST_FLOATS);
      buffer = Tensor.allocateFloats(Math.max(count, more)).floats();
      buffers.put(name, buffer);
    }
    return Tensor.of(buffer.slice(0, (int) count), shape);
  }
}
