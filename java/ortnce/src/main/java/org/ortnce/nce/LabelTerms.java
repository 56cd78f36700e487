package org.ortnce.nce;

import org.ortnce.onnx.Ops;
import org.ortnce.onnx.Value;
import org.ortnce.tensor.ElementType;

/**
 * What the labels add to sums over all other classes, in standard ops and in double: the sigmoid
 * and the softmax cross entropy of a batch. A class that is a label m times of T that count has the
 * target m / T.
 */
final class LabelTerms {
  private static final Value ZERO = Ops.scalar(ElementType.DOUBLE, 0);
  private static final Value ONE = Ops.scalar(ElementType.DOUBLE, 1);

  private final SigmoidTerms labels;
  private final Value logits;

  /** T, [batch, 1] or a scalar. */
  private final Value count;

  /** m of each label, [batch, num_true] or a scalar. */
  private final Value multiplicity;

  /**
   * @param trueLogits the logits of the labels, float [batch, num_true]
   */
  LabelTerms(SigmoidTerms labels, Value trueLogits) {
    this.labels = labels;
    this.logits = Ops.cast(trueLogits, ElementType.DOUBLE);
    this.count = Ops.cast(labels.count(), ElementType.DOUBLE);
    this.multiplicity = labels.numTrue() == 1 ? ONE : multiplicityOf(labels);
  }

  private static Value multiplicityOf(SigmoidTerms labels) {
    Value ids = labels.labels();
    Value equal = Ops.equal(Ops.unsqueeze(ids, 2), Ops.unsqueeze(ids, 1));
    if (labels.counted() != null) {
      equal = Ops.and(equal, Ops.unsqueeze(labels.counted(), 1));
    }
    Value m = Ops.reduceSum(Ops.cast(equal, ElementType.DOUBLE), false, 2);
    return labels.counted() == null ? m : Ops.max(m, ONE);
  }

  /**
   * The sigmoid cross entropy over all classes.
   *
   * <p>Written as parts that are not negative, so that nothing cancels and an infinite logit gives
   * the limit.
   *
   * @param others the sum of softplus(z) over the classes that are no label, double [batch]
   * @return double [batch]
   */
  Value sigmoidLoss(Value others) {
    Value above = Ops.mul(logits, Ops.div(Ops.sub(count, multiplicity), count));
    // Infinity times 0 would be NaN.
    above = Ops.where(Ops.equal(count, multiplicity), ZERO, above);
    Value below = Ops.neg(Ops.mul(logits, Ops.div(multiplicity, count)));
    Value linear = Ops.where(Ops.greater(logits, ZERO), above, below);
    Value terms = Ops.div(Ops.add(linear, softplusOfMinusAbs(logits)), multiplicity);
    return Ops.add(others, Ops.reduceSum(labels.masked(terms), false, 1));
  }

  /**
   * The softmax cross entropy over all classes.
   *
   * @param others the log of the sum of exp(z) over the classes that are no label, double [batch]
   * @return double [batch]
   */
  Value softmaxLoss(Value others) {
    Value other = Ops.unsqueeze(others, 1);
    Value counting = logits;
    if (labels.counted() != null) {
      Value least = Ops.scalar(ElementType.DOUBLE, Double.NEGATIVE_INFINITY);
      counting = Ops.where(labels.counted(), logits, least);
    }
    Value greatest = Ops.reduceMax(Ops.concat(1, other, counting), true, 1);
    Value exps = Ops.div(Ops.exp(difference(logits, greatest)), multiplicity);
    Value sum =
        Ops.add(Ops.exp(difference(other, greatest)), Ops.reduceSum(labels.masked(exps), true, 1));
    Value gaps = Ops.neg(labels.masked(difference(logits, greatest)));
    Value mean = Ops.div(Ops.reduceSum(gaps, true, 1), count);
    return Ops.squeeze(Ops.add(Ops.log(sum), mean), 1);
  }

  /** x - y, and 0 where both are the same infinity. */
  static Value difference(Value x, Value y) {
    Value zero = Ops.scalar(x.elementType(), 0);
    return Ops.where(Ops.equal(x, y), zero, Ops.sub(x, y));
  }

  /** log(1 + e^-|x|) of any floating type, to the last digits also where it is tiny. */
  static Value softplusOfMinusAbs(Value x) {
    Value one = Ops.scalar(x.elementType(), 1);
    Value e = Ops.exp(Ops.neg(Ops.abs(x)));
    // What 1 + e loses of e log(u) / (u - 1) restores (Kahan; Higham, section 1.14.1).
    Value u = Ops.add(one, e);
    Value grown = Ops.sub(u, one);
    Value nothing = Ops.equal(u, one);
    Value quotient = Ops.div(Ops.log(u), Ops.where(nothing, one, grown));
    return Ops.where(nothing, e, Ops.mul(quotient, e));
  }
}
