package org.ortnce.samplers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ortnce.samplers.Samplers.example;
import static org.ortnce.samplers.Samplers.ids;

import ai.onnxruntime.OrtException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ortnce.Sanitized;
import org.ortnce.nce.SamplerModels;
import org.ortnce.nce.SamplerOptions;
import org.ortnce.reliability.BadInputs;
import org.ortnce.samplers.Samplers.Stateless;
import org.ortnce.session.CandidateSample;
import org.ortnce.session.SamplerSession;
import org.ortnce.tensor.Tensor;

/** Rows S12 to S28 of the bad-input table that have a defined result. */
@BadInputs
class AllowedSamplerTest {
  @ParameterizedTest
  @EnumSource
  void s12MoreThanThereAreWithReplacement(Stateless sampler) throws OrtException {
    SamplerOptions options = options(11, false, 10);
    try (SamplerSession session = sampler.open(options, false)) {
      List<Long> ids = ids(session.sample(example(3)).sampledCandidates());
      assertThat(ids).hasSize(11).allMatch(id -> id >= 0 && id < 10);
    }
    try (SamplerSession learned = Samplers.open(SamplerModels.learnedUnigram(options))) {
      assertThat(ids(learned.sample(example(3)).sampledCandidates())).hasSize(11);
    }
  }

  @ParameterizedTest
  @EnumSource
  void s13AllThereAreWithoutReplacement(Stateless sampler) throws OrtException {
    SamplerOptions options = options(10, true, 10);
    Long[] all = LongStream.range(0, 10).boxed().toArray(Long[]::new);
    try (SamplerSession session = sampler.open(options, false);
        SamplerSession learned = Samplers.open(SamplerModels.learnedUnigram(options))) {
      for (int run = 0; run < 20; run++) {
        assertThat(ids(session.sample(example(3)).sampledCandidates()))
            .containsExactlyInAnyOrder(all);
        assertThat(ids(learned.sample(example(3)).sampledCandidates()))
            .containsExactlyInAnyOrder(all);
      }
    }
  }

  /** 13.8 s in TensorFlow. */
  @Test
  void s14AMillionOfAMillion() throws OrtException {
    int count = 1_000_000;
    try (SamplerSession session = Stateless.LOG_UNIFORM.open(options(count, true, count), false)) {
      long begin = System.nanoTime();
      CandidateSample sample = session.sample(example(3));
      // The rule is 2 s on a machine that does nothing else.
      assertThat(System.nanoTime() - begin).isLessThan(Sanitized.SLOWDOWN * 6_000_000_000L);
      boolean[] seen = new boolean[count];
      for (long id : sample.sampledCandidates().toLongArray()) {
        assertThat(seen[(int) id]).isFalse();
        seen[(int) id] = true;
      }
    }
  }

  /** TensorFlow's reservation of random numbers wraps around here. */
  @Test
  void s16ManyWithReplacement() throws OrtException {
    int count = 1 << 20;
    for (Stateless sampler : Stateless.values()) {
      try (SamplerSession session = sampler.open(options(count, false, 1_000_000), false);
          SamplerSession steps = sampler.open(options(count, false, 1_000_000), true)) {
        Set<Integer> runs = new HashSet<>();
        for (int run = 0; run < 4; run++) {
          long[] ids = session.sample(example(3)).sampledCandidates().toLongArray();
          assertThat(ids).hasSize(count);
          assertThat(LongStream.of(ids).allMatch(id -> id >= 0 && id < 1_000_000)).isTrue();
          assertThat(runs.add(Arrays.hashCode(ids))).isTrue();
          assertThat(steps.sample(example(3), run).sampledCandidates().toLongArray())
              .isEqualTo(ids);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {(1L << 31) - 2, 1L << 31, 1L << 62, Long.MAX_VALUE})
  void s25s27WideRanges(long rangeMax) throws OrtException {
    for (Stateless sampler : List.of(Stateless.UNIFORM, Stateless.LOG_UNIFORM)) {
      try (SamplerSession session = sampler.open(options(500, true, rangeMax), false)) {
        for (int run = 0; run < 20; run++) {
          CandidateSample sample = session.sample(example(rangeMax - 1));
          List<Long> ids = ids(sample.sampledCandidates());
          assertThat(ids).doesNotHaveDuplicates().allMatch(id -> id >= 0 && id < rangeMax);
          for (float count : sample.sampledExpectedCount().toFloatArray()) {
            assertThat(count).isBetween(Float.MIN_NORMAL, 1f);
          }
          assertThat(sample.trueExpectedCount().toFloatArray()[0]).isBetween(Float.MIN_NORMAL, 1f);
        }
      }
    }
  }

  /** TensorFlow's count is 0, and the loss infinite. */
  @Test
  void s26LargeIdsAreExpectedAtAll() throws OrtException {
    SamplerOptions options = options(4, false, 1L << 62);
    long id = 100_000_000_000_000_000L;
    try (SamplerSession session = Stateless.LOG_UNIFORM.open(options, false)) {
      double expected = 4 * Math.log1p(1 / (id + 1.0)) / Math.log1p(0x1p62);
      float count = session.sample(example(id)).trueExpectedCount().toFloatArray()[0];
      assertThat(Math.abs(count - expected)).isLessThanOrEqualTo(Math.ulp(count));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void s28OneClass(boolean unique) throws OrtException {
    SamplerOptions options = options(1, unique, 1);
    for (Stateless sampler : Stateless.values()) {
      try (SamplerSession session = sampler.open(options, false)) {
        assertOneClass(session);
      }
    }
    try (SamplerSession session = Samplers.open(SamplerModels.learnedUnigram(options))) {
      assertOneClass(session);
    }
    SamplerOptions all = SamplerOptions.builder().numSampled(1).unique(unique).build();
    try (SamplerSession session = Samplers.open(SamplerModels.all(all, false))) {
      assertOneClass(session);
    }
  }

  private static void assertOneClass(SamplerSession session) throws OrtException {
    for (int run = 0; run < 3; run++) {
      CandidateSample sample = session.sample(example(0));
      assertThat(sample.sampledCandidates().toLongArray()).containsExactly(0);
      assertThat(sample.sampledExpectedCount().toFloatArray()).containsExactly(1);
      assertThat(sample.trueExpectedCount().toFloatArray()).containsExactly(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void noExamples(Stateless sampler) throws OrtException {
    try (SamplerSession session = sampler.open(options(4, true, 10), false);
        SamplerSession other = sampler.open(options(4, true, 10), false)) {
      CandidateSample empty = session.sample(Tensor.of(new long[0], 0, 1));
      assertThat(empty.trueExpectedCount().shape()).containsExactly(0, 1);
      assertThat(ids(empty.sampledCandidates()))
          .isEqualTo(ids(other.sample(example(1)).sampledCandidates()));
    }
  }

  private static SamplerOptions options(long numSampled, boolean unique, long rangeMax) {
    return SamplerOptions.builder()
        .numSampled(numSampled)
        .unique(unique)
        .rangeMax(rangeMax)
        .seed(1, 2)
        .build();
  }
}
