package org.ortnce.nce;

/**
 * Options of an inference model.
 *
 * @param k how many of the most probable classes it returns, at least 1
 * @param allScores whether it can also return the logits and probabilities of all classes: two
 *     outputs, float [batch, num_classes]
 */
public record InferenceOptions(int k, boolean allScores) {
  /** Checks the values. */
  public InferenceOptions {
    if (k < 1) {
      throw new IllegalArgumentException("k must be >= 1, got " + k);
    }
  }

  /** The k most probable classes alone. */
  public static InferenceOptions topK(int k) {
    return new InferenceOptions(k, false);
  }
}
