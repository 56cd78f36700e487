package org.ortnce.ops;

import java.util.Map;
import org.ortnce.nce.GraphNames;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * NceLoss as section 1 of the specification states it, in double, term by term, with a bound on the
 * rounding errors that single precision may add:
 *
 * <ul>
 *   <li>a logit: D + 2 roundings of the sum of |x w| and 3 of |offset|, in any order of summation;
 *   <li>a term: that error times the slope of the term, and 4 units in the last place of its own;
 *   <li>the result: half a unit in the last place.
 * </ul>
 *
 * <p>A logit beyond the range of float is infinite, and an infinite logit gives the limit.
 */
final class NceLossReference {
  private static final double HALF_ULP = 0x1p-24;
  private static final double TERM_ULPS = 0x1p-21;
  private static final double TINY = 0x1p-146;

  /** Losses and bounds: one an example, or one if reduced. */
  static final class Result {
    private final double[] loss;
    private final double[] bound;

    Result(double[] loss, double[] bound) {
      this.loss = loss;
      this.bound = bound;
    }

    double[] loss() {
      return loss;
    }

    double[] bound() {
      return bound;
    }
  }

  private record Sum(double value, double bound) {}

  private final NceCase c;
  private final float[][] weights;
  private final double[] inputs;
  private final float[] biases;
  private final long[] labels;
  private final long[] sampled;
  private final float[] trueCount;
  private final float[] sampledCount;
  private final int dim;
  private final int numTrue;
  private final boolean mod;
  private final boolean subtractLogQ;

  private NceLossReference(NceCase c, Tensor sampled, Tensor trueCount, Tensor sampledCount) {
    this(c, doubles(c.get(GraphNames.INPUTS)), sampled, trueCount, sampledCount);
  }

  private NceLossReference(
      NceCase c, double[] inputs, Tensor sampled, Tensor trueCount, Tensor sampledCount) {
    this.c = c;
    this.weights = c.weights().stream().map(Tensor::toFloatArray).toArray(float[][]::new);
    this.inputs = inputs;
    Tensor b = c.get(GraphNames.BIASES);
    this.biases = b == null ? null : b.toFloatArray();
    this.labels = ids(c.get(GraphNames.LABELS));
    this.sampled = sampled.toLongArray();
    this.trueCount = trueCount.toFloatArray();
    this.sampledCount = sampledCount.toFloatArray();
    this.dim = (int) c.get(GraphNames.INPUTS).dim(1);
    this.numTrue = (int) c.integer("num_true", 1);
    this.mod = c.text("partition_strategy", "div").equals("mod");
    this.subtractLogQ = c.integer("subtract_log_q", 1) == 1;
  }

  /** The loss of a case with given candidates. */
  static Result of(NceCase c) {
    return new NceLossReference(
            c,
            c.get(GraphNames.SAMPLED_CANDIDATES),
            c.get(GraphNames.TRUE_EXPECTED_COUNT),
            c.get(GraphNames.SAMPLED_EXPECTED_COUNT))
        .reduced();
  }

  /** The same with inputs in double in the place of those of the case. */
  static Result of(NceCase c, double[] inputs) {
    return new NceLossReference(
            c,
            inputs,
            c.get(GraphNames.SAMPLED_CANDIDATES),
            c.get(GraphNames.TRUE_EXPECTED_COUNT),
            c.get(GraphNames.SAMPLED_EXPECTED_COUNT))
        .reduced();
  }

  private static double[] doubles(Tensor tensor) {
    float[] floats = tensor.toFloatArray();
    double[] doubles = new double[floats.length];
    for (int i = 0; i < floats.length; i++) {
      doubles[i] = floats[i];
    }
    return doubles;
  }

  /** The loss of a case with the candidates that a run returned, outputs of {@link NceGraphs}. */
  static Result of(NceCase c, Map<String, Tensor> outputs) {
    return new NceLossReference(
            c,
            outputs.get("sampled_candidates_used"),
            outputs.get("true_expected_count_used"),
            outputs.get("sampled_expected_count_used"))
        .reduced();
  }

  /** The logits of classes 0 to {@code numClasses}: x . w + b, one row an example. */
  static double[][] logits(NceCase c, int numClasses) {
    NceLossReference plain =
        new NceLossReference(
            c.copy().attribute("subtract_log_q", 0L),
            c.get(GraphNames.SAMPLED_CANDIDATES),
            c.get(GraphNames.TRUE_EXPECTED_COUNT),
            c.get(GraphNames.SAMPLED_EXPECTED_COUNT));
    double[][] logits = new double[(int) c.get(GraphNames.INPUTS).dim(0)][numClasses];
    for (int i = 0; i < logits.length; i++) {
      for (int id = 0; id < numClasses; id++) {
        logits[i][id] = plain.logit(i, id, null, 0).value;
      }
    }
    return logits;
  }

