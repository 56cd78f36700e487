package org.ortnce.session;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.ortnce.nce.ClassRange;
import org.ortnce.nce.GraphNames;
import org.ortnce.nce.OutputLayer;
import org.ortnce.nce.PartitionStrategy;
import org.ortnce.tensor.NpyFile;
import org.ortnce.tensor.Tensor;

/**
 * One table of weights in memory outside the Java heap for several sessions of one process, such as
 * training loss, evaluation and inference: no session copies it.
 *
 * <p>The models have the weights as graph inputs ({@link #outputLayer}, {@link OutputLayer#inputs},
 * {@link org.ortnce.nce.NceNetwork#evaluation( org.ortnce.nce.EvaluationOptions)}) or as
 * initializers; {@link SessionConfig.Builder#sharedWeights} gives them to sessions. The tensors
 * must not be written to while a session runs; writes between runs are seen by all sessions, given
 * as graph inputs without exception. Immutable but for that.
 */
public final class SharedWeights {
  private final Map<String, Tensor> tensors;

  private SharedWeights(Map<String, Tensor> tensors) {
    this.tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
  }

  /**
   * Tensors by their names in the graphs, such as {@code TrainingSession.values()}.
   *
   * @throws IllegalArgumentException if one is on the Java heap, where every session would copy it
   */
  public static SharedWeights of(Map<String, Tensor> tensors) {
    tensors.forEach(
        (name, tensor) -> {
          Objects.requireNonNull(tensor, name);
          if (!tensor.isDirect() && tensor.elementCount() > 0) {
            throw new IllegalArgumentException(
                "shared weights '"
                    + name
                    + "' must be in a direct buffer, got "
                    + tensor
                    + " on the Java heap");
          }
        });
    return new SharedWeights(tensors);
  }

  /**
   * The weights of an output layer in one piece.
   *
   * @param weights [num_classes, dim] of float, float16 or bfloat16
   * @param biasesOrNull [num_classes] of the same type, or null for zeros
   */
  public static SharedWeights of(Tensor weights, Tensor biasesOrNull) {
    return ofPartitions(List.of(weights), biasesOrNull);
  }

  /** The weights of an output layer in partitions, each [rows, dim]. */
  public static SharedWeights ofPartitions(List<Tensor> partitions, Tensor biasesOrNull) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (int p = 0; p < partitions.size(); p++) {
      tensors.put(GraphNames.weights(p, partitions.size()), partitions.get(p));
    }
    if (biasesOrNull != null) {
      tensors.put(GraphNames.BIASES, biasesOrNull);
    }
    return of(tensors);
  }

  /**
   * The weights of an output layer in .npy files, mapped into memory: read when they are used and
   * shared with other processes. A table of 2 GiB and more is cut into as many "div" partitions as
   * it needs.
   *
   * @param weights [num_classes, dim] of float, float16 or bfloat16, of any length
   * @param biasesOrNull [num_classes] of the same type, or null for zeros
   * @throws IOException if a file cannot be read or is malformed
   * @throws IllegalArgumentException if an array is of another type or rank
   */
  public static SharedWeights ofNpy(Path weights, Path biasesOrNull) throws IOException {
    try (NpyFile file = NpyFile.open(weights)) {
      long rowElements = Math.max(1, file.rowBytes() / file.elementType().byteSize());
      long rowsOfOne = Math.max(1, OrtTensors.mostElements(file.elementType()) / rowElements);
      int least = Math.toIntExact(Math.max(1, (file.rows() + rowsOfOne - 1) / rowsOfOne));
      return ofNpy(file, least, biasesOrNull);
    }
  }

  /**
   * The same in this many "div" partitions, as even as can be.
   *
   * @throws IllegalArgumentException also if there are fewer rows than partitions
   */
  public static SharedWeights ofNpy(Path weights, int partitions, Path biasesOrNull)
      throws IOException {
    try (NpyFile file = NpyFile.open(weights)) {
      return ofNpy(file, partitions, biasesOrNull);
    }
  }

  private static SharedWeights ofNpy(NpyFile file, int partitions, Path biasesOrNull)
      throws IOException {
    check(file, 2);
    if (partitions < 1 || partitions > file.rows()) {
      throw new IllegalArgumentException(
          "partitions must be in [1, rows = " + file.rows() + "], got " + partitions);
    }
    List<Tensor> mapped = new ArrayList<>();
    long first = 0;
    for (int p = 0; p < partitions; p++) {
      long end = first + file.rows() / partitions + (p < file.rows() % partitions ? 1 : 0);
      mapped.add(file.map(first, end - first));
      first = end;
    }
    if (biasesOrNull == null) {
      return ofPartitions(mapped, null);
    }
    try (NpyFile biases = NpyFile.open(biasesOrNull)) {
      check(biases, 1);
      return ofPartitions(mapped, biases.map(0, biases.rows()));
    }
  }

  private static void check(NpyFile file, int rank) {
    if (!file.elementType().widensToFloat() || file.shape().length != rank) {
      throw new IllegalArgumentException(
          "expected float, float16 or bfloat16 of rank " + rank + ", got " + file);
    }
  }

  /** The tensors by their names in the graphs. */
  public Map<String, Tensor> tensors() {
    return tensors;
  }

  /**
   * The tensors of these names alone, such as those of the output layer of a larger network.
   *
   * @throws IllegalArgumentException if one is not there
   */
  public SharedWeights only(String... names) {
    Map<String, Tensor> some = new LinkedHashMap<>();
    for (String name : names) {
      if (!tensors.containsKey(name)) {
        throw new IllegalArgumentException(
            "there are no shared weights '" + name + "', only " + tensors.keySet());
      }
      some.put(name, tensors.get(name));
    }
    return new SharedWeights(some);
  }

  /**
   * The classes of a range alone: views of the same memory.
   *
   * @param strategy how classes are spread over the partitions
   * @throws IllegalArgumentException if there are no weights, or fewer rows than the range wants
   */
  public SharedWeights range(ClassRange range, PartitionStrategy strategy) {
    Tensor biases = tensors.get(GraphNames.BIASES);
    Tensor ownBiases =
        biases == null
            ? null
            : PartitionStrategy.DIV.rowsOf(List.of(biases), range.begin(), range.end()).get(0);
    return ofPartitions(strategy.rowsOf(partitions(), range.begin(), range.end()), ownBiases);
  }

  /**
   * An output layer without numbers that has these weights as graph inputs.
   *
   * @throws IllegalArgumentException if there are no weights, or the partitions do not fit the
   *     strategy
   */
  public OutputLayer outputLayer(PartitionStrategy strategy) {
    List<Tensor> partitions = partitions();
    long[] rows = partitions.stream().mapToLong(w -> w.dim(0)).toArray();
    boolean hasBiases = tensors.containsKey(GraphNames.BIASES);
    Tensor first = partitions.get(0);
    return OutputLayer.inputs(rows, first.dim(1), hasBiases, strategy, first.elementType());
  }

  private List<Tensor> partitions() {
    List<Tensor> partitions = new ArrayList<>();
    if (tensors.containsKey(GraphNames.WEIGHTS)) {
      partitions.add(tensors.get(GraphNames.WEIGHTS));
    }
    for (int p = 0; tensors.containsKey(GraphNames.WEIGHTS + "_" + p); p++) {
      partitions.add(tensors.get(GraphNames.WEIGHTS + "_" + p));
    }
    if (partitions.isEmpty()) {
      throw new IllegalArgumentException(
          "there are no shared weights '" + GraphNames.WEIGHTS + "', only " + tensors.keySet());
    }
    return partitions;
  }
}
