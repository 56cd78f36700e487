package org.ortnce.session;

import java.util.Objects;
import java.util.Optional;
import org.ortnce.tensor.Tensor;

/**
 * The loss of a batch, in nats, and the candidates it was computed with if the model returns them.
 *
 * @param loss float [batch], or a scalar if the model reduces it to a mean or sum
 * @param sample the candidates used
 */
public record LossResult(Tensor loss, Optional<CandidateSample> sample) {
  /** Checks that both are there. */
  public LossResult {
    Objects.requireNonNull(loss, "loss");
    Objects.requireNonNull(sample, "sample");
  }

  /**
   * The loss of each example, a fresh array.
   *
   * @throws IllegalStateException if the model reduces the loss to a scalar
   */
  public float[] perExample() {
    if (loss.rank() != 1) {
      throw new IllegalStateException("the model reduces its loss to a scalar: use scalar()");
    }
    return loss.toFloatArray();
  }

  /**
   * The mean or sum over the batch.
   *
   * @throws IllegalStateException if the model returns the loss of each example
   */
  public float scalar() {
    if (loss.rank() != 0) {
      throw new IllegalStateException(
          "the model returns the loss of each example, " + loss + ": use perExample()");
    }
    return loss.floats().get(0);
  }
}