  private Result reduced() {
    int batch = (int) c.get(GraphNames.INPUTS).dim(0);
    double[] loss = new double[batch];
    double[] bound = new double[batch];
    double total = 0;
    double totalBound = 0;
    int examples = 0;
    for (int i = 0; i < batch; i++) {
      if (countedLabels(i) > 0) {
        Sum sum = example(i);
        examples++;
        loss[i] = sum.value;
        bound[i] = sum.bound + HALF_ULP * Math.abs(sum.value);
      }
      total += loss[i];
      totalBound += bound[i];
    }
    String reduction = c.text("reduction", "none");
    if (reduction.equals("none")) {
      return new Result(loss, bound);
    }
    double divisor = reduction.equals("mean") ? Math.max(1, examples) : 1;
    double value = total / divisor;
    return new Result(
        new double[] {value}, new double[] {totalBound / divisor + HALF_ULP * Math.abs(value)});
  }

  private int countedLabels(int i) {
    int count = 0;
    for (int j = 0; j < numTrue; j++) {
      count += counted(labels[i * numTrue + j]) ? 1 : 0;
    }
    return count;
  }

  private boolean counted(long label) {
    return !c.attributes().containsKey("ignore_index") || label != c.integer("ignore_index", 0);
  }

  private Sum example(int i) {
    int count = countedLabels(i);
    double value = 0;
    double bound = 0;
    for (int j = 0; j < numTrue; j++) {
      int at = i * numTrue + j;
      if (!counted(labels[at])) {
        continue;
      }
      Sum u = logit(i, labels[at], trueCount, at);
      double slope = count == 1 ? sigmoid(-(u.value - u.bound)) : 1;
      double term = trueTerm(u.value, count);
      value += term;
      bound += slope * u.bound + TERM_ULPS * term + TINY;
    }
    for (int k = 0; k < sampled.length; k++) {
      if (c.integer("remove_accidental_hits", 0) == 1 && isHit(i, sampled[k])) {
        continue;
      }
      Sum v = logit(i, sampled[k], sampledCount, k);
      double term = softplus(v.value);
      value += term;
      bound += sigmoid(v.value + v.bound) * v.bound + TERM_ULPS * term + TINY;
    }
    return new Sum(value, bound);
  }

  private boolean isHit(int i, long id) {
    for (int j = 0; j < numTrue; j++) {
      long label = labels[i * numTrue + j];
      if (counted(label) && label == id) {
        return true;
      }
    }
    return false;
  }

  private Sum logit(int example, long id, float[] counts, int at) {
    double product = 0;
    double magnitude = 0;
    for (int d = 0; d < dim; d++) {
      double p = inputs[example * dim + d] * weight(id, d);
      product += p;
      magnitude += Math.abs(p);
    }
    double offset = biases == null ? 0 : biases[(int) id];
    if (subtractLogQ) {
      offset -= Math.log(counts[at]);
    }
    double value = product + offset;
    if (Math.abs(value) > Float.MAX_VALUE) {
      return new Sum(Math.copySign(Double.POSITIVE_INFINITY, value), 0);
    }
    double bound = HALF_ULP * ((dim + 2) * magnitude + 3 * Math.abs(offset)) + dim * TINY;
    return new Sum(value, bound);
  }

  private double weight(long id, int d) {
    int partitions = weights.length;
    if (mod) {
      return weights[(int) (id % partitions)][(int) (id / partitions) * dim + d];
    }
    int row = (int) id;
    int p = 0;
    while (row >= c.weights().get(p).dim(0)) {
      row -= (int) c.weights().get(p).dim(0);
      p++;
    }
    return weights[p][row * dim + d];
  }

  /** softplus(u) - u / count as a sum of parts that are not negative. */
  static double trueTerm(double u, int count) {
    if (count == 1) {
      return softplus(-u);
    }
    double linear = u > 0 ? u * (count - 1) / count : -u / count;
    return linear + Math.log1p(Math.exp(-Math.abs(u)));
  }

  static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }

  static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static long[] ids(Tensor labels) {
    if (labels.elementType() == ElementType.INT64) {
      return labels.toLongArray();
    }
    long[] copy = new long[(int) labels.elementCount()];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = labels.ints().get(i);
    }
    return copy;
  }
}
