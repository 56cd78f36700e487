package org.ortnce.nce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.OptionalLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** What the builder calls of samplers return, write and refuse, beyond the bad-input tables. */
class CandidateSamplersTest {
  private static final Value TRUE_CLASSES =
      Value.input(ElementType.INT64, Shape.of(Dim.of("batch"), Dim.of(2)));
  private static final SamplerOptions OPTIONS =
      SamplerOptions.builder().numTrue(2).numSampled(3).rangeMax(5).seed(7, 8).build();

  @Test
  void typesOfTheResults() {
    SampledValues sample =
        CandidateSamplers.logUniformCandidateSampler(TRUE_CLASSES, OPTIONS, null);
    assertThat(sample.sampledCandidates()).hasToString("int64[3]");
    assertThat(sample.trueExpectedCount()).hasToString("float[batch, 2]");
    assertThat(sample.sampledExpectedCount()).hasToString("float[3]");
    assertThat(
            CandidateSamplers.learnedUnigramCandidateSampler(TRUE_CLASSES, OPTIONS, null).counts())
        .hasToString("int64[5]");
    AccidentalHits hits =
        CandidateSamplers.computeAccidentalHits(
            TRUE_CLASSES, sample.sampledCandidates(), 2, OptionalLong.empty());
    assertThat(hits.indices()).hasToString("int32[?]");
    assertThat(hits.ids()).hasToString("int64[?]");
    assertThat(hits.weights()).hasToString("float[?]");
  }

  @Test
  void shapesThatAreNotKnownPass() {
    Value unknown = Value.input(ElementType.INT64, Shape.unknown());
    SampledValues sample = CandidateSamplers.uniformCandidateSampler(unknown, OPTIONS, unknown);
    assertThat(sample.trueExpectedCount()).hasToString("float[?, 2]");
  }

  @Test
  void modelsHaveTheirInputsAndOutputs() {
    Tensor weights = Tensor.of(new float[] {1, 2, 3, 4, 5}, 5);
    FixedUnigramOptions plain = FixedUnigramOptions.defaults();
    SamplerOptions all = SamplerOptions.builder().numTrue(2).numSampled(5).build();
    for (boolean step : new boolean[] {false, true}) {
      List<String> inputs = step ? List.of("true_classes", "step") : List.of("true_classes");
      for (OnnxModel model :
          List.of(
              SamplerModels.uniform(OPTIONS, step),
              SamplerModels.logUniform(OPTIONS, step),
              SamplerModels.fixedUnigram(weights, OPTIONS, plain, step),
              SamplerModels.all(all, step))) {
        assertThat(model.inputs()).extracting("name").isEqualTo(inputs);
        assertThat(model.outputs())
            .extracting("name")
            .containsExactly("sampled_candidates", "true_expected_count", "sampled_expected_count");
      }
    }
    OnnxModel learned =
        SamplerModels.learnedUnigram(OPTIONS, Tensor.of(new long[] {1, 2, 3, 4, 5}, 5));
    assertThat(learned.outputs()).extracting("name").contains("counts");
    assertThat(learned.initializers()).extracting("name").containsExactly("initial_counts");
  }

  @Test
  void everyAttributeIsWritten() {
    OnnxModel model =
        SamplerModels.fixedUnigram(
            Tensor.of(new float[] {1, 2, 3, 4, 5}, 5),
            OPTIONS,
            FixedUnigramOptions.defaults(),
            false);
    assertThat(model.nodes()).hasSize(1);
    assertThat(model.nodes().get(0).attributes().keySet())
        .containsExactlyInAnyOrder(
            "num_true",
            "num_sampled",
            "unique",
            "range_max",
            "seed",
            "seed2",
            "distortion",
            "num_reserved_ids",
            "num_shards",
            "shard");
  }

  @Test
  void constantsAreCheckedAtTheCall() {
    Value classes = Value.initializer(Tensor.of(new long[][] {{0, 1}, {2, 5}}));
    assertRefused(
        () -> CandidateSamplers.uniformCandidateSampler(classes, OPTIONS, null),
        "UniformCandidateSampler: true_classes[1,1] must be in [0, 5), got 5");
    Value step = Value.initializer(Tensor.scalar(-3L));
    assertRefused(
        () -> CandidateSamplers.logUniformCandidateSampler(TRUE_CLASSES, OPTIONS, step),
        "LogUniformCandidateSampler: step must be >= 0, got -3");
    Value empty = Value.initializer(Tensor.of(new long[0], 0, 2));
    assertThat(CandidateSamplers.uniformCandidateSampler(empty, OPTIONS, null)).isNotNull();
  }

