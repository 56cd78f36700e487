package org.ortnce.training;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.ortnce.tensor.Tensor;

/** The loss of every step of a run, from the first; 4 bytes a step. */
public final class LossHistory {
  private float[] losses = new float[1024];
  private int size;

  /** A history of no step. */
  public LossHistory() {}

  /** The number of steps. */
  public int size() {
    return size;
  }

  /** The mean loss of the batch of a step, from 0. */
  public float get(int step) {
    if (step < 0 || step >= size) {
      throw new IndexOutOfBoundsException("step " + step + " is outside [0, " + size + ")");
    }
    return losses[step];
  }

  /** The mean over the last {@code count} steps, or over all if there are fewer; NaN for none. */
  public double meanOfLast(int count) {
    int from = Math.max(0, size - count);
    double sum = 0;
    for (int i = from; i < size; i++) {
      sum += losses[i];
    }
    return sum / (size - from);
  }

  /** A copy. */
  public float[] toArray() {
    return Arrays.copyOf(losses, size);
  }

  void add(double loss) {
    if (size == losses.length) {
      losses = Arrays.copyOf(losses, Math.multiplyExact(size, 2));
    }
    losses[size++] = (float) loss;
  }

  Tensor toTensor() {
    return Tensor.of(toArray(), size);
  }

  void replaceBy(Tensor history) {
    FloatBuffer values = history.floats();
    size = values.limit();
    losses = new float[Math.max(1024, size)];
    values.get(0, losses, 0, size);
  }
}
