package org.ortnce.session;

import java.util.Objects;
import java.util.Optional;
import org.ortnce.tensor.Tensor;

/**
 * The k most probable classes of each example, most probable first.
 *
 * @param classes class ids, int64 [batch, k]
 * @param probabilities their sigmoid probabilities, float [batch, k]; each class has its own, so
 *     those of an example need not add up to 1
 * @param logits their logits, float [batch, k], if the model returns them
 */
public record TopK(Tensor classes, Tensor probabilities, Optional<Tensor> logits) {
  /** Checks that all are there. */
  public TopK {
    Objects.requireNonNull(classes, "classes");
    Objects.requireNonNull(probabilities, "probabilities");
    Objects.requireNonNull(logits, "logits");
  }
}
