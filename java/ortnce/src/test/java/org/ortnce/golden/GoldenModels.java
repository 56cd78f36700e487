package org.ortnce.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.ortnce.nce.FullSigmoidLoss;
import org.ortnce.nce.FullSigmoidLossOptions;
import org.ortnce.nce.GraphNames;
import org.ortnce.nce.NceLoss;
import org.ortnce.nce.NceLossGrad;
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

/**
 * Emits the model of a golden case; its inputs and outputs are ordered like its data files.
 *
 * <p>{@code -Dortnce.golden.write=true} rewrites the model files instead of comparing them.
 */
final class GoldenModels {
  private static final Dim BATCH = Dim.of("batch");

  private final ModelBuilder model;
  private final NceLossOptions options;
  private final Value lossGrad;
  private final Value inputs;
  private final Value labels;
  private final SampledValues given;
  private final Value step;
  private final List<Value> weights = new ArrayList<>();
  private final Value biases;

  private GoldenModels(GoldenCase golden, boolean gradient) {
    GoldenCase.Options o = golden.options();
    options = options(o);
    model = new ModelBuilder().graphName(golden.name());
    Dim[] lossShape = options.reduction() == Reduction.NONE ? new Dim[] {BATCH} : new Dim[0];
    lossGrad = gradient ? input("loss_grad", ElementType.FLOAT, lossShape) : null;
    inputs = input(GraphNames.INPUTS, type(o.inputsType), BATCH, Dim.of(o.dim));
    ElementType labelsType = type(o.labelsType);
    Dim numTrue = Dim.of(o.numTrue);
    labels = input(GraphNames.LABELS, labelsType, BATCH, numTrue);
    Dim numSampled = Dim.of(o.numSampled);
    given =
        golden.ownSample()
            ? null
            : new SampledValues(
                input(GraphNames.SAMPLED_CANDIDATES, ElementType.INT64, numSampled),
                input(GraphNames.TRUE_EXPECTED_COUNT, ElementType.FLOAT, BATCH, numTrue),
                input(GraphNames.SAMPLED_EXPECTED_COUNT, ElementType.FLOAT, numSampled));
    step = o.stepInput ? input(GraphNames.STEP, ElementType.INT64) : null;
    for (int p = 0; p < o.partitions.length; p++) {
      String name = GraphNames.weights(p, o.partitions.length);
      weights.add(input(name, type(o.weightsType), Dim.of(o.partitions[p]), Dim.of(o.dim)));
    }
    biases =
        o.hasBiases ? input(GraphNames.BIASES, type(o.weightsType), Dim.of(o.biasesLength)) : null;
  }

  /** NceLoss alone. */
  static OnnxModel loss(GoldenCase golden) {
    GoldenModels parts = new GoldenModels(golden, false);
    parts.addLoss(golden.options().outputSample);
    return parts.model.build();
  }

  /** NceLossGrad on given candidates, or after the NceLoss that draws them. */
  static OnnxModel gradient(GoldenCase golden) {
    GoldenModels parts = new GoldenModels(golden, true);
    SampledValues sample = parts.given;
    if (sample == null) {
      sample = parts.addLoss(golden.options().outputSample);
    }
    parts.addGradient(sample);
    return parts.model.build();
  }

  /** NceLoss, NceLossGrad and FullSigmoidLoss of the same numbers. */
  static OnnxModel allLosses(GoldenCase golden) {
    GoldenModels parts = new GoldenModels(golden, true);
    parts.addGradient(parts.addLoss(false));
    FullSigmoidLossOptions options = FullSigmoidLossOptions.of(parts.options);
    FullSigmoidLoss full =
        NceOps.fullSigmoidLoss(parts.weights, parts.biases, parts.labels, parts.inputs, options);
    parts.model.output("full_sigmoid_loss", full.loss());
    return parts.model.build();
  }

  /** Checks that the emitted model is the stored one, or stores it when asked to. */
  static void checkStored(GoldenCase golden, OnnxModel model) throws IOException {
    byte[] emitted = model.toByteArray();
    if (Boolean.getBoolean("ortnce.golden.write")) {
      Files.write(golden.model(), emitted);
    }
    assertThat(emitted).isEqualTo(Files.readAllBytes(golden.model()));
  }

  private SampledValues addLoss(boolean outputSample) {
    NceLoss nce = NceOps.nceLoss(weights, biases, labels, inputs, options, given, step);
    SampledValues sample = nce.sampledValues();
    model.output(GraphNames.LOSS, nce.loss());
    if (outputSample) {
      model
          .output(GraphNames.SAMPLED_CANDIDATES, sample.sampledCandidates())
          .output(GraphNames.TRUE_EXPECTED_COUNT, sample.trueExpectedCount())
          .output(GraphNames.SAMPLED_EXPECTED_COUNT, sample.sampledExpectedCount());
    }
    return sample;
  }

  private void addGradient(SampledValues sample) {
    NceLossGrad grad =
        NceOps.nceLossGrad(lossGrad, weights, biases, labels, inputs, options, sample);
    model
        .output("inputs_grad", grad.inputs())
        .output("class_ids", grad.classIds())
        .output("weights_grad", grad.weights());
    if (biases != null) {
      model.output("biases_grad", grad.biases());
    }
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

  private static ElementType type(String onnxName) {
    return ElementType.valueOf(onnxName.toUpperCase(Locale.ROOT));
  }

  private Value input(String name, ElementType type, Dim... dims) {
    Value value = Value.input(type, Shape.of(dims));
    model.input(name, value);
    return value;
  }
}
