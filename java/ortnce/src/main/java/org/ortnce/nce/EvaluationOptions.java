package org.ortnce.nce;

import java.util.Objects;
import java.util.OptionalLong;

/**
 * Options of an evaluation model.
 *
 * @param numTrue the number of target classes of an example, at least 1
 * @param ignoreIndex the label that marks padding, if any
 * @param reduction how the losses of a batch are reduced
 */
public record EvaluationOptions(int numTrue, OptionalLong ignoreIndex, Reduction reduction) {
  /** Checks the values. */
  public EvaluationOptions {
    Objects.requireNonNull(ignoreIndex, "ignoreIndex");
    Objects.requireNonNull(reduction, "reduction");
    if (numTrue < 1) {
      throw new IllegalArgumentException("numTrue must be >= 1, got " + numTrue);
    }
  }

  /** One target class an example, a loss for each example. */
  public static EvaluationOptions defaults() {
    return new EvaluationOptions(1, OptionalLong.empty(), Reduction.NONE);
  }

  /** The options that evaluate what a training loss with {@code options} trains. */
  public static EvaluationOptions of(NceLossOptions options) {
    return new EvaluationOptions(options.numTrue(), options.ignoreIndex(), options.reduction());
  }
}
