package org.ortnce.cli.train;

import java.util.OptionalLong;

/**
 * How long a training takes.
 *
 * @param batchSize examples in a batch; at least 1
 * @param epochs times that every example is seen, if {@code steps} is absent; positive
 * @param steps batches; at least 1
 */
public record LengthSettings(int batchSize, double epochs, OptionalLong steps) {
  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException naming the value that is out of range
   */
  public LengthSettings {
    Ranges.atLeast("batch size", batchSize, 1);
    Ranges.positive("epochs", epochs);
    steps.ifPresent(count -> Ranges.atLeast("steps", count, 1));
  }

  /** The number of steps for so many batches in an epoch, at least 1. */
  long steps(long batchesPerEpoch) {
    return steps.orElse(Math.max(1, Math.round(epochs * batchesPerEpoch)));
  }
}
