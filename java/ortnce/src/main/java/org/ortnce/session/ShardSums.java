package org.ortnce.session;

import java.util.Objects;
import java.util.Optional;
import org.ortnce.tensor.Tensor;

/**
 * What a range of the classes adds to the losses and ranks of a batch of B examples with T labels:
 * a few numbers an example, to be sent to where {@link ShardedEvaluation} combines them.
 *
 * @param softplusSums double [B, chunks of the range]
 * @param logSumExps double [B, chunks of the range], if the softmax loss is wanted
 * @param largerCounts int64 [B, T], if ranks are wanted
 */
public record ShardSums(
    Tensor softplusSums, Optional<Tensor> logSumExps, Optional<Tensor> largerCounts) {
  /** Checks that all are there. */
  public ShardSums {
    Objects.requireNonNull(softplusSums, "softplusSums");
    Objects.requireNonNull(logSumExps, "logSumExps");
    Objects.requireNonNull(largerCounts, "largerCounts");
  }
}
