package org.ortnce.nce;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;
import org.ortnce.tensor.TensorData;

/**
 * The weights and biases of the output classes: stored in the models made of it, or inputs of their
 * graphs. Immutable.
 */
public final class OutputLayer {
  private final List<Value> weights;
  private final Value biases;
  private final PartitionStrategy strategy;
  private final boolean stored;
  private final long rows;
  private final long numClasses;
  private final long dim;

  private OutputLayer(
      List<Value> weights,
      Value biases,
      PartitionStrategy strategy,
      boolean stored,
      long numClasses) {
    this.weights = List.copyOf(weights);
    this.biases = biases;
    this.strategy = strategy;
    this.stored = stored;
    this.rows = weights.stream().mapToLong(w -> w.shape().dim(0).size()).sum();
    this.numClasses = numClasses;
    this.dim = weights.get(0).shape().dim(1).size();
  }

  /**
   * Weights and biases stored in the model.
   *
   * @param weights [num_classes, dim] of float, float16 or bfloat16
   * @param biases [num_classes] of the same type, or null for zeros
   * @throws IllegalArgumentException if types or shapes do not fit
   */
  public static OutputLayer of(TensorData weights, TensorData biases) {
    return partitioned(List.of(weights), PartitionStrategy.DIV, biases);
  }

  /**
   * Partitioned weights stored in the model.
   *
   * @param weights the partitions, each [rows, dim], all of float, float16 or bfloat16
   * @param biases [num_classes] of the same type, or null for zeros
   * @throws IllegalArgumentException if types or shapes do not fit
   */
  public static OutputLayer partitioned(
      List<? extends TensorData> weights, PartitionStrategy strategy, TensorData biases) {
    List<Value> values = weights.stream().map(Value::initializer).toList();
    return checked(values, biases == null ? null : Value.initializer(biases), strategy, true);
  }

  /**
   * The layer of a model that was made here, with its weights and biases as stored there: external
   * data is read when it is used.
   *
   * @throws IllegalArgumentException if the model stores no weights, or none that fit, or does not
   *     say how classes are spread over its partitions
   * @throws IOException if external data is not sound
   */
  public static OutputLayer extract(OnnxModel model) throws IOException {
    return new OutputLayerReader(model).read(null);
  }

  /** The same for a model in standard ops alone, which does not say it. */
  public static OutputLayer extract(OnnxModel model, PartitionStrategy strategy)
      throws IOException {
    return new OutputLayerReader(model).read(Objects.requireNonNull(strategy, "strategy"));
  }

  /**
   * Weights and biases that each run of the model is given: graph inputs {@code weights} and, with
   * {@code hasBiases}, {@code biases}.
   */
  public static OutputLayer inputs(long numClasses, long dim, boolean hasBiases) {
    return inputs(numClasses, dim, hasBiases, PartitionStrategy.DIV, 1);
  }

  /**
   * The same with the weights in partitions as even as can be: graph inputs {@code weights_0},
   * {@code weights_1} and so on.
   *
   * @throws IllegalArgumentException if a size is negative or there is no class or no partition
   */
  public static OutputLayer inputs(
      long numClasses, long dim, boolean hasBiases, PartitionStrategy strategy, int partitions) {
    if (partitions < 1) {
      throw new IllegalArgumentException("partitions must be >= 1, got " + partitions);
    }
    return inputs(PartitionStrategy.evenSizes(numClasses, partitions), dim, hasBiases, strategy);
  }

  /** The same with partitions of these sizes, in rows. */
  public static OutputLayer inputs(
      long[] partitionRows, long dim, boolean hasBiases, PartitionStrategy strategy) {
    return inputs(partitionRows, dim, hasBiases, strategy, ElementType.FLOAT);
  }

  /**
   * The same with weights and biases of this type.
   *
   * @param type float, float16 or bfloat16
   */
  public static OutputLayer inputs(
      long[] partitionRows,
      long dim,
      boolean hasBiases,
      PartitionStrategy strategy,
      ElementType type) {
    List<Value> values = new ArrayList<>();
    for (long rows : partitionRows) {
      values.add(Value.input(type, Shape.of(rows, dim)));
    }
    long total = Arrays.stream(partitionRows).sum();
    Value biases = hasBiases ? Value.input(type, Shape.of(total)) : null;
    return checked(values, biases, strategy, false);
  }

  /** Weights in this many partitions, and biases if there are any, under their names. */
  static OutputLayer of(Parameters parameters, PartitionStrategy strategy, int partitions) {
    List<Value> values = new ArrayList<>();
    for (int p = 0; p < partitions; p++) {
      values.add(parameters.get(GraphNames.weights(p, partitions)));
    }
    return checked(values, parameters.get(GraphNames.BIASES), strategy, parameters.areStored());
  }

  private static OutputLayer checked(
      List<Value> weights, Value biases, PartitionStrategy strategy, boolean stored) {
    Objects.requireNonNull(strategy, "strategy");
    if (weights.isEmpty()) {
      throw new IllegalArgumentException("weights must have at least one partition, got none");
    }
    ElementType type = weights.get(0).elementType();
    for (int p = 0; p < weights.size(); p++) {
      Value w = weights.get(p);
      boolean fits =
          type.widensToFloat()
              && w.elementType() == type
              && w.shape().rank() == 2
              && w.shape().dim(1).equals(weights.get(0).shape().dim(1));
      if (!fits) {
        throw new IllegalArgumentException(
            GraphNames.weights(p, weights.size())
                + " must be [rows, dim] of float, float16 or bfloat16 with one type and one dim for"
                + " all partitions, got "
                + w
                + (p == 0 ? "" : " after " + weights.get(0)));
      }
    }
    strategy.checkSizes(weights.stream().map(w -> w.shape().dim(0).size()).toList());
    long rows = weights.stream().mapToLong(w -> w.shape().dim(0).size()).sum();
    if (rows == 0) {
      throw new IllegalArgumentException("weights must have at least one row, got none");
    }
    if (biases != null && !biases.type().equals(Value.input(type, Shape.of(rows)).type())) {
      throw new IllegalArgumentException(
          "biases must be " + type.onnxName() + "[" + rows + "], got " + biases);
    }
    return new OutputLayer(weights, biases, strategy, stored, rows);
  }

