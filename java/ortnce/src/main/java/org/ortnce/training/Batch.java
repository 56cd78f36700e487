package org.ortnce.training;

import java.util.Map;
import org.ortnce.tensor.Tensor;

/**
 * Examples of one step. The tensors lie in buffers that the next batch overwrites.
 *
 * @param epoch the number of passes over the examples before this one
 * @param indexInEpoch the number of batches before this one in its epoch
 * @param columns by name, [batch, row...], in direct buffers
 */
public record Batch(long epoch, long indexInEpoch, Map<String, Tensor> columns) {
  /** Keeps a copy of the map, not of the tensors. */
  public Batch {
    columns = Map.copyOf(columns);
  }

  /** The number of examples. */
  public long size() {
    return columns.values().iterator().next().dim(0);
  }
}
