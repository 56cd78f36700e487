package org.ortnce.samplers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.ortnce.samplers.Samplers.assertSame;
import static org.ortnce.samplers.Samplers.example;

import ai.onnxruntime.OrtException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.nce.GraphNames;
import org.ortnce.nce.SamplerModels;
import org.ortnce.nce.SamplerOptions;
import org.ortnce.reliability.BadInputs;
import org.ortnce.session.CandidateSample;
import org.ortnce.session.SamplerSession;
import org.ortnce.session.SessionConfig;
import org.ortnce.tensor.Npy;
import org.ortnce.tensor.Tensor;

/** The counts of a learned unigram sampler: exact, and kept over sessions. Rows L06 to L10. */
@BadInputs
class LearnedUnigramTest {
  private static final int CLASSES = 12;
  private static final SamplerOptions OPTIONS =
      Samplers.options(5, false).rangeMax(CLASSES).numTrue(2).build();

  @TempDir Path directory;

  @Test
  void countsStartAt1AndLearnAfterTheDraw() throws OrtException {
    try (SamplerSession session = Samplers.open(SamplerModels.learnedUnigram(OPTIONS))) {
      assertThat(session.returnsCounts()).isTrue();
      CandidateSample first = session.sample(example(3, 3));
      assertThat(first.trueExpectedCount().toFloatArray()).containsOnly(1 / 12f * 5);
      assertThat(counts(session)).containsExactly(1, 1, 1, 3, 1, 1, 1, 1, 1, 1, 1, 1);
      CandidateSample second = session.sample(Tensor.of(new long[][] {{3, 0}, {11, 0}}));
      assertThat(second.trueExpectedCount().toFloatArray())
          .containsExactly(3 / 14f * 5, 1 / 14f * 5, 1 / 14f * 5, 1 / 14f * 5);
      assertThat(counts(session)).containsExactly(3, 1, 1, 4, 1, 1, 1, 1, 1, 1, 1, 2);
    }
  }

  @Test
  void l08CountsAreExactUnder16Threads() throws Exception {
    int threads = 16;
    long runs = 250;
    AtomicLongArray expected = new AtomicLongArray(CLASSES);
    try (SamplerSession session = Samplers.open(SamplerModels.learnedUnigram(OPTIONS))) {
      Samplers.inThreads(
          threads,
          thread ->
              () -> {
                Random random = new Random(thread);
                for (int run = 0; run < runs; run++) {
                  long[] labels = random.longs(6, 0, CLASSES).toArray();
                  Tensor ids = session.sample(Tensor.of(labels, 3, 2)).sampledCandidates();
                  assertThat(Samplers.ids(ids)).allMatch(id -> id >= 0 && id < CLASSES);
                  Arrays.stream(labels).forEach(id -> expected.incrementAndGet((int) id));
                }
                return null;
              });
      long[] counts = counts(session);
      for (int i = 0; i < CLASSES; i++) {
        assertThat(counts[i]).as("class " + i).isEqualTo(1 + expected.get(i));
      }
      assertThat(Arrays.stream(counts).sum()).isEqualTo(CLASSES + threads * runs * 6);
    }
  }

  /** A session that is closed and restored draws what one session draws that goes on. */
  @Test
  void savedCountsAndSkippedRunsContinueTheSequence() throws Exception {
    Path file = directory.resolve("counts.npy");
    Tensor fresh = Tensor.of(ones(), CLASSES);
    Path model = directory.resolve("model.onnx");
    SamplerModels.learnedUnigram(OPTIONS, fresh).save(model);
    int before = 7;
    try (SamplerSession going = SamplerSession.open(model)) {
      try (SamplerSession first = SamplerSession.open(model)) {
        for (int run = 0; run < before; run++) {
          assertSame(first.sample(example(run, 2)), going.sample(example(run, 2)));
        }
        first.saveCounts(file);
        going.skip(1);
      }
      SessionConfig saved =
          SessionConfig.builder()
              .sharedInitializer(GraphNames.INITIAL_COUNTS, Npy.read(file))
              .build();
      try (SamplerSession replaced = SamplerSession.open(model, saved);
          SamplerSession rebuilt =
              Samplers.open(SamplerModels.learnedUnigram(OPTIONS, Npy.read(file)))) {
        replaced.skip(before + 1);
        rebuilt.skip(before + 1);
        for (int run = 0; run < 5; run++) {
          CandidateSample expected = going.sample(example(run + 6, 2));
          assertSame(replaced.sample(example(run + 6, 2)), expected);
          assertSame(rebuilt.sample(example(run + 6, 2)), expected);
        }
        assertThat(counts(replaced)).isEqualTo(counts(going));
      }
    }
  }

