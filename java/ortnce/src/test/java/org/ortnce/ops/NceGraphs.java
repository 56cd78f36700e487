package org.ortnce.ops;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ortnce.nce.GraphNames;
import org.ortnce.nce.NceLoss;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.NceOps;
import org.ortnce.nce.PartitionStrategy;
import org.ortnce.nce.Reduction;
import org.ortnce.nce.SampledValues;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.NodeBuilder;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.TensorType;
import org.ortnce.onnx.Value;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** Graphs with one NceLoss: through the checked builder call, and as a raw node with no checks. */
final class NceGraphs {
  /** What a raw graph says of its inputs before it runs. */
  enum Declared {
    /** Types and exact shapes: the op can find every wrong shape when it is created. */
    SHAPES,
    /** Types only, not even ranks: the op can find wrong shapes only when it runs. */
    TYPES
  }

  private NceGraphs() {}

  /** The builder call, on values of the types and shapes of the case. */
  static NceLoss checked(NceCase c) {
    Map<String, Value> values = new LinkedHashMap<>();
    c.feeds().forEach((name, tensor) -> values.put(name, declared(tensor)));
    return checked(c, values);
  }

  /** The model of the builder call, all its outputs as graph outputs. */
  static byte[] checkedModel(NceCase c) {
    ModelBuilder model = new ModelBuilder();
    Map<String, Value> values = new LinkedHashMap<>();
    c.feeds()
        .forEach(
            (name, tensor) -> {
              Value value = declared(tensor);
              values.put(name, value);
              model.input(name, value);
            });
    NceLoss nce = checked(c, values);
    return model
        .output("loss", nce.loss())
        .output("sampled_candidates_used", nce.sampledValues().sampledCandidates())
        .output("true_expected_count_used", nce.sampledValues().trueExpectedCount())
        .output("sampled_expected_count_used", nce.sampledValues().sampledExpectedCount())
        .build()
        .toByteArray();
  }

  private static NceLoss checked(NceCase c, Map<String, Value> values) {
    List<Value> weights = new ArrayList<>();
    for (int p = 0; p < c.weights().size(); p++) {
      weights.add(values.get(GraphNames.weights(p, c.weights().size())));
    }
    Value sampled = values.get(GraphNames.SAMPLED_CANDIDATES);
    Value trueCount = values.get(GraphNames.TRUE_EXPECTED_COUNT);
    Value sampledCount = values.get(GraphNames.SAMPLED_EXPECTED_COUNT);
    boolean given = sampled != null || trueCount != null || sampledCount != null;
    return NceOps.nceLoss(
        weights,
        values.get(GraphNames.BIASES),
        values.get(GraphNames.LABELS),
        values.get(GraphNames.INPUTS),
        options(c.attributes()),
        given ? new SampledValues(sampled, trueCount, sampledCount) : null,
        values.get(GraphNames.STEP));
  }

  private static Value declared(Tensor tensor) {
    return Value.input(tensor.elementType(), Shape.of(tensor.shape()));
  }

  /** The attributes of a case as the builder takes them. */
  static NceLossOptions options(Map<String, Object> attributes) {
    NceLossOptions.Builder options = NceLossOptions.builder();
    attributes.forEach(
        (name, value) -> {
          switch (name) {
            case "num_sampled" -> options.numSampled((Long) value);
            case "num_classes" -> options.numClasses((Long) value);
            case "num_true" -> options.numTrue(Math.toIntExact((Long) value));
            case "remove_accidental_hits" -> options.removeAccidentalHits((Long) value != 0);
            case "partition_strategy" ->
                options.partitionStrategy(
                    value.equals("mod") ? PartitionStrategy.MOD : PartitionStrategy.DIV);
            case "subtract_log_q" -> options.subtractLogQ((Long) value != 0);
            case "ignore_index" -> options.ignoreIndex((Long) value);
            case "reduction" ->
                options.reduction(
                    value.equals("mean")
                        ? Reduction.MEAN
                        : value.equals("sum") ? Reduction.SUM : Reduction.NONE);
            case "seed" -> options.seed((Long) value, (Long) attributes.getOrDefault("seed2", 0L));
            case "seed2" -> {} // set together with seed
            default -> throw new IllegalArgumentException("no option for " + name);
          }
        });
    return options.build();
  }

  /** A model of one raw node: no builder check applies, the op alone decides. */
  static byte[] raw(NceCase c, Declared declared) {
    ModelBuilder model = new ModelBuilder();
    NodeBuilder node = NodeBuilder.of("NceLoss", NceOps.DOMAIN, NceOps.DOMAIN_VERSION);
    for (String slot : NceCase.SLOTS) {
      Tensor tensor = c.get(slot);
      node.optionalInput(tensor == null ? null : input(model, slot, tensor, declared));
    }
    // Holes are written even if no weights follow: ONNX Runtime itself refuses fewer inputs.
    node.minInputs(NceCase.SLOTS.size());
    for (int p = 0; p < c.weights().size(); p++) {
      String name = GraphNames.weights(p, c.weights().size());
      node.input(input(model, name, c.weights().get(p), declared));
    }
    c.attributes()
        .forEach(
            (name, value) -> {
              if (value instanceof Long number) {
                node.intAttribute(name, number);
              } else if (value instanceof Float number) {
                node.floatAttribute(name, number);
              } else {
                node.stringAttribute(name, (String) value);
              }
            });
    Shape loss =
        c.attributes().getOrDefault("reduction", "none").equals("none")
            ? Shape.of(Dim.unknown())
            : Shape.scalar();
    Shape vector = Shape.of(Dim.unknown());
    node.output("loss", new TensorType(ElementType.FLOAT, loss))
        .output("sampled_candidates", new TensorType(ElementType.INT64, vector))
        .output(
            "true_expected_count",
            new TensorType(ElementType.FLOAT, Shape.of(Dim.unknown(), Dim.unknown())))
        .output("sampled_expected_count", new TensorType(ElementType.FLOAT, vector));
    List<Value> outputs = node.build();
    return model
        .output("loss", outputs.get(0))
        .output("sampled_candidates_used", outputs.get(1))
        .output("true_expected_count_used", outputs.get(2))
        .output("sampled_expected_count_used", outputs.get(3))
        .build()
        .toByteArray();
  }

  /** What a raw model of this declaration is fed to run the case. */
  static Map<String, Tensor> rawFeeds(NceCase c, Declared declared) {
    if (declared == Declared.SHAPES) {
      return c.feeds();
    }
    Map<String, Tensor> feeds = new LinkedHashMap<>();
    c.feeds()
        .forEach(
            (name, tensor) -> {
              feeds.put(name + "_data", tensor.reshape(tensor.elementCount()));
              feeds.put(name + "_shape", Tensor.of(tensor.shape(), tensor.rank()));
            });
    return feeds;
  }

  private static Value input(ModelBuilder model, String name, Tensor tensor, Declared declared) {
    if (declared == Declared.SHAPES) {
      Value value = declared(tensor);
      model.input(name, value);
      return value;
    }
    // A reshape to a shape that is an input itself: not even the rank is known before the run.
    Value data = Value.input(tensor.elementType(), Shape.of(Dim.unknown()));
    Value shape = Value.input(ElementType.INT64, Shape.of(Dim.unknown()));
    model.input(name + "_data", data).input(name + "_shape", shape);
    return NodeBuilder.of("Reshape", "", 14)
        .input(data)
        .input(shape)
        .intAttribute("allowzero", 1)
        .output("reshaped", new TensorType(tensor.elementType(), Shape.unknown()))
        .buildOne();
  }
}
