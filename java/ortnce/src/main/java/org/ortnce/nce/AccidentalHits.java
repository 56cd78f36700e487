package org.ortnce.nce;

import java.util.Objects;
import org.ortnce.onnx.Value;

/**
 * What {@link CandidateSamplers#computeAccidentalHits} returns: the pairs of an example and a
 * candidate that is one of its true classes, ordered by example, column of the true class and
 * position of the candidate.
 *
 * @param indices the example of each hit, int32 [num_hits]
 * @param ids the position of its candidate in the sampled candidates, int64 [num_hits]
 * @param weights what masks its logit when added: the lowest float, float [num_hits]
 */
public record AccidentalHits(Value indices, Value ids, Value weights) {
  /** All three are required. */
  public AccidentalHits {
    Objects.requireNonNull(indices, "indices");
    Objects.requireNonNull(ids, "ids");
    Objects.requireNonNull(weights, "weights");
  }
}
