package org.ortnce.samplers;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.ortnce.nce.AccidentalHits;
import org.ortnce.nce.CandidateSamplers;
import org.ortnce.nce.FixedUnigramOptions;
import org.ortnce.nce.GraphNames;
import org.ortnce.nce.NceOps;
import org.ortnce.nce.SampledValues;
import org.ortnce.nce.SamplerOptions;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.NodeBuilder;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.TensorType;
import org.ortnce.onnx.Value;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** Graphs of one case: through the checked builder call, and as a raw node with no checks. */
final class SamplerGraphs {
  /** What a graph says of the inputs of its node before it runs. */
  enum Declared {
    /** All is known: weights and counts are initializers, the rest has exact shapes. */
    CONSTANTS,
    /** Types and exact shapes. */
    SHAPES,
    /** Types only, not even ranks: the op can find wrong shapes only when it runs. */
    TYPES
  }

  private SamplerGraphs() {}

  /** The builder call, on values of the types and shapes of the case, and constant weights. */
  static List<Value> checked(SamplerCase c) {
    return checked(c, values(c));
  }

  /** The model of the builder call. */
  static byte[] checkedModel(SamplerCase c) {
    Map<String, Value> values = values(c);
    ModelBuilder model = new ModelBuilder();
    values.forEach(
        (name, value) -> {
          if (!isParameter(name)) {
            model.input(name, value);
          }
        });
    List<Value> outputs = checked(c, values);
    int index = 0;
    for (String name : outputs(c).keySet()) {
      model.output(name + "_out", outputs.get(index++));
    }
    return model.build().toByteArray();
  }

  private static Map<String, Value> values(SamplerCase c) {
    Map<String, Value> values = new LinkedHashMap<>();
    c.inputs()
        .forEach(
            (name, tensor) ->
                values.put(
                    name,
                    isParameter(name)
                        ? Value.initializer(tensor)
                        : Value.input(tensor.elementType(), Shape.of(tensor.shape()))));
    return values;
  }

  private static List<Value> checked(SamplerCase c, Map<String, Value> values) {
    Value trueClasses = values.get(GraphNames.TRUE_CLASSES);
    Value step = values.get(GraphNames.STEP);
    return switch (c.op) {
      case SamplerCase.UNIFORM ->
          list(CandidateSamplers.uniformCandidateSampler(trueClasses, options(c), step));
      case SamplerCase.LOG_UNIFORM ->
          list(CandidateSamplers.logUniformCandidateSampler(trueClasses, options(c), step));
      case SamplerCase.LEARNED ->
          list(
              CandidateSamplers.learnedUnigramCandidateSampler(
                      trueClasses, options(c), values.get(GraphNames.INITIAL_COUNTS))
                  .sampledValues());
      case SamplerCase.FIXED ->
          list(
              CandidateSamplers.fixedUnigramCandidateSampler(
                  trueClasses,
                  values.get(GraphNames.UNIGRAMS),
                  options(c),
                  unigramOptions(c),
                  step));
      case SamplerCase.ALL ->
          list(CandidateSamplers.allCandidateSampler(trueClasses, options(c), step));
      default -> {
        AccidentalHits hits =
            CandidateSamplers.computeAccidentalHits(
                trueClasses,
                values.get(GraphNames.SAMPLED_CANDIDATES),
                Math.toIntExact(c.integer("num_true", 1)),
                c.attributes().containsKey("ignore_index")
                    ? OptionalLong.of(c.integer("ignore_index", 0))
                    : OptionalLong.empty());
        yield List.of(hits.indices(), hits.ids(), hits.weights());
      }
    };
  }

  private static List<Value> list(SampledValues values) {
    return List.of(
        values.sampledCandidates(), values.trueExpectedCount(), values.sampledExpectedCount());
  }

  private static SamplerOptions options(SamplerCase c) {
    SamplerOptions.Builder options =
        SamplerOptions.builder()
            .numTrue(Math.toIntExact(c.integer("num_true", 1)))
            .numSampled(c.integer("num_sampled", 0))
            .unique(c.integer("unique", 0) == 1)
            .seed(c.integer("seed", 0), c.integer("seed2", 0));
    if (c.attributes().containsKey("range_max")) {
      options.rangeMax(c.integer("range_max", 0));
    }
    return options.build();
  }

  private static FixedUnigramOptions unigramOptions(SamplerCase c) {
    return new FixedUnigramOptions(
        (Float) c.attributes().getOrDefault("distortion", 1f),
        c.integer("num_reserved_ids", 0),
        c.integer("num_shards", 1),
        c.integer("shard", 0));
  }

  /** A model of one raw node: no builder check applies, the op alone decides. */
  static byte[] raw(SamplerCase c, Declared declared) {
    ModelBuilder model = new ModelBuilder();
    NodeBuilder node = NodeBuilder.of(c.op, NceOps.DOMAIN, NceOps.DOMAIN_VERSION);
    for (String slot : c.slots()) {
      Tensor tensor = c.inputs().get(slot);
      node.optionalInput(tensor == null ? null : value(model, slot, tensor, declared));
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
    outputs(c).forEach((name, type) -> node.output(name, new TensorType(type, outputShape(name))));
    List<Value> values = node.build();
    int index = 0;
    for (String name : outputs(c).keySet()) {
      model.output(name + "_out", values.get(index++));
    }
    return model.build().toByteArray();
  }

  /** What a raw model of this declaration is fed to run the case. */
  static Map<String, Tensor> feeds(SamplerCase c, Declared declared) {
    Map<String, Tensor> feeds = new LinkedHashMap<>();
    c.inputs()
        .forEach(
            (name, tensor) -> {
              if (declared == Declared.TYPES) {
                feeds.put(name + "_data", tensor.reshape(tensor.elementCount()));
                feeds.put(name + "_shape", Tensor.of(tensor.shape(), tensor.rank()));
              } else if (declared == Declared.SHAPES || !isParameter(name)) {
                feeds.put(name, tensor);
              }
            });
    return feeds;
  }

  private static Map<String, ElementType> outputs(SamplerCase c) {
    Map<String, ElementType> outputs = new LinkedHashMap<>();
    if (c.op.equals(SamplerCase.HITS)) {
      outputs.put("indices", ElementType.INT32);
      outputs.put("ids", ElementType.INT64);
      outputs.put("weights", ElementType.FLOAT);
    } else {
      outputs.put(GraphNames.SAMPLED_CANDIDATES, ElementType.INT64);
      outputs.put(GraphNames.TRUE_EXPECTED_COUNT, ElementType.FLOAT);
      outputs.put(GraphNames.SAMPLED_EXPECTED_COUNT, ElementType.FLOAT);
    }
    return outputs;
  }

  private static Shape outputShape(String name) {
    return Shape.ofRank(name.equals(GraphNames.TRUE_EXPECTED_COUNT) ? 2 : 1);
  }

  private static boolean isParameter(String name) {
    return name.equals(GraphNames.UNIGRAMS) || name.equals(GraphNames.INITIAL_COUNTS);
  }

  private static Value value(ModelBuilder model, String name, Tensor tensor, Declared declared) {
    if (declared == Declared.CONSTANTS && isParameter(name)) {
      Value constant = Value.initializer(tensor);
      model.initializer(name, constant);
      return constant;
    }
    if (declared != Declared.TYPES) {
      Value input = Value.input(tensor.elementType(), Shape.of(tensor.shape()));
      model.input(name, input);
      return input;
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
