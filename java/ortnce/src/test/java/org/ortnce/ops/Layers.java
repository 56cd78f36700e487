package org.ortnce.ops;

import java.util.HashMap;
import java.util.Map;
import org.ortnce.nce.GraphNames;
import org.ortnce.nce.OutputLayer;
import org.ortnce.nce.PartitionStrategy;
import org.ortnce.tensor.Tensor;

/** The output layer of a case, for models made of layers. */
final class Layers {
  private Layers() {}

  /** Weights and biases stored in the model, or as inputs of the graph. */
  static OutputLayer of(NceCase c, boolean stored) {
    PartitionStrategy strategy =
        c.text("partition_strategy", "div").equals("mod")
            ? PartitionStrategy.MOD
            : PartitionStrategy.DIV;
    Tensor biases = c.get(GraphNames.BIASES);
    if (stored) {
      return OutputLayer.partitioned(c.weights(), strategy, biases);
    }
    long[] rows = c.weights().stream().mapToLong(w -> w.dim(0)).toArray();
    return OutputLayer.inputs(rows, c.weights().get(0).dim(1), biases != null, strategy);
  }

  /** The inputs, the tensors of these names, and weights and biases unless they are stored. */
  static Map<String, Tensor> feeds(NceCase c, boolean stored, String... names) {
    Map<String, Tensor> feeds = new HashMap<>();
    feeds.put(GraphNames.INPUTS, c.get(GraphNames.INPUTS));
    for (String name : names) {
      feeds.put(name, c.get(name));
    }
    if (!stored) {
      c.feeds()
          .forEach(
              (name, tensor) -> {
                if (GraphNames.isParameter(name)) {
                  feeds.put(name, tensor);
                }
              });
    }
    return feeds;
  }
}
