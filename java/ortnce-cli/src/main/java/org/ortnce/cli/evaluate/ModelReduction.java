package org.ortnce.cli.evaluate;

import java.util.Locale;
import java.util.OptionalLong;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * How a model condenses the losses of a batch, which is what a caller must know to condense
 * batches.
 *
 * @param kind none, mean or sum
 * @param ignoreIndex the label that is padding: an example with no other label does not count in a
 *     mean
 */
public record ModelReduction(Kind kind, OptionalLong ignoreIndex) {
  /** ONNX's three reductions. */
  public enum Kind {
    NONE,
    MEAN,
    SUM;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The number of examples of {@code labels} [count, num_true] that have a label. */
  long counted(Tensor labels) {
    long rows = labels.dim(0);
    if (ignoreIndex.isEmpty()) {
      return rows;
    }
    long numTrue = labels.dim(1);
    long counted = 0;
    for (long row = 0; row < rows; row++) {
      boolean any = false;
      for (long j = 0; j < numTrue; j++) {
        any |= label(labels, (int) (row * numTrue + j)) != ignoreIndex.getAsLong();
      }
      counted += any ? 1 : 0;
    }
    return counted;
  }

  private static long label(Tensor labels, int index) {
    return labels.elementType() == ElementType.INT32
        ? labels.ints().get(index)
        : labels.longs().get(index);
  }
}
