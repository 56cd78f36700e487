package org.ortnce.samplers;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.ortnce.nce.CandidateSamplers;
import org.ortnce.nce.FixedUnigramOptions;
import org.ortnce.nce.GraphNames;
import org.ortnce.nce.ModelOptions;
import org.ortnce.nce.NceLoss;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.NceModels;
import org.ortnce.nce.NceOps;
import org.ortnce.nce.OutputLayer;
import org.ortnce.nce.SampledValues;
import org.ortnce.nce.SamplerOptions;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.session.CandidateSample;
import org.ortnce.session.LossResult;
import org.ortnce.session.TrainingLossSession;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * The loss fed by each sampler in one graph: it is the loss of the same candidates given as inputs,
 * which the golden cases and the tests of the op cover.
 */
class SampledLossTest {
  private static final int CLASSES = 40;
  private static final int DIM = 6;
  private static final int BATCH = 5;
  private static final int RUNS = 4;
  private static final SamplerOptions.Builder COMMON =
      SamplerOptions.builder().numTrue(2).seed(5, 6);
  private static final SamplerOptions UNIQUE =
      COMMON.numSampled(9).unique(true).rangeMax(CLASSES).build();
  private static final SamplerOptions REPEATING =
      COMMON.numSampled(9).unique(false).rangeMax(CLASSES).build();
  private static final SamplerOptions ALL =
      SamplerOptions.builder().numTrue(2).numSampled(CLASSES).build();
  private static final NceLossOptions LOSS =
      NceLossOptions.ofNumSampled(9).toBuilder().numTrue(2).removeAccidentalHits(true).build();
  private static final OutputLayer LAYER =
      OutputLayer.of(gaussian(1, CLASSES, DIM), gaussian(2, CLASSES));

  @Test
  void uniform() throws OrtException {
    check(LOSS, t -> CandidateSamplers.uniformCandidateSampler(t, UNIQUE, null));
    check(LOSS, t -> CandidateSamplers.uniformCandidateSampler(t, REPEATING, null));
  }

  @Test
  void logUniform() throws OrtException {
    check(LOSS, t -> CandidateSamplers.logUniformCandidateSampler(t, UNIQUE, null));
    check(LOSS, t -> CandidateSamplers.logUniformCandidateSampler(t, REPEATING, null));
  }

  @Test
  void fixedUnigram() throws OrtException {
    Value weights = Value.initializer(Samplers.weights(CLASSES));
    FixedUnigramOptions plain = FixedUnigramOptions.defaults();
    check(
        LOSS, t -> CandidateSamplers.fixedUnigramCandidateSampler(t, weights, UNIQUE, plain, null));
    check(
        LOSS,
        t -> CandidateSamplers.fixedUnigramCandidateSampler(t, weights, REPEATING, plain, null));
  }

  @Test
  void learnedUnigram() throws OrtException {
    check(
        LOSS,
        t -> CandidateSamplers.learnedUnigramCandidateSampler(t, UNIQUE, null).sampledValues());
    check(
        LOSS,
        t -> CandidateSamplers.learnedUnigramCandidateSampler(t, REPEATING, null).sampledValues());
  }

  @Test
  void all() throws OrtException {
    NceLossOptions all = LOSS.toBuilder().numSampled(CLASSES).build();
    check(all, t -> CandidateSamplers.allCandidateSampler(t, ALL, null));
  }

  /** Without sampled values the op draws what the log-uniform sampler draws. */
  @Test
  void ownCandidatesAreLogUniform() throws OrtException {
    NceLossOptions own = LOSS.toBuilder().seed(5, 6).build();
    ModelOptions outputs = new ModelOptions(false, false, true, true);
    byte[] fed = fed(LOSS, t -> CandidateSamplers.logUniformCandidateSampler(t, UNIQUE, null));
    try (TrainingLossSession drawn =
            TrainingLossSession.open(
                NceModels.trainingLoss(LAYER, own, outputs).toByteArray(), Samplers.QUIET);
        TrainingLossSession session = TrainingLossSession.open(fed, Samplers.QUIET)) {
      for (int run = 0; run < RUNS; run++) {
        LossResult expected = drawn.loss(inputs(run), labels(run));
        LossResult found = session.loss(inputs(run), labels(run));
        Samplers.assertSame(found.sample().orElseThrow(), expected.sample().orElseThrow());
        assertThat(found.perExample()).isEqualTo(expected.perExample());
      }
    }
  }

  private static void check(NceLossOptions options, Function<Value, SampledValues> sampler)
      throws OrtException {
    byte[] given =
        NceModels.trainingLoss(LAYER, options, ModelOptions.withSampledValuesInput()).toByteArray();
    try (TrainingLossSession session =
            TrainingLossSession.open(fed(options, sampler), Samplers.QUIET);
        TrainingLossSession reference = TrainingLossSession.open(given, Samplers.QUIET)) {
      for (int run = 0; run < RUNS; run++) {
        LossResult found = session.loss(inputs(run), labels(run));
        CandidateSample sample = found.sample().orElseThrow();
        float[] expected = reference.loss(inputs(run), labels(run), sample).perExample();
        assertThat(found.perExample()).isEqualTo(expected);
        assertThat(expected).hasSize(BATCH).doesNotContain(Float.NaN);
      }
    }
  }

  /** A graph in which a sampler feeds the loss, with the sample as outputs. */
  private static byte[] fed(NceLossOptions options, Function<Value, SampledValues> sampler) {
    Value inputs = Value.input(ElementType.FLOAT, Shape.of(BATCH, DIM));
    Value labels = Value.input(ElementType.INT64, Shape.of(BATCH, options.numTrue()));
    SampledValues sample = sampler.apply(labels);
    NceLoss loss =
        NceOps.nceLoss(LAYER.weights(), LAYER.biases(), labels, inputs, options, sample, null);
    return new ModelBuilder()
        .input(GraphNames.INPUTS, inputs)
        .input(GraphNames.LABELS, labels)
        .output(GraphNames.LOSS, loss.loss())
        .output(GraphNames.SAMPLED_CANDIDATES, sample.sampledCandidates())
        .output(GraphNames.TRUE_EXPECTED_COUNT, sample.trueExpectedCount())
        .output(GraphNames.SAMPLED_EXPECTED_COUNT, sample.sampledExpectedCount())
        .build()
        .toByteArray();
  }

  private static Tensor inputs(int run) {
    return gaussian(10 + run, BATCH, DIM);
  }

  private static Tensor labels(int run) {
    return Tensor.of(new Random(run).longs(BATCH * 2L, 0, CLASSES).toArray(), BATCH, 2);
  }

  private static Tensor gaussian(long seed, long... shape) {
    Random random = new Random(seed);
    float[] values = new float[(int) Tensor.elementCount(shape)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.of(values, shape);
  }
}
