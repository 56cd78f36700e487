package org.ortnce.nce;

import static org.ortnce.nce.OpArguments.dim;

import java.util.List;
import java.util.OptionalLong;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.tensor.ElementType;

/**
 * The arguments of one {@code NceLoss} or its gradient, checked against its contract as far as
 * types tell.
 */
record NceLossSignature(
    String op,
    List<Value> weights,
    Value biases,
    Value labels,
    Value inputs,
    NceLossOptions options,
    SampledValues sampledValues,
    Value step) {
  NceLossSignature {
    OpArguments arguments = new OpArguments(op);
    if (weights.isEmpty()) {
      throw arguments.error("weights", "at least one partition", "none");
    }
    arguments.expect(
        "inputs", inputs, "[batch, dim]", ElementType.FLOAT, Dim.unknown(), Dim.unknown());
    Dim batch = dim(inputs, 0);
    Dim dim = dim(inputs, 1);
    if (labels == null) {
      throw arguments.error("labels", "a value", "null");
    }
    ElementType labelType =
        labels.elementType() == ElementType.INT32 ? ElementType.INT32 : ElementType.INT64;
    Dim numTrue = Dim.of(options.numTrue());
    arguments.expect("labels", labels, "[batch, num_true]", labelType, batch, numTrue);
    for (int p = 0; p < weights.size(); p++) {
      String name = weights.size() == 1 ? "weights" : "weights[" + p + "]";
      arguments.expect(name, weights.get(p), "[rows, dim]", ElementType.FLOAT, Dim.unknown(), dim);
    }
    OptionalLong rows = checkRows(arguments, weights, options);
    if (biases != null) {
      arguments.expect("biases", biases, "[num_classes]", ElementType.FLOAT, Dim.unknown());
      checkBiases(arguments, biases, options, rows);
    }
    if (sampledValues == null) {
      checkOwnSample(arguments, options, rows);
    } else {
      Dim numSampled =
          options.numSampled().isPresent()
              ? Dim.of(options.numSampled().getAsLong())
              : dim(sampledValues.sampledCandidates(), 0);
      arguments.expect(
          "sampled_candidates",
          sampledValues.sampledCandidates(),
          "[num_sampled]",
          ElementType.INT64,
          numSampled);
      arguments.expect(
          "true_expected_count",
          sampledValues.trueExpectedCount(),
          "[batch, num_true]",
          ElementType.FLOAT,
          batch,
          numTrue);
      arguments.expect(
          "sampled_expected_count",
          sampledValues.sampledExpectedCount(),
          "[num_sampled]",
          ElementType.FLOAT,
          numSampled);
    }
    arguments.checkStep(step);
  }

  /** The number of candidates as a dimension. */
  Dim numSampled() {
    return options.numSampled().isPresent()
        ? Dim.of(options.numSampled().getAsLong())
        : dim(sampledValues.sampledCandidates(), 0);
  }

  /** The number of classes, if it is given or every partition has a fixed size. */
  OptionalLong numClasses() {
    return options.numClasses().isPresent()
        ? options.numClasses()
        : checkRows(new OpArguments(op), weights, options);
  }

  /** [batch, num_true]. */
  Shape labelsShape() {
    return Shape.of(dim(inputs, 0), Dim.of(options.numTrue()));
  }

  /** The sum of the rows of all partitions, if every one is fixed. */
  private static OptionalLong checkRows(
      OpArguments arguments, List<Value> weights, NceLossOptions options) {
    if (!weights.stream().allMatch(w -> dim(w, 0).isFixed())) {
      return OptionalLong.empty();
    }
    List<Long> sizes = weights.stream().map(w -> dim(w, 0).size()).toList();
    options.partitionStrategy().checkSizes(sizes);
    long rows = sizes.stream().mapToLong(Long::longValue).sum();
    if (rows == 0) {
      throw arguments.error("weights", "at least one row", "none");
    }
    long numClasses = options.numClasses().orElse(rows);
    if (numClasses > rows) {
      throw arguments.error(
          "num_classes", "at most the rows of the weights, " + rows, "" + numClasses);
    }
    return OptionalLong.of(rows);
  }

  private static void checkBiases(
      OpArguments arguments, Value biases, NceLossOptions options, OptionalLong rows) {
    if (rows.isEmpty() || !dim(biases, 0).isFixed()) {
      return;
    }
    long numClasses = options.numClasses().orElse(rows.getAsLong());
    long length = dim(biases, 0).size();
    if (length != numClasses && length != rows.getAsLong()) {
      throw arguments.error("biases", "num_classes = " + numClasses + " elements", "" + length);
    }
  }

  private static void checkOwnSample(
      OpArguments arguments, NceLossOptions options, OptionalLong rows) {
    if (options.numSampled().isEmpty()) {
      throw arguments.error("num_sampled", "a value, since no sampled values are given", "none");
    }
    long numSampled = options.numSampled().getAsLong();
    if (numSampled < 1) {
      throw arguments.error(
          "num_sampled", "at least 1, since no sampled values are given", "" + numSampled);
    }
    OptionalLong numClasses = options.numClasses().isPresent() ? options.numClasses() : rows;
    if (numClasses.isPresent() && numSampled > numClasses.getAsLong()) {
      throw arguments.error(
          "num_sampled",
          "at most num_classes = "
              + numClasses.getAsLong()
              + ", since candidates are drawn without replacement",
          "" + numSampled);
    }
  }
}
