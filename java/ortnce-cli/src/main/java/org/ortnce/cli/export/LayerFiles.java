package org.ortnce.cli.export;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.ortnce.nce.OutputLayer;
import org.ortnce.nce.PartitionStrategy;
import org.ortnce.tensor.Npz;
import org.ortnce.tensor.RowTable;
import org.ortnce.tensor.Tensor;
import org.ortnce.tensor.TensorData;

/** Reads the weights and biases of an output layer. */
public final class LayerFiles {
  private static final String WEIGHTS = "weights";
  private static final String BIASES = "biases";

  private final List<TensorData> weights;
  private final TensorData biases;

  private LayerFiles(List<TensorData> weights, TensorData biases) {
    this.weights = weights;
    this.biases = biases;
  }

  /**
   * Takes .npy files, of any length: their rows are read when a model is written.
   *
   * @param weights one file for each partition
   * @param biases null for none
   */
  public static LayerFiles npy(List<String> weights, String biases) throws IOException {
    List<TensorData> partitions = new ArrayList<>();
    for (String file : weights) {
      partitions.add(RowTable.ofNpy(Path.of(file)));
    }
    return new LayerFiles(partitions, biases == null ? null : RowTable.ofNpy(Path.of(biases)));
  }

  /**
   * Reads arrays of a .npz file.
   *
   * @param weights the names of the partitions; if empty, {@code weights}, or {@code weights_0},
   *     {@code weights_1} and so on
   * @param biases the name of the biases; if null, {@code biases}, if there is such an array
   * @throws IOException if the file cannot be read or lacks an array
   */
  public static LayerFiles npz(Path file, List<String> weights, String biases) throws IOException {
    Map<String, Tensor> arrays = Npz.read(file);
    List<TensorData> partitions = new ArrayList<>();
    for (String name : weights.isEmpty() ? defaultWeights(arrays) : weights) {
      partitions.add(array(file, arrays, name));
    }
    if (biases == null) {
      return new LayerFiles(partitions, arrays.get(BIASES));
    }
    return new LayerFiles(partitions, array(file, arrays, biases));
  }

  private static List<String> defaultWeights(Map<String, Tensor> arrays) {
    List<String> names = new ArrayList<>();
    while (arrays.containsKey(WEIGHTS + "_" + names.size())) {
      names.add(WEIGHTS + "_" + names.size());
    }
    return names.isEmpty() ? List.of(WEIGHTS) : names;
  }

  private static Tensor array(Path file, Map<String, Tensor> arrays, String name)
      throws IOException {
    Tensor found = arrays.get(name);
    if (found == null) {
      throw new IOException(file + " has no array " + name + ", only " + arrays.keySet());
    }
    return found;
  }

  /**
   * The layer, with its numbers stored in the models made of it.
   *
   * @param numClasses null for as many as there are rows
   * @throws IllegalArgumentException if the arrays do not fit together
   */
  public OutputLayer layer(PartitionStrategy strategy, Long numClasses) {
    OutputLayer layer = OutputLayer.partitioned(weights, strategy, biases);
    return numClasses == null ? layer : layer.withNumClasses(numClasses);
  }
}
