package org.ortnce.nce;

import static org.ortnce.nce.OpArguments.dim;

import java.util.List;
import java.util.OptionalLong;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.Value;
import org.ortnce.tensor.ElementType;

/**
 * The classes that an op scores and the activations it scores them for: weights in partitions,
 * biases, inputs, checked as far as types tell. Weights and biases are of one type that widens to
 * float, which is that of the inputs unless these are float.
 *
 * @param biasesOrNull [num_classes], or one for each row
 * @param givenNumClasses the attribute {@code num_classes}, if it is given
 */
record ClassTable(
    OpArguments arguments,
    List<Value> weights,
    Value biasesOrNull,
    Value inputs,
    OptionalLong givenNumClasses,
    PartitionStrategy strategy) {
  ClassTable {
    weights = arguments.listOf("weights", weights);
    if (weights.isEmpty()) {
      throw arguments.error("weights", "at least one partition", "none");
    }
    arguments.expectNumbers("inputs", inputs, "[batch, dim]", Dim.unknown(), Dim.unknown());
    for (int p = 0; p < weights.size(); p++) {
      String name = weights.size() == 1 ? "weights" : "weights[" + p + "]";
      arguments.expectNumbers(name, weights.get(p), "[rows, dim]", Dim.unknown(), dim(inputs, 1));
      boolean free = inputs.elementType() == ElementType.FLOAT;
      ElementType type = (free ? weights.get(0) : inputs).elementType();
      if (weights.get(p).elementType() != type) {
        String like = " like " + (free ? "weights[0]" : "inputs");
        throw arguments.error(name, type.onnxName() + like, weights.get(p).toString());
      }
    }
    OptionalLong rows = checkRows(arguments, weights, givenNumClasses, strategy);
    if (biasesOrNull != null) {
      ElementType type = weights.get(0).elementType();
      arguments.expect("biases", biasesOrNull, "[num_classes]", type, Dim.unknown());
      checkBiases(arguments, biasesOrNull, givenNumClasses, rows);
    }
  }

  /** Demands labels, int64 or int32 [batch, num_true]. */
  void checkLabels(Value labels, int numTrue) {
    if (labels == null) {
      throw arguments.error("labels", "a value", "null");
    }
    arguments.expectIds("labels", labels, "[batch, num_true]", batch(), Dim.of(numTrue));
  }

  /** The number of examples. */
  Dim batch() {
    return dim(inputs, 0);
  }

  /** The sum of the rows of all partitions, if every one is fixed. */
  OptionalLong rows() {
    return rowsOf(weights);
  }

  /** The number of classes, if it is given or every partition has a fixed size. */
  OptionalLong numClasses() {
    return givenNumClasses.isPresent() ? givenNumClasses : rows();
  }

  private static OptionalLong rowsOf(List<Value> weights) {
    if (!weights.stream().allMatch(w -> dim(w, 0).isFixed())) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(weights.stream().mapToLong(w -> dim(w, 0).size()).sum());
  }

  private static OptionalLong checkRows(
      OpArguments arguments,
      List<Value> weights,
      OptionalLong givenNumClasses,
      PartitionStrategy strategy) {
    OptionalLong rows = rowsOf(weights);
    if (rows.isEmpty()) {
      return rows;
    }
    strategy.checkSizes(weights.stream().map(w -> dim(w, 0).size()).toList());
    if (rows.getAsLong() == 0) {
      throw arguments.error("weights", "at least one row", "none");
    }
    long numClasses = givenNumClasses.orElse(rows.getAsLong());
    if (numClasses > rows.getAsLong()) {
      throw arguments.error(
          "num_classes", "at most the rows of the weights, " + rows.getAsLong(), "" + numClasses);
    }
    return rows;
  }

  private static void checkBiases(
      OpArguments arguments, Value biases, OptionalLong givenNumClasses, OptionalLong rows) {
    if (rows.isEmpty() || !dim(biases, 0).isFixed()) {
      return;
    }
    long numClasses = givenNumClasses.orElse(rows.getAsLong());
    long length = dim(biases, 0).size();
    if (length != numClasses && length != rows.getAsLong()) {
      throw arguments.error("biases", "num_classes = " + numClasses + " elements", "" + length);
    }
  }
}
