package org.ortnce.nce;

import java.util.List;
import java.util.Objects;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.NodeBuilder;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.TensorType;
import org.ortnce.onnx.Value;
import org.ortnce.tensor.ElementType;

/** What the nodes of all candidate samplers share: checks, attributes and three outputs. */
final class SamplerNode {
  private final OpArguments arguments;
  private final SamplerOptions options;
  private final long rangeMax;
  private final NodeBuilder node;

  private SamplerNode(String op, Value trueClasses, SamplerOptions options, long rangeMax) {
    this.arguments = new OpArguments(op);
    this.options = options;
    this.rangeMax = rangeMax;
    Dim numTrue = Dim.of(options.numTrue());
    arguments.expect(
        GraphNames.TRUE_CLASSES,
        trueClasses,
        "[batch, num_true]",
        ElementType.INT64,
        Dim.unknown(),
        numTrue);
    if (options.unique() && options.numSampled() > rangeMax) {
      throw arguments.error(
          "num_sampled",
          "at most range_max = " + rangeMax + " without replacement",
          Long.toString(options.numSampled()));
    }
    arguments.checkIds(GraphNames.TRUE_CLASSES, trueClasses, rangeMax);
    Shape counts = Shape.of(OpArguments.dim(trueClasses, 0), numTrue);
    Shape candidates = Shape.of(options.numSampled());
    node =
        NodeBuilder.of(op, NceOps.DOMAIN, NceOps.DOMAIN_VERSION)
            .input(trueClasses)
            .intAttribute("num_true", options.numTrue())
            .intAttribute("num_sampled", options.numSampled())
            .intAttribute("unique", options.unique() ? 1 : 0)
            .intAttribute("seed", options.seeds().seed())
            .intAttribute("seed2", options.seeds().seed2())
            .output(GraphNames.SAMPLED_CANDIDATES, new TensorType(ElementType.INT64, candidates))
            .output(GraphNames.TRUE_EXPECTED_COUNT, new TensorType(ElementType.FLOAT, counts))
            .output(
                GraphNames.SAMPLED_EXPECTED_COUNT, new TensorType(ElementType.FLOAT, candidates));
  }

  /** A sampler of the classes [0, range_max). */
  static SamplerNode of(String op, Value trueClasses, SamplerOptions options) {
    Objects.requireNonNull(options, "options");
    if (options.rangeMax().isEmpty()) {
      throw new OpArguments(op).error("range_max", "set", "none");
    }
    long rangeMax = options.rangeMax().getAsLong();
    SamplerNode sampler = new SamplerNode(op, trueClasses, options, rangeMax);
    sampler.node.intAttribute("range_max", rangeMax);
    return sampler;
  }

  /** The sampler of all classes, which are as many as its candidates. */
  static SamplerNode ofAll(String op, Value trueClasses, SamplerOptions options) {
    Objects.requireNonNull(options, "options");
    if (options.rangeMax().isPresent()) {
      throw new OpArguments(op)
          .error(
              "range_max",
              "absent: it is num_sampled",
              Long.toString(options.rangeMax().getAsLong()));
    }
    return new SamplerNode(op, trueClasses, options, options.numSampled());
  }

  /** Adds the last input and makes the node. */
  SampledValues build(Value step) {
    arguments.checkStep(step);
    return sampledValues(node.optionalInput(step).build());
  }

  static SampledValues sampledValues(List<Value> outputs) {
    return new SampledValues(outputs.get(0), outputs.get(1), outputs.get(2));
  }

  /** The node so far, for the inputs, attributes and outputs of one sampler. */
  NodeBuilder node() {
    return node;
  }

  OpArguments arguments() {
    return arguments;
  }

  SamplerOptions options() {
    return options;
  }

  long rangeMax() {
    return rangeMax;
  }
}