  @Test
  void theSamplerOfAllTakesNoRange() {
    assertRefused(
        () -> CandidateSamplers.allCandidateSampler(TRUE_CLASSES, OPTIONS, null),
        "AllCandidateSampler: range_max must be absent: it is num_sampled, got 5");
  }

  @Test
  void optionsThatAreMissing() {
    assertThatThrownBy(() -> SamplerOptions.builder().rangeMax(4).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("numSampled must be set");
    SamplerOptions noRange = SamplerOptions.builder().numTrue(2).numSampled(1).build();
    assertRefused(
        () -> CandidateSamplers.uniformCandidateSampler(TRUE_CLASSES, noRange, null),
        "UniformCandidateSampler: range_max must be set, got none");
    assertThatThrownBy(() -> SamplerOptions.builder().seed(null)).hasMessage("seeds");
    assertThatThrownBy(() -> CandidateSamplers.uniformCandidateSampler(TRUE_CLASSES, null, null))
        .hasMessage("options");
  }

  /** Positions of weights in shards, against the loop that TensorFlow runs. */
  @Test
  void weightsOfShards() {
    for (long reserved = 0; reserved < 9; reserved++) {
      for (long shards = 1; shards < 5; shards++) {
        for (long shard = 0; shard < shards; shard++) {
          FixedUnigramOptions options = new FixedUnigramOptions(1, reserved, shards, shard);
          long inShard = 0;
          for (long id = 0; id < reserved; id++) {
            inShard += id % shards == shard ? 1 : 0;
          }
          assertThat(options.reservedOfShard()).isEqualTo(inShard);
          long id = inShard;
          long weights = 0;
          for (int i = 0; i < 11; i++, id++) {
            boolean here = id % shards == shard;
            assertThat(options.isOfShard(i)).isEqualTo(here);
            weights += here ? 1 : 0;
            assertThat(options.weightsOfShard(i + 1)).isEqualTo(weights);
          }
        }
      }
    }
  }

  private static void assertRefused(ThrowingCallable call, String text) {
    assertThatThrownBy(call).isExactlyInstanceOf(IllegalArgumentException.class).hasMessage(text);
  }

  /** Without replacement as many as there are weights above 0 and no more. */
  @Test
  void classesThatCanBeDrawn() {
    Value weights = Value.initializer(Tensor.of(new float[] {1, 0, 2, 0, 3}, 5));
    FixedUnigramOptions plain = FixedUnigramOptions.defaults();
    SamplerOptions three = SamplerOptions.builder().numTrue(2).numSampled(3).rangeMax(5).build();
    assertThat(
            CandidateSamplers.fixedUnigramCandidateSampler(
                TRUE_CLASSES, weights, three, plain, null))
        .isNotNull();
    SamplerOptions four = SamplerOptions.builder().numTrue(2).numSampled(4).rangeMax(5).build();
    assertRefused(
        () ->
            CandidateSamplers.fixedUnigramCandidateSampler(
                TRUE_CLASSES, weights, four, plain, null),
        "FixedUnigramCandidateSampler: num_sampled must be at most the 3 classes of weight above 0,"
            + " without replacement, got 4");
  }

  /** All classes may be reserved ids: then there are no weights. */
  @Test
  void asManyReservedIdsAsClasses() {
    Value none = Value.input(ElementType.FLOAT, Shape.of(0));
    FixedUnigramOptions reserved = new FixedUnigramOptions(1, 5, 1, 0);
    assertThat(
            CandidateSamplers.fixedUnigramCandidateSampler(
                TRUE_CLASSES, none, OPTIONS, reserved, null))
        .isNotNull();
    assertRefused(
        () ->
            CandidateSamplers.fixedUnigramCandidateSampler(
                TRUE_CLASSES, none, OPTIONS, new FixedUnigramOptions(1, 6, 1, 0), null),
        "FixedUnigramCandidateSampler: unigrams must be range_max = 5 classes together with the"
            + " reserved ids, got 6 reserved ids and 0 weights in shard 0 of 1");
  }

  @Test
  void optionsOfALossAreKept() {
    NceLossOptions.Builder builder =
        NceLossOptions.builder().numSampled(3).removeAccidentalHits(true).allowTf32(true);
    NceLossOptions options = builder.seed(4, 5).build();
    assertThat(options.removeAccidentalHits()).isTrue();
    assertThat(options.allowTf32()).isTrue();
    assertThat(options.seed()).isEqualTo(4);
    assertThat(options.seed2()).isEqualTo(5);
    NceLossOptions other = builder.removeAccidentalHits(false).allowTf32(false).build();
    assertThat(other.removeAccidentalHits()).isFalse();
    assertThat(other.allowTf32()).isFalse();
    assertThat(other.toBuilder().build().seed2()).isEqualTo(5);
  }
}
