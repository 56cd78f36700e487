package org.ortnce.ops;

import java.util.Arrays;
import org.ortnce.nce.GraphNames;

/**
 * The losses over all classes in double, of logits in double. A loss may be off by the rounding of
 * a logit, D + 3 operations on magnitudes below {@code magnitude}, times the classes and labels it
 * reaches, and by 1e-6 of itself.
 */
final class FullSigmoidReference {
  private final double[][] logits;
  private final long[] labels;
  private final int numTrue;
  private final Long ignoreIndex;
  private final double logitBound;

  FullSigmoidReference(NceCase c, int numClasses, Long ignoreIndex, double magnitude) {
    this.logits = NceLossReference.logits(c, numClasses);
    this.labels = c.get(GraphNames.LABELS).toLongArray();
    this.numTrue = (int) c.get(GraphNames.LABELS).dim(1);
    this.ignoreIndex = ignoreIndex;
    this.logitBound = 0x1p-24 * (c.get(GraphNames.INPUTS).dim(1) + 3) * magnitude;
  }

  /** The labels of an example that count. */
  long[] counted(int i) {
    return Arrays.stream(labels, i * numTrue, (i + 1) * numTrue)
        .filter(label -> ignoreIndex == null || label != ignoreIndex)
        .toArray();
  }

  double loss(int i) {
    long[] counted = counted(i);
    if (counted.length == 0) {
      return 0;
    }
    double loss = 0;
    for (int c = 0; c < logits[i].length; c++) {
      double z = logits[i][c];
      int id = c;
      double target = Arrays.stream(counted).filter(y -> y == id).count() / (double) counted.length;
      // softplus(z) - target z in parts that are not negative
      loss += (z > 0 ? (1 - target) * z : -target * z) + Math.log1p(Math.exp(-Math.abs(z)));
    }
    return loss;
  }

  double lossBound(int i) {
    double slopes = 1;
    for (double z : logits[i]) {
      slopes += NceLossReference.sigmoid(z + logitBound);
    }
    return slopes * logitBound + 1e-6 * loss(i);
  }

  double softmaxLoss(int i) {
    long[] counted = counted(i);
    if (counted.length == 0) {
      return 0;
    }
    double greatest = Arrays.stream(logits[i]).max().orElseThrow();
    double sum = Arrays.stream(logits[i]).map(z -> Math.exp(z - greatest)).sum();
    double mean = Arrays.stream(counted).mapToDouble(y -> greatest - logits[i][(int) y]).sum();
    return mean / counted.length + Math.log(sum);
  }

  double softmaxBound(int i) {
    return 2 * logitBound + 1e-6 * softmaxLoss(i);
  }

  /** The least and the greatest rank that rounding of logits leaves possible. */
  long[] ranks(int i, int j) {
    long label = labels[i * numTrue + j];
    if (ignoreIndex != null && label == ignoreIndex) {
      return new long[] {0, 0};
    }
    double z = logits[i][(int) label];
    long surely = Arrays.stream(logits[i]).filter(other -> other > z + 2 * logitBound).count();
    long possibly = Arrays.stream(logits[i]).filter(other -> other >= z - 2 * logitBound).count();
    return new long[] {1 + surely, possibly};
  }

  double logit(int i, long classId) {
    return logits[i][(int) classId];
  }

  double logitBound() {
    return logitBound;
  }
}
