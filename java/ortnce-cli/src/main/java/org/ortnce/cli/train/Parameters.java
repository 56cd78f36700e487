package org.ortnce.cli.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ortnce.cli.train.data.Dataset;
import org.ortnce.nce.GraphNames;
import org.ortnce.nce.InputLayer;
import org.ortnce.nce.NceNetwork;
import org.ortnce.tensor.Tensor;
import org.ortnce.training.Parameter;

/** The network for some data, and the parameters that are trained. */
record Parameters(NceNetwork network, List<Parameter> all) {
  /**
   * Parameters before the first step: embeddings uniform, so that their length is near 0.6 for any
   * dim, and weights 0.
   *
   * @param biases float [num_classes]
   */
  static Parameters initial(Dataset data, int dim, Tensor biases, long seed) {
    int rows = data.numInputs();
    int context = data.context();
    InputLayer input =
        context == 0
            ? InputLayer.embeddings(rows, dim)
            : InputLayer.meanEmbeddings(rows, dim, context);
    double bound = 1 / Math.sqrt(dim);
    return new Parameters(
        NceNetwork.of(input, data.numClasses()),
        List.of(
            Parameter.uniform(GraphNames.EMBEDDINGS, -bound, bound, seed, rows, dim),
            Parameter.zeros(GraphNames.WEIGHTS, data.numClasses(), dim),
            Parameter.of(GraphNames.BIASES, biases)));
  }

  /** The tensors by name; not copies. */
  Map<String, Tensor> tensors() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    all.forEach(parameter -> tensors.put(parameter.name(), parameter.value()));
    return tensors;
  }

  /** The embeddings, float [rows, dim]. */
  Tensor embeddings() {
    return all.get(0).value();
  }
}
