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
    ClassTable classes,
    Value labels,
    NceLossOptions options,
    SampledValues sampledValues,
    Value step) {
  NceLossSignature {
    OpArguments arguments = classes.arguments();
    classes.checkLabels(labels, options.numTrue());
    if (sampledValues == null) {
      checkOwnSample(arguments, options, classes.numClasses());
    } else {
      Dim numTrue = Dim.of(options.numTrue());
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
          classes.batch(),
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

  /** The arguments in TensorFlow's order. */
  static NceLossSignature of(
      String op,
      List<Value> weights,
      Value biases,
      Value labels,
      Value inputs,
      NceLossOptions options,
      SampledValues sampledValues,
      Value step) {
    ClassTable classes =
        new ClassTable(
            new OpArguments(op),
            weights,
            biases,
            inputs,
            options.numClasses(),
            options.partitionStrategy());
    return new NceLossSignature(classes, labels, options, sampledValues, step);
  }

  List<Value> weights() {
    return classes.weights();
  }

  Value biases() {
    return classes.biasesOrNull();
  }

  Value inputs() {
    return classes.inputs();
  }

  /** The number of candidates as a dimension. */
  Dim numSampled() {
    return options.numSampled().isPresent()
        ? Dim.of(options.numSampled().getAsLong())
        : dim(sampledValues.sampledCandidates(), 0);
  }

  /** The number of classes, if it is given or every partition has a fixed size. */
  OptionalLong numClasses() {
    return classes.numClasses();
  }

  /** [batch, num_true]. */
  Shape labelsShape() {
    return Shape.of(classes.batch(), Dim.of(options.numTrue()));
  }

  private static void checkOwnSample(
      OpArguments arguments, NceLossOptions options, OptionalLong numClasses) {
    if (options.numSampled().isEmpty()) {
      throw arguments.error("num_sampled", "a value, since no sampled values are given", "none");
    }
    long numSampled = options.numSampled().getAsLong();
    if (numSampled < 1) {
      throw arguments.error(
          "num_sampled", "at least 1, since no sampled values are given", "" + numSampled);
    }
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
