package org.ortnce.cli.evaluate;

import org.ortnce.tensor.Tensor;

/** Examples in a fixed order, handed out in batches. */
public interface Examples {
  /** The number of examples. */
  long size();

  /**
   * The examples from {@code from} to {@code from + count}. The tensors may be overwritten by the
   * next call.
   */
  Batch batch(long from, int count);

  /**
   * Some examples.
   *
   * @param inputs [count, dim]
   * @param labels int64 or int32 [count, num_true]
   */
  record Batch(Tensor inputs, Tensor labels) {}
}
