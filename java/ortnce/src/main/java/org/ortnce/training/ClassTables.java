package org.ortnce.training;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ortnce.nce.GraphNames;
import org.ortnce.nce.NceNetwork;
import org.ortnce.nce.PartitionStrategy;

/** The weights, in partitions, and the biases of the classes, for reading rows of them. */
final class ClassTables {
  private final PartitionStrategy strategy;
  private final List<Parameter> weights = new ArrayList<>();
  private final Optional<Parameter> biases;

  /** Those of a network among all its parameters by name. */
  ClassTables(NceNetwork network, Map<String, Parameter> parameters) {
    strategy = network.partitionStrategy();
    int partitions =
        (int) network.parameters().keySet().stream().filter(ClassTables::areWeights).count();
    for (int p = 0; p < partitions; p++) {
      weights.add(parameters.get(GraphNames.weights(p, partitions)));
    }
    biases = Optional.ofNullable(parameters.get(GraphNames.BIASES));
  }

  private static boolean areWeights(String name) {
    return name.startsWith(GraphNames.WEIGHTS);
  }

  boolean hasBiases() {
    return biases.isPresent();
  }

  /** The length of a row of the weights. */
  int dim() {
    return weights.get(0).rowSize();
  }

  /**
   * Copies the weights of these classes.
   *
   * @param ids ascending
   * @param rows [ids, dim]
   */
  void copyWeights(long[] ids, FloatBuffer rows) {
    FloatBuffer[] tables = weights.stream().map(Parameter::floats).toArray(FloatBuffer[]::new);
    int count = tables.length;
    int partition = 0;
    long first = 0;
    int dim = dim();
    for (int i = 0; i < ids.length; i++) {
      long row = ids[i];
      if (strategy == PartitionStrategy.MOD) {
        partition = (int) (row % count);
        row /= count;
      } else {
        while (row >= first + weights.get(partition).rows()) {
          first += weights.get(partition++).rows();
        }
        row -= first;
      }
      // A partition is one buffer, so its elements are counted by ints.
      rows.put(i * dim, tables[partition], (int) (row * dim), dim);
    }
  }

  /** Copies the biases of these classes, [ids]. */
  void copyBiases(long[] ids, FloatBuffer copy) {
    FloatBuffer all = biases.orElseThrow().floats();
    for (int i = 0; i < ids.length; i++) {
      copy.put(i, all.get((int) ids[i]));
    }
  }
}
