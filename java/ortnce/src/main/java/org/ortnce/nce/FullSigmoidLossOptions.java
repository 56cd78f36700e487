package org.ortnce.nce;

import java.util.Objects;
import java.util.OptionalLong;

/**
 * The attributes of {@code FullSigmoidLoss}.
 *
 * @param numClasses the number of classes; absent means the rows of the weights, and rows past it
 *     are padding
 * @param numTrue the number of target classes of an example, at least 1
 * @param partitionStrategy how classes are spread over the partitions of the weights
 * @param ignoreIndex the label that marks padding, if any
 * @param reduction how the losses of a batch are reduced
 * @param allowTf32 as {@link NceLossOptions#allowTf32}
 */
public record FullSigmoidLossOptions(
    OptionalLong numClasses,
    int numTrue,
    PartitionStrategy partitionStrategy,
    OptionalLong ignoreIndex,
    Reduction reduction,
    boolean allowTf32) {
  /** Checks the values. */
  public FullSigmoidLossOptions {
    Objects.requireNonNull(numClasses, "numClasses");
    Objects.requireNonNull(partitionStrategy, "partitionStrategy");
    Objects.requireNonNull(ignoreIndex, "ignoreIndex");
    Objects.requireNonNull(reduction, "reduction");
    if (numClasses.isPresent() && numClasses.getAsLong() < 1) {
      throw new IllegalArgumentException("numClasses must be >= 1, got " + numClasses.getAsLong());
    }
    if (numTrue < 1) {
      throw new IllegalArgumentException("numTrue must be >= 1, got " + numTrue);
    }
  }

  /** Options that do not allow TF32. */
  public FullSigmoidLossOptions(
      OptionalLong numClasses,
      int numTrue,
      PartitionStrategy partitionStrategy,
      OptionalLong ignoreIndex,
      Reduction reduction) {
    this(numClasses, numTrue, partitionStrategy, ignoreIndex, reduction, false);
  }

  /** One target class an example, weights in one piece, a loss for each example. */
  public static FullSigmoidLossOptions defaults() {
    return new FullSigmoidLossOptions(
        OptionalLong.empty(), 1, PartitionStrategy.DIV, OptionalLong.empty(), Reduction.NONE);
  }

  /** The options that evaluate what a loss with {@code options} trains. */
  public static FullSigmoidLossOptions of(NceLossOptions options) {
    return new FullSigmoidLossOptions(
        options.numClasses(),
        options.numTrue(),
        options.partitionStrategy(),
        options.ignoreIndex(),
        options.reduction(),
        options.allowTf32());
  }
}
