package org.ortnce.cli.evaluate;

import java.io.IOException;
import org.ortnce.tensor.Tensor;

/** Examples in a fixed order, handed out in batches. */
public interface Examples {
  /** The number of examples. */
  long size();

  /**
   * The examples from {@code from} to {@code from + count}. The tensors may be overwritten by the
   * next call.
   */
  Batch batch(long from, int count) throws IOException;

  /**
   * Some examples.
   *
   * @param first the number of the first of them
   * @param inputs [count, dim], or ids
   * @param labels int64 or int32 [count, num_true]
   */
  record Batch(long first, Tensor inputs, Tensor labels) {}
}
