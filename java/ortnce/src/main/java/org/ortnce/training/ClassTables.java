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
  /** Rows whose lines are read before they are copied. */
  private static final int AHEAD = 64;

  private final PartitionStrategy strategy;
  private final List<Parameter> weights = new ArrayList<>();
  private final Optional<Parameter> biases;

  private final CacheLines lines = new CacheLines();

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
    int dim = dim();
    int[] partitions = new int[ids.length];
    int[] starts = new int[ids.length];
    locate(ids, partitions, starts);
    for (int first = 0; first < ids.length; first += AHEAD) {
      int end = Math.min(first + AHEAD, ids.length);
      for (int i = first; i < end; i++) {
        lines.read(tables[partitions[i]], starts[i], dim);
      }
      for (int i = first; i < end; i++) {
        rows.put(i * dim, tables[partitions[i]], starts[i], dim);
      }
    }
  }

  /** Finds the partition of each class and where its row begins; a buffer counts by ints. */
  private void locate(long[] ids, int[] partitions, int[] starts) {
    int count = weights.size();
    int partition = 0;
    long first = 0;
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
      partitions[i] = partition;
      starts[i] = (int) (row * dim());
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
