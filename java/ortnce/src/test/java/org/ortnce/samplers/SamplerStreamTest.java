package org.ortnce.samplers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ortnce.samplers.Samplers.assertSame;
import static org.ortnce.samplers.Samplers.example;
import static org.ortnce.samplers.Samplers.ids;

import ai.onnxruntime.OrtException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.ortnce.nce.CandidateSamplers;
import org.ortnce.nce.SampledValues;
import org.ortnce.nce.SamplerModels;
import org.ortnce.nce.SamplerOptions;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.reliability.BadInputs;
import org.ortnce.samplers.Samplers.Stateless;
import org.ortnce.session.CandidateSample;
import org.ortnce.session.ModelSession;
import org.ortnce.session.SamplerSession;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** The runs of a sampler's stream: one for each run of a session, or the one that step names. */
@BadInputs
class SamplerStreamTest {
  private static final int RUNS = 60;
  private static final SamplerOptions OPTIONS = Samplers.options(7, true).build();
  private static final Tensor TRUE_CLASSES = example(499);

  @ParameterizedTest
  @EnumSource
  void stepIsTheNumberOfTheRun(Stateless sampler) throws OrtException {
    List<CandidateSample> runs = new ArrayList<>();
    try (SamplerSession session = sampler.open(OPTIONS, false)) {
      for (int run = 0; run < RUNS; run++) {
        runs.add(session.sample(TRUE_CLASSES));
      }
    }
    assertThat(runs.stream().map(r -> ids(r.sampledCandidates()))).doesNotHaveDuplicates();
    try (SamplerSession session = sampler.open(OPTIONS, true)) {
      for (int run = RUNS - 1; run >= 0; run--) {
        assertSame(session.sample(TRUE_CLASSES, run), runs.get(run));
      }
      assertSame(session.sample(TRUE_CLASSES, 3), runs.get(3));
    }
  }

