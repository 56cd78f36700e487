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
  private final ClassRange range;
  private final Value places;
  private final Value isOther;

  /**
   * @param logits float [batch, classes]
   * @param places the column of each label, int64 [batch, num_true]
   * @param range the classes, which are cut into chunks; null for all in one
   * @param mine which labels have a column here, bool [batch, num_true]; null for all
   */
  AllClassSums(Value logits, ClassRange range, Value places, Value mine) {
    this.range = range;
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

  /** The sums of softplus(z), double [batch, chunks]. */
  Value softplusSums() {
    Value terms = Ops.add(Ops.max(logits, Ops.scalar(0f)), LabelTerms.softplusOfMinusAbs(logits));
    Value others = inChunks(Ops.where(isOther, terms, Ops.scalar(0f)), 0);
    return Ops.reduceSum(Ops.cast(others, ElementType.DOUBLE), false, 2);
  }

  /** The logs of the sums of exp(z), double [batch, chunks]; -infinity for no class. */
  Value logSumExps() {
    Value least = Ops.scalar(Float.NEGATIVE_INFINITY);
    Value others = inChunks(Ops.where(isOther, logits, least), Float.NEGATIVE_INFINITY);
    Value greatest = Ops.reduceMax(others, true, 2);
    Value exps = Ops.exp(LabelTerms.difference(others, greatest));
    // Where all are -infinity the differences are 0.
    exps = Ops.where(Ops.equal(others, least), Ops.scalar(0f), exps);
    Value sums = Ops.reduceSum(Ops.cast(exps, ElementType.DOUBLE), false, 2);
    return Ops.add(Ops.cast(Ops.squeeze(greatest, 2), ElementType.DOUBLE), Ops.log(sums));
  }

  /** Values of classes, [batch, classes], as [batch, chunks, classes of a chunk]. */
  private Value inChunks(Value ofClasses, float filler) {
    if (range == null || range.chunks() == 1) {
      return Ops.unsqueeze(ofClasses, 1);
    }
    Value filled = ofClasses;
    long missing = range.chunks() * ClassRange.CHUNK - range.size();
    if (missing > 0) {
      Value batch = Ops.slice(Ops.shape(ofClasses), new long[] {0}, new long[] {1}, new long[] {0});
      Value shape = Ops.concat(0, batch, Ops.vector(missing));
      Value end = Ops.constantOfShape(shape, Tensor.of(new float[] {filler}, 1));
      filled = Ops.concat(1, ofClasses, end);
    }
    return Ops.reshape(filled, 0, range.chunks(), ClassRange.CHUNK);
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
