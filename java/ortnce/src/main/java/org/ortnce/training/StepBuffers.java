package org.ortnce.training;

import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;
import org.ortnce.tensor.Tensor;

/** Direct memory for the tensors of a step by name, used again by later steps. */
final class StepBuffers {
  private final Map<String, FloatBuffer> buffers = new HashMap<>();

  /** A float tensor of any content. */
  Tensor floats(String name, long... shape) {
    long count = Tensor.elementCount(shape);
    FloatBuffer buffer = buffers.get(name);
    if (buffer == null || buffer.capacity() < count) {
      // Batches touch about as many classes each: room for some more, if a buffer has it.
      long more = Math.min(count + count / 8, Integer.MAX_VALUE / Float.BYTES);
      buffer = Tensor.allocateFloats(Math.max(count, more)).floats();
      buffers.put(name, buffer);
    }
    return Tensor.of(buffer.slice(0, (int) count), shape);
  }
}
