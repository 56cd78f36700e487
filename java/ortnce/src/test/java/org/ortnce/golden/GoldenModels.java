package org.ortnce.golden;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.ortnce.nce.GraphNames;
import org.ortnce.nce.NceLoss;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.NceOps;
import org.ortnce.nce.PartitionStrategy;
import org.ortnce.nce.Reduction;
import org.ortnce.nce.SampledValues;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.tensor.ElementType;

/** Emits the model of a golden case; its inputs and outputs are ordered like its data files. */
final class GoldenModels {
  private static final Dim BATCH = Dim.of("batch");

  private GoldenModels() {}

  static OnnxModel build(GoldenCase golden) {
    GoldenCase.Options o = golden.options();
    ModelBuilder model = new ModelBuilder().graphName(golden.name());
    Value inputs = input(model, GraphNames.INPUTS, ElementType.FLOAT, BATCH, Dim.of(o.dim));
    ElementType labelsType = ElementType.valueOf(o.labelsType.toUpperCase(Locale.ROOT));
    Dim numTrue = Dim.of(o.numTrue);
    Value labels = input(model, GraphNames.LABELS, labelsType, BATCH, numTrue);
    SampledValues given = null;
    if (!golden.ownSample()) {
      Dim numSampled = Dim.of(o.numSampled);
      given =
          new SampledValues(
              input(model, GraphNames.SAMPLED_CANDIDATES, ElementType.INT64, numSampled),
              input(model, GraphNames.TRUE_EXPECTED_COUNT, ElementType.FLOAT, BATCH, numTrue),
              input(model, GraphNames.SAMPLED_EXPECTED_COUNT, ElementType.FLOAT, numSampled));
    }
    Value step = o.stepInput ? input(model, GraphNames.STEP, ElementType.INT64) : null;
    List<Value> weights = new ArrayList<>();
    for (int p = 0; p < o.partitions.length; p++) {
      String name = GraphNames.weights(p, o.partitions.length);
      weights.add(input(model, name, ElementType.FLOAT, Dim.of(o.partitions[p]), Dim.of(o.dim)));
    }
    Value biases =
        o.hasBiases
            ? input(model, GraphNames.BIASES, ElementType.FLOAT, Dim.of(o.biasesLength))
            : null;
    NceLoss nce = NceOps.nceLoss(weights, biases, labels, inputs, options(o), given, step);
    model.output(GraphNames.LOSS, nce.loss());
    if (o.outputSample) {
      model
          .output(GraphNames.SAMPLED_CANDIDATES, nce.sampledValues().sampledCandidates())
          .output(GraphNames.TRUE_EXPECTED_COUNT, nce.sampledValues().trueExpectedCount())
          .output(GraphNames.SAMPLED_EXPECTED_COUNT, nce.sampledValues().sampledExpectedCount());
    }
    return model.build();
  }

  private static NceLossOptions options(GoldenCase.Options o) {
    NceLossOptions.Builder options =
        NceLossOptions.builder()
            .numSampled(o.numSampled)
            .numClasses(o.numClasses)
            .numTrue(o.numTrue)
            .removeAccidentalHits(o.removeAccidentalHits)
            .partitionStrategy(
                PartitionStrategy.valueOf(o.partitionStrategy.toUpperCase(Locale.ROOT)))
            .subtractLogQ(o.subtractLogQ)
            .reduction(Reduction.valueOf(o.reduction.toUpperCase(Locale.ROOT)))
            .seed(o.seed, o.seed2);
    if (o.ignoreIndex != null) {
      options.ignoreIndex(o.ignoreIndex);
    }
    return options.build();
  }

  private static Value input(ModelBuilder model, String name, ElementType type, Dim... dims) {
    Value value = Value.input(type, Shape.of(dims));
    model.input(name, value);
    return value;
  }
}
