package org.ortnce.ops;

import java.util.Map;
import org.ortnce.onnx.Ops;
import org.ortnce.onnx.Value;
import org.ortnce.tensor.Tensor;

/**
 * What makes the inputs of a loss out of ids: rows of a table, or the means of several, and perhaps
 * a dense layer behind. As a graph, and in double.
 *
 * @param ids int64 [batch], or [batch, context] if several rows are averaged
 * @param activation tanh or relu; empty for no layer
 */
record InputNetwork(Tensor ids, String activation) {
  static final String EMBEDDINGS = "embeddings";
  static final String HIDDEN_WEIGHTS = "hidden_weights";
  static final String HIDDEN_BIASES = "hidden_biases";

  boolean hasLayer() {
    return !activation.isEmpty();
  }

  /** How many rows are averaged; 1 if ids are a vector. */
  private int context() {
    return ids.rank() == 1 ? 1 : (int) ids.dim(1);
  }

  Value graph(Map<String, Value> parameters, String table, Value idsInput) {
    Value rows = Ops.gather(parameters.get(table), idsInput, 0);
    Value x = ids.rank() == 1 ? rows : Ops.reduceMean(rows, false, 1);
    if (!hasLayer()) {
      return x;
    }
    Value sum = Ops.gemm(x, parameters.get(HIDDEN_WEIGHTS), parameters.get(HIDDEN_BIASES));
    return activation.equals("tanh") ? Ops.tanh(sum) : Ops.relu(sum);
  }

  double[] forward(Map<String, Tensor> parameters, String table) {
    int dim = (int) parameters.get(table).dim(1);
    float[] rows = parameters.get(table).toFloatArray();
    long[] row = ids.toLongArray();
    double[] x = new double[(int) ids.dim(0) * dim];
    for (int i = 0; i < row.length; i++) {
      for (int d = 0; d < dim; d++) {
        x[i / context() * dim + d] += (double) rows[(int) row[i] * dim + d] / context();
      }
    }
    return hasLayer() ? layer(parameters, x, dim) : x;
  }

  private double[] layer(Map<String, Tensor> parameters, double[] x, int dim) {
    float[] w = parameters.get(HIDDEN_WEIGHTS).toFloatArray();
    float[] b = parameters.get(HIDDEN_BIASES).toFloatArray();
    double[] y = new double[(int) ids.dim(0) * b.length];
    for (int i = 0; i < ids.dim(0); i++) {
      for (int h = 0; h < b.length; h++) {
        double sum = b[h];
        for (int d = 0; d < dim; d++) {
          sum += x[i * dim + d] * w[d * b.length + h];
        }
        y[i * b.length + h] = activation.equals("tanh") ? Math.tanh(sum) : Math.max(sum, 0);
      }
    }
    return y;
  }
}
