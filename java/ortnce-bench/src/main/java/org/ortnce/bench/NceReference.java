package org.ortnce.bench;

import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import org.ortnce.tensor.Tensor;

/**
 * The loss and its gradient in double, for some examples and classes: enough to tell a peer that
 * computes something else.
 */
final class NceReference {
  /** Relative to the norm of what is compared: peers add thousands of terms in float. */
  private static final double TOLERANCE = 1e-4;

  private static final int EXAMPLES = 16;

  private final NceProblem problem;
  private final int dim;
  private final int numTrue;
  private final FloatBuffer x;
  private final FloatBuffer w;
  private final LongBuffer labels;
  private final LongBuffer candidates;

  NceReference(NceProblem problem) {
    this.problem = problem;
    dim = problem.sizes().dim();
    numTrue = problem.sizes().numTrue();
    x = problem.inputs().floats();
    w = problem.weights().floats();
    labels = problem.labels().longs();
    candidates = problem.sampledCandidates().longs();
  }

  /**
   * Compares.
   *
   * @throws IllegalStateException naming the number that differs
   */
  void check(String peer, NceResult found) {
    int batch = problem.sizes().batch();
    for (int i = 0; i < batch; i += Math.max(1, batch / EXAMPLES)) {
      double[] row = new double[dim];
      compare(peer + ": loss", i, found.loss().floats().get(i), example(i, row));
      if (found.inputsGrad() != null) {
        compareRow(peer + ": inputs_grad", i, found.inputsGrad(), row);
      }
    }
    if (found.weightsGrad() != null) {
      for (long id :
          new long[] {labels.get(0), candidates.get(0), labels.get(labels.limit() - 1)}) {
        compareRow(peer + ": weights_grad", 0, sumOf(id, found), classGrad(id));
      }
    }
  }

  /** The loss of an example; its gradient is added to {@code row}. */
  private double example(int i, double[] row) {
    double loss = 0;
    for (int j = 0; j < numTrue; j++) {
      double u = trueLogit(i, j);
      loss += softplus(u) - u / numTrue;
      add(row, sigmoid(u) - 1.0 / numTrue, w, (int) labels.get(i * numTrue + j));
    }
    for (int k = 0; k < candidates.limit(); k++) {
      double v = sampledLogit(i, k);
      loss += softplus(v);
      add(row, sigmoid(v), w, (int) candidates.get(k));
    }
    return loss;
  }

  /** The gradient of a class's embedding. */
  private double[] classGrad(long id) {
    double[] row = new double[dim];
    for (int i = 0; i < problem.sizes().batch(); i++) {
      double slope = 0;
      for (int j = 0; j < numTrue; j++) {
        slope += labels.get(i * numTrue + j) == id ? sigmoid(trueLogit(i, j)) - 1.0 / numTrue : 0;
      }
      for (int k = 0; k < candidates.limit(); k++) {
        slope += candidates.get(k) == id ? sigmoid(sampledLogit(i, k)) : 0;
      }
      add(row, slope, x, i);
    }
    return row;
  }

  private Tensor sumOf(long id, NceResult found) {
    double[] sum = new double[dim];
    LongBuffer ids = found.classIds().longs();
    for (int row = 0; row < ids.limit(); row++) {
      if (ids.get(row) == id) {
        add(sum, 1, found.weightsGrad().floats(), row);
      }
    }
    float[] floats = new float[dim];
    for (int d = 0; d < dim; d++) {
      floats[d] = (float) sum[d];
    }
    return Tensor.of(floats, 1, dim);
  }

  private double trueLogit(int i, int j) {
    int at = i * numTrue + j;
    return logit(i, (int) labels.get(at), problem.trueExpectedCount().floats().get(at));
  }

  private double sampledLogit(int i, int k) {
    return logit(i, (int) candidates.get(k), problem.sampledExpectedCount().floats().get(k));
  }

  private double logit(int i, int id, double expectedCount) {
    double sum = problem.biases().floats().get(id) - Math.log(expectedCount);
    for (int d = 0; d < dim; d++) {
      sum += (double) x.get(i * dim + d) * w.get(id * dim + d);
    }
    return sum;
  }

  private void add(double[] row, double factor, FloatBuffer rows, int index) {
    if (factor != 0) {
      for (int d = 0; d < dim; d++) {
        row[d] += factor * rows.get(index * dim + d);
      }
    }
  }

  private static double softplus(double z) {
    return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
  }

  private static double sigmoid(double z) {
    return 1 / (1 + Math.exp(-z));
  }

  private void compareRow(String what, int index, Tensor found, double[] expected) {
    double largest = 1e-6;
    for (double value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int d = 0; d < dim; d++) {
      compare(what, index, found.floats().get(index * dim + d) / largest, expected[d] / largest);
    }
  }

  private static void compare(String what, int index, double found, double expected) {
    if (!(Math.abs(found - expected) <= TOLERANCE * Math.max(1, Math.abs(expected)))) {
      throw new IllegalStateException(
          what + " of row " + index + " is " + found + ", expected " + expected);
    }
  }
}