  /** Steps far beyond what a session can run, and their order does not matter. */
  @ParameterizedTest
  @EnumSource
  void stepsAreFarApart(Stateless sampler) throws OrtException {
    long[] steps = {1L << 31, 1L << 32, (1L << 32) + 1, 1L << 53, Long.MAX_VALUE - 1};
    HashSet<List<Long>> drawn = new HashSet<>();
    try (SamplerSession session = sampler.open(OPTIONS, true)) {
      for (long step : steps) {
        List<Long> ids = ids(session.sample(TRUE_CLASSES, step).sampledCandidates());
        assertThat(drawn.add(ids)).isTrue();
        assertThat(ids(session.sample(TRUE_CLASSES, step).sampledCandidates())).isEqualTo(ids);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void twoSessionsSplitTheSteps(Stateless sampler) throws OrtException {
    List<List<Long>> split = new ArrayList<>();
    try (SamplerSession even = sampler.open(OPTIONS, true);
        SamplerSession odd = sampler.open(OPTIONS, true)) {
      for (int step = 0; step < RUNS; step++) {
        SamplerSession worker = step % 2 == 0 ? even : odd;
        split.add(ids(worker.sample(TRUE_CLASSES, step).sampledCandidates()));
      }
    }
    assertThat(split).isEqualTo(serial(sampler, RUNS));
  }

  @ParameterizedTest
  @EnumSource
  void sixteenThreadsTakeEachRunOnce(Stateless sampler) throws Exception {
    int threads = 16;
    int runs = 100;
    List<List<Long>> drawn = new ArrayList<>();
    try (SamplerSession session = sampler.open(OPTIONS, false)) {
      Samplers.inThreads(
              threads,
              thread ->
                  () -> {
                    List<List<Long>> own = new ArrayList<>();
                    for (int run = 0; run < runs; run++) {
                      own.add(ids(session.sample(TRUE_CLASSES).sampledCandidates()));
                    }
                    return own;
                  })
          .forEach(drawn::addAll);
    }
    assertThat(drawn).containsExactlyInAnyOrderElementsOf(serial(sampler, threads * runs));
  }

  @ParameterizedTest
  @EnumSource
  void skippedRunsAreLeftOut(Stateless sampler) throws OrtException {
    List<List<Long>> serial = serial(sampler, 20);
    try (SamplerSession session = sampler.open(OPTIONS, false)) {
      session.skip(15);
      assertThat(ids(session.sample(TRUE_CLASSES).sampledCandidates())).isEqualTo(serial.get(15));
      session.skip(0);
      assertThat(ids(session.sample(TRUE_CLASSES).sampledCandidates())).isEqualTo(serial.get(16));
    }
  }

  /** The true classes change their expected counts, never the candidates. */
  @ParameterizedTest
  @EnumSource
  void trueClassesDoNotChangeTheCandidates(Stateless sampler) throws OrtException {
    SamplerOptions two = Samplers.options(7, true).numTrue(2).build();
    try (SamplerSession session = sampler.open(two, true)) {
      CandidateSample one = session.sample(example(0, 499), 5);
      CandidateSample other = session.sample(Tensor.of(new long[][] {{3, 3}, {499, 0}}), 5);
      assertThat(ids(other.sampledCandidates())).isEqualTo(ids(one.sampledCandidates()));
      float[] ones = one.trueExpectedCount().toFloatArray();
      float[] others = other.trueExpectedCount().toFloatArray();
      assertThat(others[3]).isEqualTo(ones[0]);
      assertThat(others[2]).isEqualTo(ones[1]);
      assertThat(others[0]).isEqualTo(others[1]);
    }
  }

  @ParameterizedTest
  @EnumSource
  @Tag("C04")
  void withoutSeedsEachSessionDrawsItsOwn(Stateless sampler) throws OrtException {
    SamplerOptions fresh = Samplers.options(7, true).seed(0, 0).build();
    HashSet<List<Long>> drawn = new HashSet<>();
    for (int session = 0; session < 5; session++) {
      try (SamplerSession opened = sampler.open(fresh, false)) {
        drawn.add(ids(opened.sample(TRUE_CLASSES).sampledCandidates()));
      }
    }
    assertThat(drawn).hasSize(5);
  }

  @Test
  @Tag("S37")
  void s36SeedsAreBitPatterns() throws OrtException {
    long[][] pairs = {{-1, Long.MIN_VALUE}, {Long.MAX_VALUE, 0}, {0, 1}, {1, 0}, {1, 2}};
    HashSet<List<Long>> drawn = new HashSet<>();
    for (long[] pair : pairs) {
      SamplerOptions options = Samplers.options(7, true).seed(pair[0], pair[1]).build();
      List<List<Long>> first = serial(Stateless.UNIFORM, options, 2);
      assertThat(serial(Stateless.UNIFORM, options, 2)).isEqualTo(first);
      drawn.addAll(first);
    }
    assertThat(drawn).hasSize(2 * pairs.length);
  }

  @Test
  void s44TwoSamplersOfTheSameSeedsDrawTheSame() throws OrtException {
    Value trueClasses = Value.input(ElementType.INT64, Shape.of(1, 1));
    SampledValues a = CandidateSamplers.uniformCandidateSampler(trueClasses, OPTIONS, null);
    SampledValues b = CandidateSamplers.uniformCandidateSampler(trueClasses, OPTIONS, null);
    byte[] model =
        new ModelBuilder()
            .input("true_classes", trueClasses)
            .output("a", a.sampledCandidates())
            .output("b", b.sampledCandidates())
            .build()
            .toByteArray();
    List<List<Long>> serial = serial(Stateless.UNIFORM, 5);
    try (ModelSession session = ModelSession.open(model, Samplers.QUIET)) {
      for (int run = 0; run < 5; run++) {
        Map<String, Tensor> outputs = session.run(Map.of("true_classes", TRUE_CLASSES));
        assertThat(ids(outputs.get("a"))).isEqualTo(serial.get(run));
        assertThat(ids(outputs.get("b"))).isEqualTo(serial.get(run));
      }
    }
  }

  /** 12 of 2^40 classes: among 10,000 runs none comes twice by chance. */
  @ParameterizedTest
  @EnumSource(names = {"UNIFORM", "LOG_UNIFORM"})
  void s45TenThousandRunsDoNotRepeat(Stateless sampler) throws OrtException {
    SamplerOptions options = Samplers.options(12, false).rangeMax(1L << 40).build();
    assertThat(new HashSet<>(serial(sampler, options, 10_000))).hasSize(10_000);
  }

  @Test
  void allClassesAreTheSameInEveryRun() throws OrtException {
    SamplerOptions options = SamplerOptions.builder().numSampled(4).numTrue(2).seed(1, 2).build();
    for (boolean stepInput : new boolean[] {false, true}) {
      try (SamplerSession session = Samplers.open(SamplerModels.all(options, stepInput))) {
        for (int run = 0; run < 2; run++) {
          Tensor classes = Tensor.of(new long[][] {{0, 3}, {2, 2}, {1, 0}});
          CandidateSample all =
              stepInput ? session.sample(classes, run + 9) : session.sample(classes);
          assertThat(all.sampledCandidates().toLongArray()).containsExactly(0, 1, 2, 3);
          assertThat(all.trueExpectedCount().shape()).containsExactly(3, 2);
          assertThat(all.trueExpectedCount().toFloatArray()).containsOnly(1);
          assertThat(all.sampledExpectedCount().toFloatArray()).containsExactly(1, 1, 1, 1);
        }
      }
    }
  }

  private static List<List<Long>> serial(Stateless sampler, int runs) throws OrtException {
    return serial(sampler, OPTIONS, runs);
  }

  private static List<List<Long>> serial(Stateless sampler, SamplerOptions options, int runs)
      throws OrtException {
    List<List<Long>> drawn = new ArrayList<>();
    try (SamplerSession session = sampler.open(options, false)) {
      for (int run = 0; run < runs; run++) {
        drawn.add(ids(session.sample(example(0)).sampledCandidates()));
      }
    }
    return drawn;
  }
}
