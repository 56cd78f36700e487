package org.ortnce.nce;

import java.util.Objects;
import org.ortnce.onnx.Value;

/**
 * What {@link CandidateSamplers#learnedUnigramCandidateSampler} returns.
 *
 * @param sampledValues the candidates and expected counts
 * @param counts int64 [range_max]: the counts after the run, its true classes added; written to the
 *     model only if something uses it
 */
public record LearnedUnigramSample(SampledValues sampledValues, Value counts) {
  /** Both are required. */
  public LearnedUnigramSample {
    Objects.requireNonNull(sampledValues, "sampledValues");
    Objects.requireNonNull(counts, "counts");
  }
}
