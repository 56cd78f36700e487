package org.ortnce.session;

import java.util.Map;
import java.util.Objects;
import org.ortnce.nce.GraphNames;
import org.ortnce.tensor.Tensor;

/**
 * A draw of candidate classes, as TensorFlow's candidate samplers return it: S candidates shared by
 * a batch of B examples with T true classes each.
 *
 * @param sampledCandidates the classes drawn, int64 [S]
 * @param trueExpectedCount how often each true class is expected in such a draw, float [B, T]
 * @param sampledExpectedCount how often each drawn class is expected in such a draw, float [S]
 */
public record CandidateSample(
    Tensor sampledCandidates, Tensor trueExpectedCount, Tensor sampledExpectedCount) {
  /** Checks that all three are there; the model checks types and shapes. */
  public CandidateSample {
    Objects.requireNonNull(sampledCandidates, "sampledCandidates");
    Objects.requireNonNull(trueExpectedCount, "trueExpectedCount");
    Objects.requireNonNull(sampledExpectedCount, "sampledExpectedCount");
  }

  /** The three tensors by their names in the graph. */
  public Map<String, Tensor> asInputs() {
    return Map.of(
        GraphNames.SAMPLED_CANDIDATES, sampledCandidates,
        GraphNames.TRUE_EXPECTED_COUNT, trueExpectedCount,
        GraphNames.SAMPLED_EXPECTED_COUNT, sampledExpectedCount);
  }
}