  /** Without the skipped runs the probabilities continue, and the stream starts again. */
  @Test
  void savedCountsAloneContinueTheProbabilities() throws Exception {
    Path file = directory.resolve("counts.npy");
    Tensor all = Tensor.of(new long[][] {{0, 1}, {2, 3}, {4, 5}, {6, 7}, {8, 9}, {10, 11}});
    float[] expected;
    try (SamplerSession session = Samplers.open(SamplerModels.learnedUnigram(OPTIONS))) {
      for (int run = 0; run < 30; run++) {
        session.sample(example(run % 5, run % 3));
      }
      session.saveCounts(file);
      expected = session.sample(all).trueExpectedCount().toFloatArray();
    }
    try (SamplerSession session =
        Samplers.open(SamplerModels.learnedUnigram(OPTIONS, Npy.read(file)))) {
      assertThat(session.sample(all).trueExpectedCount().toFloatArray()).isEqualTo(expected);
    }
  }

  @Test
  void aFailedSaveLeavesTheOldFile() throws Exception {
    Path file = directory.resolve("counts.npy");
    try (SamplerSession session = Samplers.open(SamplerModels.learnedUnigram(OPTIONS))) {
      session.saveCounts(file);
      byte[] old = Files.readAllBytes(file);
      assertThatThrownBy(() -> session.saveCounts(directory.resolve("none").resolve("counts.npy")))
          .hasMessageContaining("none");
      assertThat(Files.readAllBytes(file)).isEqualTo(old);
      session.saveCounts(file);
      assertThat(Npy.read(file).toLongArray()).isEqualTo(ones());
    }
    assertThat(directory.toFile().list()).containsExactly("counts.npy");
  }

  /** As in TensorFlow the labels past the limit are not counted; probabilities stay sound. */
  @Test
  void l06TotalAtItsLimit() throws OrtException {
    long[] counts = ones();
    counts[0] = Integer.MAX_VALUE - 3L - (CLASSES - 1);
    Tensor ten = Tensor.of(new long[][] {{5, 6}, {5, 5}, {5, 5}, {5, 5}, {5, 5}});
    try (SamplerSession session =
        Samplers.open(SamplerModels.learnedUnigram(OPTIONS, Tensor.of(counts, CLASSES)))) {
      session.sample(ten);
      counts[5] += 2;
      counts[6] += 1;
      assertThat(counts(session)).isEqualTo(counts);
      session.sample(ten);
      assertThat(counts(session)).isEqualTo(counts);
      Tensor all = Tensor.of(new long[][] {{0, 1}, {2, 3}, {4, 5}, {6, 7}, {8, 9}, {10, 11}});
      double sum = 0;
      for (float count : session.sample(all).trueExpectedCount().toFloatArray()) {
        assertThat(count).isPositive();
        sum += count / 5.0;
      }
      assertThat(sum).isBetween(1 - 1e-6, 1 + 1e-6);
    }
  }

  @Test
  void l07OneLabelTenMillionTimes() throws OrtException {
    long[] labels = new long[1_000_000];
    Arrays.fill(labels, 7);
    Tensor batch = Tensor.of(labels, labels.length / 2, 2);
    try (SamplerSession session = Samplers.open(SamplerModels.learnedUnigram(OPTIONS))) {
      for (int run = 0; run < 10; run++) {
        session.sample(batch);
      }
      long[] expected = ones();
      expected[7] += 10_000_000;
      assertThat(counts(session)).isEqualTo(expected);
    }
  }

  @Test
  void l09ABadLabelChangesNothing() throws OrtException {
    long[][] labels = {{1, 1}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, {1, CLASSES}, {1, 1}, {1, 1}};
    try (SamplerSession session = Samplers.open(SamplerModels.learnedUnigram(OPTIONS));
        SamplerSession other = Samplers.open(SamplerModels.learnedUnigram(OPTIONS))) {
      session.sample(example(3, 4));
      other.sample(example(3, 4));
      assertThatThrownBy(() -> session.sample(Tensor.of(labels)))
          .hasMessageContaining("true_classes[5,1] = 12 is outside [0, 12)");
      assertSame(session.sample(example(0, 3)), other.sample(example(0, 3)));
      assertThat(counts(session)).isEqualTo(counts(other));
    }
  }

  @Test
  void l10ASessionStartsAfresh() throws OrtException {
    byte[] model = SamplerModels.learnedUnigram(OPTIONS).toByteArray();
    for (int session = 0; session < 2; session++) {
      try (SamplerSession opened = SamplerSession.open(model, Samplers.QUIET)) {
        assertThat(counts(opened)).isEqualTo(ones());
        opened.sample(example(1, 1));
      }
    }
  }

  @Test
  void otherSamplersHaveNoCounts() throws OrtException {
    SamplerOptions options = Samplers.options(5, true).build();
    try (SamplerSession session = Samplers.open(SamplerModels.uniform(options, false))) {
      assertThat(session.returnsCounts()).isFalse();
      assertThatThrownBy(session::counts)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("no output 'counts'");
    }
  }

  private static long[] ones() {
    long[] ones = new long[CLASSES];
    Arrays.fill(ones, 1);
    return ones;
  }

  private static long[] counts(SamplerSession session) throws OrtException {
    return session.counts().toLongArray();
  }
}
