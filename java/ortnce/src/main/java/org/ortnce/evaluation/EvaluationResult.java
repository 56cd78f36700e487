package org.ortnce.evaluation;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * The evaluation of a batch of B examples with T labels each.
 *
 * @param loss the sigmoid cross entropy over all classes, in nats, float [B], or a scalar if the
 *     model reduces it
 * @param softmaxLoss the softmax cross entropy over all classes, in nats, of the shape of the loss;
 *     if the model returns it
 * @param trueRanks the rank of each label among all classes, from 1, int64 [B, T]; 0 for labels
 *     that are ignored; if the model returns it
 * @param labels the labels evaluated, int64 or int32 [B, T]
 * @param ignoreIndex the label that marks padding, if any
 */
public record EvaluationResult(
    Tensor loss,
    Optional<Tensor> softmaxLoss,
    Optional<Tensor> trueRanks,
    Tensor labels,
    OptionalLong ignoreIndex) {
  /** Checks that types and shapes belong together. */
  public EvaluationResult {
    Objects.requireNonNull(ignoreIndex, "ignoreIndex");
    if (labels.rank() != 2
        || (labels.elementType() != ElementType.INT64
            && labels.elementType() != ElementType.INT32)) {
      throw new IllegalArgumentException(
          "labels must be int64 or int32 [batch, num_true], got " + labels);
    }
    boolean reduced = loss.rank() == 0;
    checkLoss("loss", loss, labels, reduced);
    if (softmaxLoss.isPresent()) {
      checkLoss("softmaxLoss", softmaxLoss.get(), labels, reduced);
    }
    if (trueRanks.isPresent()) {
      Tensor ranks = trueRanks.get();
      if (ranks.elementType() != ElementType.INT64
          || ranks.rank() != 2
          || ranks.dim(0) != labels.dim(0)
          || ranks.dim(1) != labels.dim(1)) {
        throw new IllegalArgumentException(
            "trueRanks must be int64 of the shape of labels, " + labels + ", got " + ranks);
      }
    }
  }

  private static void checkLoss(String name, Tensor loss, Tensor labels, boolean reduced) {
    boolean fits = reduced ? loss.rank() == 0 : loss.rank() == 1 && loss.dim(0) == labels.dim(0);
    if (loss.elementType() != ElementType.FLOAT || !fits) {
      String expected = reduced ? "float[]" : "float[" + labels.dim(0) + "]";
      throw new IllegalArgumentException(name + " must be " + expected + ", got " + loss);
    }
  }

  /** The number of examples, B. */
  public int examples() {
    return Math.toIntExact(labels.dim(0));
  }

  /** The number of labels of an example, T, ignored ones included. */
  public int numTrue() {
    return Math.toIntExact(labels.dim(1));
  }

  /** Whether the model reduces the losses of the batch to one number. */
  public boolean isReduced() {
    return loss.rank() == 0;
  }

  /** Label {@code j} of an example. */
  public long label(int example, int j) {
    int at = example * numTrue() + j;
    return labels.elementType() == ElementType.INT64
        ? labels.longs().get(at)
        : labels.ints().get(at);
  }

  /** Whether label {@code j} of an example counts, or is padding. */
  public boolean isCounted(int example, int j) {
    return ignoreIndex.isEmpty() || label(example, j) != ignoreIndex.getAsLong();
  }

  /** How many labels of an example count. */
  public int countedLabels(int example) {
    int count = 0;
    for (int j = 0; j < numTrue(); j++) {
      count += isCounted(example, j) ? 1 : 0;
    }
    return count;
  }
}
