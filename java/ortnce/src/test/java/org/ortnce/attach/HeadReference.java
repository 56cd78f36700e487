package org.ortnce.attach;

import java.util.List;
import java.util.stream.IntStream;
import org.ortnce.nce.PartitionStrategy;

/** An output layer and its losses in double, term by term. */
final class HeadReference {
  private final List<float[]> partitions;
  private final float[] biases;
  private final PartitionStrategy strategy;
  private final int classes;
  private final int dim;

  /** Of partitions, row after row each, and biases or null. */
  HeadReference(
      List<float[]> partitions, float[] biases, PartitionStrategy strategy, int classes, int dim) {
    this.partitions = partitions;
    this.biases = biases;
    this.strategy = strategy;
    this.classes = classes;
    this.dim = dim;
  }

  double logit(float[] activations, int example, long classId) {
    float[] rows = partitions.get(0);
    long row = classId;
    if (strategy == PartitionStrategy.MOD) {
      rows = partitions.get((int) (classId % partitions.size()));
      row = classId / partitions.size();
    } else {
      for (int p = 1; row >= rows.length / dim; p++) {
        row -= rows.length / dim;
        rows = partitions.get(p);
      }
    }
    double sum = biases == null ? 0 : biases[(int) classId];
    for (int d = 0; d < dim; d++) {
      sum += (double) activations[example * dim + d] * rows[(int) row * dim + d];
    }
    return sum;
  }

  static double softplus(double z) {
    return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
  }

  /** The noise-contrastive loss of given candidates. */
  double nceLoss(
      float[] activations,
      int example,
      long[] labels,
      long[] candidates,
      float[] trueCount,
      float[] sampledCount) {
    int numTrue = labels.length;
    double loss = 0;
    for (int j = 0; j < numTrue; j++) {
      double u = logit(activations, example, labels[j]) - Math.log(trueCount[j]);
      loss += softplus(u) - u / numTrue;
    }
    for (int k = 0; k < candidates.length; k++) {
      loss += softplus(logit(activations, example, candidates[k]) - Math.log(sampledCount[k]));
    }
    return loss;
  }

  /** The sigmoid cross entropy over all classes. */
  double fullLoss(float[] activations, int example, long[] labels) {
    double loss =
        IntStream.range(0, classes)
            .mapToDouble(c -> softplus(logit(activations, example, c)))
            .sum();
    for (long label : labels) {
      loss -= logit(activations, example, label) / labels.length;
    }
    return loss;
  }

  /** The k greatest logits, descending. */
  double[] topLogits(float[] activations, int example, int k) {
    return IntStream.range(0, classes)
        .mapToDouble(c -> -logit(activations, example, c))
        .sorted()
        .limit(k)
        .map(z -> -z)
        .toArray();
  }
}
