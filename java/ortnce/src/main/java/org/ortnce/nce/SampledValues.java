package org.ortnce.nce;

import java.util.Objects;
import org.ortnce.onnx.Value;

/**
 * The {@code sampled_values} of TensorFlow: what a candidate sampler returns.
 *
 * @param sampledCandidates int64 [num_sampled]
 * @param trueExpectedCount float [batch, num_true]
 * @param sampledExpectedCount float [num_sampled]
 */
public record SampledValues(
    Value sampledCandidates, Value trueExpectedCount, Value sampledExpectedCount) {
  /** All three are required. */
  public SampledValues {
    Objects.requireNonNull(sampledCandidates, "sampledCandidates");
    Objects.requireNonNull(trueExpectedCount, "trueExpectedCount");
    Objects.requireNonNull(sampledExpectedCount, "sampledExpectedCount");
  }
}