  /**
   * The same layer with fewer classes than rows: the rows past them are padding.
   *
   * @throws IllegalArgumentException unless 1 &lt;= numClasses &lt;= rows
   */
  public OutputLayer withNumClasses(long newNumClasses) {
    if (newNumClasses < 1 || newNumClasses > rows) {
      throw new IllegalArgumentException(
          "numClasses must be in [1, " + rows + "], got " + newNumClasses);
    }
    return new OutputLayer(weights, biases, strategy, stored, newNumClasses);
  }

  /**
   * The same layer with its weights and biases in another type, such as float16 for a model of half
   * the size. Numbers that are stored are rounded to nearest (ties to even), those of files in
   * pieces while a model is written.
   *
   * @param type float, float16 or bfloat16
   * @throws IllegalArgumentException for another type
   */
  public OutputLayer asType(ElementType type) {
    if (!type.widensToFloat()) {
      throw new IllegalArgumentException(
          "type must be float, float16 or bfloat16, got " + type.onnxName());
    }
    if (type == elementType()) {
      return this;
    }
    List<Value> converted = weights.stream().map(w -> converted(w, type)).toList();
    Value ownBiases = biases == null ? null : converted(biases, type);
    return new OutputLayer(converted, ownBiases, strategy, stored, numClasses);
  }

  private Value converted(Value value, ElementType type) {
    return stored
        ? Value.initializer(stored(value).asType(type))
        : Value.input(type, value.shape());
  }

  /**
   * The classes of a range alone, as a layer of {@code range.size()} classes: views of the same
   * memory, no copies.
   *
   * @throws IllegalArgumentException if the range is not of as many classes as the layer has
   * @throws IllegalStateException if the weights are inputs of the graph: make a layer of inputs of
   *     the size of the range; or in a file: {@link TensorData#toTensor} maps them
   */
  public OutputLayer range(ClassRange range) {
    if (range.numClasses() != numClasses) {
      throw new IllegalArgumentException(
          "range must be one of " + numClasses + " classes, got " + range);
    }
    if (!stored) {
      throw new IllegalStateException("the layer has no numbers, its weights are graph inputs");
    }
    List<Tensor> parts = new ArrayList<>();
    weights.forEach(w -> parts.add(inMemory(w)));
    List<Tensor> own = strategy.rowsOf(parts, range.begin(), range.end());
    Tensor ownBiases = biases == null ? null : inMemory(biases).rows(range.begin(), range.size());
    return partitioned(own, strategy, ownBiases);
  }

  private static Tensor inMemory(Value value) {
    return value
        .constant()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "the layer's " + value + " is not in memory: make a layer of its tensors"));
  }

  /**
   * Checks that the options do not contradict the layer. The default strategy contradicts nothing.
   */
  void checkAgrees(NceLossOptions options) {
    if (options.numClasses().isPresent() && options.numClasses().getAsLong() != numClasses) {
      throw new IllegalArgumentException(
          "numClasses of the options must be that of the layer, "
              + numClasses
              + ", got "
              + options.numClasses().getAsLong());
    }
    if (options.partitionStrategy() != PartitionStrategy.DIV
        && options.partitionStrategy() != strategy) {
      throw new IllegalArgumentException(
          "partitionStrategy of the options must be that of the layer, "
              + strategy
              + ", got "
              + options.partitionStrategy());
    }
  }

  /** The type of weights and biases. */
  public ElementType elementType() {
    return weights.get(0).elementType();
  }

  /** The number of classes. */
  public long numClasses() {
    return numClasses;
  }

  /** The size of a class embedding. */
  public long dim() {
    return dim;
  }

  /** The partitions of the weights. */
  public List<Value> weights() {
    return weights;
  }

  /**
   * The elements of the partitions.
   *
   * @throws IllegalStateException if they are graph inputs
   */
  public List<TensorData> weightData() {
    return weights.stream().map(OutputLayer::stored).toList();
  }

  /**
   * The elements of the biases; empty if there are none.
   *
   * @throws IllegalStateException if they are a graph input
   */
  public Optional<TensorData> biasData() {
    return Optional.ofNullable(biases).map(OutputLayer::stored);
  }

  private static TensorData stored(Value value) {
    return value
        .content()
        .orElseThrow(() -> new IllegalStateException(value + " is a graph input of each run"));
  }

  /** The biases, or null. */
  public Value biases() {
    return biases;
  }

  /** How classes are spread over the partitions. */
  public PartitionStrategy partitionStrategy() {
    return strategy;
  }

  /** The rows of all partitions, padding included. */
  long rows() {
    return rows;
  }

  /** Gives weights and biases their names in a model. */
  void nameIn(ModelBuilder model) {
    for (int p = 0; p < weights.size(); p++) {
      name(model, GraphNames.weights(p, weights.size()), weights.get(p));
    }
    if (biases != null) {
      name(model, GraphNames.BIASES, biases);
    }
  }

  private void name(ModelBuilder model, String name, Value value) {
    if (stored) {
      model.initializer(name, value);
    } else {
      model.input(name, value);
    }
  }
}
