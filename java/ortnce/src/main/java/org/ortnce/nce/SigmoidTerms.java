package org.ortnce.nce;

import java.util.OptionalLong;
import org.ortnce.onnx.Ops;
import org.ortnce.onnx.Value;
import org.ortnce.tensor.ElementType;

/**
 * The pieces that the losses of this package share, in standard ops: labels that may be ignored,
 * the cross-entropy terms of the target classes, reductions.
 */
final class SigmoidTerms {
  private final Value labels;
  private final int numTrue;
  private final Value counted;
  private final Value countedPerExample;

  /**
   * @param labels int64 or int32 [batch, num_true]
   * @param numClasses the end of the range of labels that count, if known
   */
  SigmoidTerms(Value labels, int numTrue, OptionalLong ignoreIndex, OptionalLong numClasses) {
    Value ids =
        labels.elementType() == ElementType.INT64 ? labels : Ops.cast(labels, ElementType.INT64);
    this.numTrue = numTrue;
    if (ignoreIndex.isEmpty()) {
      this.labels = ClassLookup.checked(ids, numClasses);
      this.counted = null;
      this.countedPerExample = null;
    } else {
      this.counted = Ops.not(Ops.equal(ids, Ops.scalar(ignoreIndex.getAsLong())));
      // Class 0 stands in for ignored labels, so that they can be looked up; what it gives is
      // masked.
      this.labels = ClassLookup.checked(Ops.where(counted, ids, Ops.scalar(0L)), numClasses);
      this.countedPerExample = Ops.reduceSum(Ops.cast(counted, ElementType.FLOAT), true, 1);
    }
  }

  /** The labels as int64 class ids for a lookup, which fails for labels out of range. */
  Value labels() {
    return labels;
  }

  /** bool [batch, num_true], or null if every label counts. */
  Value counted() {
    return counted;
  }

  /** How many labels an example has, ignored ones included. */
  int numTrue() {
    return numTrue;
  }

  /** How many labels count, at least 1: float, [batch, 1] or a scalar. */
  Value count() {
    return counted == null
        ? Ops.scalar((float) numTrue)
        : Ops.max(countedPerExample, Ops.scalar(1f));
  }

  /** Values of labels, [batch, num_true], with 0 for those that are ignored. */
  Value masked(Value ofLabels) {
    return counted == null
        ? ofLabels
        : Ops.where(counted, ofLabels, Ops.scalar(ofLabels.elementType(), 0));
  }

  /**
   * The sum over the counted labels of softplus(u) - u / T, with T the number of counted labels.
   *
   * <p>Written as parts that are not negative, so that nothing cancels and an infinite logit gives
   * the limit.
   *
   * @param u the logits of the labels, float [batch, num_true]
   * @return float [batch]
   */
  Value trueLoss(Value u) {
    Value terms;
    if (counted == null && numTrue == 1) {
      terms = Ops.softplus(Ops.neg(u));
    } else {
      Value n = count();
      Value one = Ops.scalar(1f);
      Value above = Ops.mul(u, Ops.div(Ops.sub(n, one), n));
      if (counted != null) {
        // Infinity times the 0 of a single label would be NaN.
        above = Ops.where(Ops.equal(n, one), Ops.scalar(0f), above);
      }
      Value linear = Ops.where(Ops.greater(u, Ops.scalar(0f)), above, Ops.div(Ops.neg(u), n));
      terms = Ops.add(linear, Ops.softplus(Ops.neg(Ops.abs(u))));
    }
    return Ops.reduceSum(masked(terms), false, 1);
  }

  /** Sets the loss of examples without a counted label to 0 and reduces. */
  Value reduce(Value loss, Reduction reduction) {
    Value masked = loss;
    Value hasLabel = null;
    if (counted != null) {
      hasLabel = Ops.greater(Ops.squeeze(countedPerExample, 1), Ops.scalar(0f));
      masked = Ops.where(hasLabel, loss, Ops.scalar(0f));
    }
    if (reduction == Reduction.NONE) {
      return masked;
    }
    Value sum = Ops.reduceSum(masked, false);
    if (reduction == Reduction.SUM) {
      return sum;
    }
    Value examples =
        hasLabel == null
            ? Ops.cast(Ops.size(masked), ElementType.FLOAT)
            : Ops.reduceSum(Ops.cast(hasLabel, ElementType.FLOAT), false);
    return Ops.div(sum, Ops.max(examples, Ops.scalar(1f)));
  }
}
