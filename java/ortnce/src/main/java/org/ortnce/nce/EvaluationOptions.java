package org.ortnce.nce;

import java.util.Objects;
import java.util.OptionalLong;

/**
 * Options of an evaluation model.
 *
 * @param numTrue the number of target classes of an example, at least 1
 * @param ignoreIndex the label that marks padding, if any
 * @param reduction how the losses of a batch are reduced
 * @param softmaxLoss whether the model also returns the softmax cross entropy, {@code
 *     softmax_loss}, whose mean gives the perplexity
 * @param trueRanks whether the model also returns the ranks of the labels among all classes, {@code
 *     true_ranks}, of which recall and reciprocal ranks are made
 */
public record EvaluationOptions(
    int numTrue,
    OptionalLong ignoreIndex,
    Reduction reduction,
    boolean softmaxLoss,
    boolean trueRanks) {
  /** Checks the values. */
  public EvaluationOptions {
    Objects.requireNonNull(ignoreIndex, "ignoreIndex");
    Objects.requireNonNull(reduction, "reduction");
    if (numTrue < 1) {
      throw new IllegalArgumentException("numTrue must be >= 1, got " + numTrue);
    }
  }

  /** Options of a model that returns the loss alone. */
  public EvaluationOptions(int numTrue, OptionalLong ignoreIndex, Reduction reduction) {
    this(numTrue, ignoreIndex, reduction, false, false);
  }

  /** One target class an example, a loss for each example. */
  public static EvaluationOptions defaults() {
    return new EvaluationOptions(1, OptionalLong.empty(), Reduction.NONE);
  }

  /** The options that evaluate what a training loss with {@code options} trains. */
  public static EvaluationOptions of(NceLossOptions options) {
    return new EvaluationOptions(options.numTrue(), options.ignoreIndex(), options.reduction());
  }

  /** The same options for a model that returns all there is: softmax loss and ranks too. */
  public EvaluationOptions withMetrics() {
    return new EvaluationOptions(numTrue, ignoreIndex, reduction, true, true);
  }

  /** The attributes of the op for the classes of a layer. */
  FullSigmoidLossOptions attributes(OutputLayer layer) {
    return new FullSigmoidLossOptions(
        OptionalLong.of(layer.numClasses()),
        numTrue,
        layer.partitionStrategy(),
        ignoreIndex,
        reduction);
  }
}
