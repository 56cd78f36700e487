package org.ortnce.nce;

import org.ortnce.onnx.Ops;
import org.ortnce.onnx.Value;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * Sums over the classes that are no label of their example, in standard ops on the logits of all
 * classes.
 */
final class AllClassSums {
  private final Value logits;
  private final Value places;
  private final Value isOther;

  /**
   * @param logits float [batch, classes]
   * @param places the column of each label, int64 [batch, num_true]
   * @param mine which labels have a column here, bool [batch, num_true]; null for all
   */
  AllClassSums(Value logits, Value places, Value mine) {
    this.logits = logits;
    this.places = places;
    Value marks =
        mine == null
            ? Ops.constantOfShape(Ops.shape(places), Tensor.of(new float[] {1}, 1))
            : Ops.cast(mine, ElementType.FLOAT);
    Value none = Ops.constantOfShape(Ops.shape(logits), Tensor.of(new float[] {0}, 1));
    Value marked = Ops.scatterElements(none, places, marks, 1, "add");
    this.isOther = Ops.equal(marked, Ops.scalar(0f));
  }

  /** The logits of the labels, float [batch, num_true]; any number for those not here. */
  Value trueLogits() {
    return Ops.gatherElements(logits, places, 1);
  }

  /** The sum of softplus(z), double [batch]. */
  Value softplusSum() {
    Value terms = Ops.add(Ops.max(logits, Ops.scalar(0f)), LabelTerms.softplusOfMinusAbs(logits));
    Value others = Ops.where(isOther, terms, Ops.scalar(0f));
    return Ops.reduceSum(Ops.cast(others, ElementType.DOUBLE), false, 1);
  }

  /** The log of the sum of exp(z), double [batch]; -infinity if every class is a label. */
  Value logSumOfExps() {
    Value least = Ops.scalar(Float.NEGATIVE_INFINITY);
    Value others = Ops.where(isOther, logits, least);
    Value greatest = Ops.reduceMax(others, true, 1);
    Value exps =
        Ops.where(isOther, Ops.exp(LabelTerms.difference(others, greatest)), Ops.scalar(0f));
    Value sum = Ops.reduceSum(Ops.cast(exps, ElementType.DOUBLE), false, 1);
    return Ops.add(Ops.cast(Ops.squeeze(greatest, 1), ElementType.DOUBLE), Ops.log(sum));
  }

  /**
   * How many classes come before each label by falling logit, equal ones in the order of their
   * columns and NaN last, int64 [batch, num_true].
   *
   * @param labelLogits the logits of the labels, float [batch, num_true]
   * @param labelPlaces where the columns of the labels are or would be, int64 [batch, num_true]
   */
  Value larger(Value labelLogits, Value labelPlaces) {
    Value z = Ops.unsqueeze(logits, 1);
    Value label = Ops.unsqueeze(labelLogits, 2);
    Value columns =
        Ops.range(Ops.scalar(0L), Ops.gather(Ops.shape(logits), Ops.scalar(1L), 0), Ops.scalar(1L));
    Value before = Ops.less(columns, Ops.unsqueeze(labelPlaces, 2));
    Value isNan = Ops.isNaN(z);
    Value labelIsNan = Ops.isNaN(label);
    Value larger = Ops.or(Ops.greater(z, label), Ops.and(labelIsNan, Ops.not(isNan)));
    Value equal = Ops.or(Ops.equal(z, label), Ops.and(labelIsNan, isNan));
    Value counts = Ops.cast(Ops.or(larger, Ops.and(equal, before)), ElementType.INT32);
    return Ops.cast(Ops.reduceSum(counts, false, 2), ElementType.INT64);
  }
}
