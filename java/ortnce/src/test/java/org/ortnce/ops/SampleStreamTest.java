package org.ortnce.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.ortnce.ops.NceCase.longs;

import ai.onnxruntime.OrtException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.ortnce.nce.GraphNames;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.NceOps;
import org.ortnce.nce.SampledValues;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.ops.NceGraphs.Declared;
import org.ortnce.session.ModelSession;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** The stream of candidates that a drawing NceLoss consumes: one run of it a run of the session. */
class SampleStreamTest {
  private static final NceCase.Sizes SIZES = new NceCase.Sizes(4, 1, 9, 1000, 2);
  private static final NceCase OWN = NceCase.random(SIZES, 3).drawn(9, 87654321, 12345678);
  private static final String SAMPLED = "sampled_candidates_used";

  @Test
  void runsDiffer() throws OrtException {
    List<List<Long>> runs = serial(200);
    assertThat(runs).doesNotHaveDuplicates();
    for (List<Long> ids : runs) {
      assertThat(ids).hasSize(9).doesNotHaveDuplicates().allMatch(id -> id >= 0 && id < 1000);
    }
    assertThat(serial(200)).isEqualTo(runs);
  }

  @Test
  void concurrentRunsConsumeTheSameRunsOnce()
      throws OrtException, InterruptedException, ExecutionException {
    int threads = 16;
    int runsPerThread = 500;
    ConcurrentLinkedQueue<List<Long>> drawn = new ConcurrentLinkedQueue<>();
    CountDownLatch allReady = new CountDownLatch(threads);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try (ModelSession session = NceRuns.open(OWN, Declared.SHAPES)) {
      Callable<Void> work =
          () -> {
            allReady.countDown();
            allReady.await();
            for (int i = 0; i < runsPerThread; i++) {
              Map<String, Tensor> outputs = session.run(OWN.feeds());
              drawn.add(ids(outputs));
              if (i % 100 == 0) {
                NceRuns.checkLoss(OWN, outputs);
              }
            }
            return null;
          };
      List<Future<Void>> results = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        results.add(pool.submit(work));
      }
      for (Future<Void> result : results) {
        result.get();
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(drawn.stream().map(List::toString).sorted().toList())
        .isEqualTo(serial(threads * runsPerThread).stream().map(List::toString).sorted().toList());
  }

  @Test
  void stepDrawsThatRunWhateverRanBefore() throws OrtException {
    List<List<Long>> runs = serial(20);
    for (long[] shape : new long[][] {{}, {1}}) {
      NceCase c = OWN.copy().set(GraphNames.STEP, longs(new long[1], shape));
      try (ModelSession session = NceRuns.open(c, Declared.SHAPES)) {
        for (int step : new int[] {7, 0, 19, 7, 1, 0}) {
          NceCase stepped = c.copy().set(GraphNames.STEP, longs(new long[] {step}, shape));
          Map<String, Tensor> outputs = session.run(stepped.feeds());
          assertThat(ids(outputs)).as("step " + step).isEqualTo(runs.get(step));
          NceRuns.checkLoss(stepped, outputs);
        }
      }
    }
  }

  /** One graph, one node with the step and one without: the one does not move the other. */
  @Test
  void stepDoesNotMoveTheStreamOfAnotherNode() throws OrtException {
    Value inputs = Value.input(ElementType.FLOAT, Shape.of(4, 2));
    Value labels = Value.input(ElementType.INT64, Shape.of(4, 1));
    Value step = Value.input(ElementType.INT64, Shape.scalar());
    Value weights = Value.initializer(OWN.weights().get(0));
    NceLossOptions options =
        NceLossOptions.builder().numSampled(9).seed(87654321, 12345678).build();
    SampledValues drawn = NceOps.nceLoss(weights, null, labels, inputs, options).sampledValues();
    SampledValues twin = NceOps.nceLoss(weights, null, labels, inputs, options).sampledValues();
    SampledValues stepped =
        NceOps.nceLoss(List.of(weights), null, labels, inputs, options, null, step).sampledValues();
    byte[] model =
        new ModelBuilder()
            .input("inputs", inputs)
            .input("labels", labels)
            .input("step", step)
            .output("drawn", drawn.sampledCandidates())
            .output("twin", twin.sampledCandidates())
            .output("stepped", stepped.sampledCandidates())
            .build()
            .toByteArray();
    List<List<Long>> runs = serial(10);
    try (ModelSession session = ModelSession.open(model)) {
      for (int run = 0; run < 10; run++) {
        Map<String, Tensor> feeds = new HashMap<>(OWN.feeds());
        feeds.keySet().retainAll(List.of("inputs", "labels"));
        feeds.put("step", Tensor.scalar(9L - run));
        Map<String, Tensor> outputs = session.run(feeds);
        assertThat(list(outputs.get("drawn"))).isEqualTo(runs.get(run));
        assertThat(list(outputs.get("twin"))).isEqualTo(runs.get(run));
        assertThat(list(outputs.get("stepped"))).isEqualTo(runs.get(9 - run));
      }
    }
  }

  @Test
  void badSteps() throws OrtException {
    NceCase c = OWN.copy().set(GraphNames.STEP, Tensor.scalar(0L));
    try (ModelSession session = NceRuns.open(c, Declared.TYPES)) {
      for (long step : new long[] {-1, Long.MIN_VALUE}) {
        NceCase bad = c.copy().set(GraphNames.STEP, Tensor.scalar(step));
        assertThatThrownBy(() -> session.run(NceGraphs.rawFeeds(bad, Declared.TYPES)))
            .isInstanceOf(OrtException.class)
            .hasMessageContaining("NceLoss: step must be >= 0, got " + step);
      }
      for (long[] shape : new long[][] {{2}, {1, 1}, {0}}) {
        NceCase bad = c.copy().set(GraphNames.STEP, Tensor.allocateLongs(shape));
        assertThatThrownBy(() -> session.run(NceGraphs.rawFeeds(bad, Declared.TYPES)))
            .isInstanceOf(OrtException.class)
            .hasMessageContaining("NceLoss: step must be a scalar or have shape [1], got [");
      }
      // The largest step is a run like any other.
      NceCase last = c.copy().set(GraphNames.STEP, Tensor.scalar(Long.MAX_VALUE));
      NceRuns.checkLoss(last, session.run(NceGraphs.rawFeeds(last, Declared.TYPES)));
    }
  }

  @Test
  void failedRunsLeaveTheStreamUntouched() throws OrtException {
    List<List<Long>> runs = serial(5);
    NceCase bad = OWN.copy().set(GraphNames.LABELS, longs(new long[] {1, 2, 3, 1000}, 4, 1));
    try (ModelSession session = NceRuns.open(OWN, Declared.SHAPES)) {
      for (List<Long> run : runs) {
        assertThatThrownBy(() -> session.run(bad.feeds())).isInstanceOf(OrtException.class);
        assertThat(ids(session.run(OWN.feeds()))).isEqualTo(run);
      }
    }
  }

  @Test
  void zeroSeedsAreFreshForEachSession() throws OrtException {
    NceCase fresh = OWN.copy().attribute("seed", 0L).attribute("seed2", 0L);
    assertThat(ids(NceRuns.run(fresh))).isNotEqualTo(ids(NceRuns.run(fresh)));
    // Not the stream of the key (0, 0) either: one zero seed is a seed.
    NceCase half = fresh.copy().attribute("seed2", 1L);
    assertThat(ids(NceRuns.run(half))).isEqualTo(ids(NceRuns.run(half)));
  }

  @Test
  void bothSeedsCount() throws OrtException {
    List<Long> base = ids(NceRuns.run(OWN));
    assertThat(ids(NceRuns.run(OWN.copy().attribute("seed", -1L)))).isNotEqualTo(base);
    assertThat(ids(NceRuns.run(OWN.copy().attribute("seed2", Long.MIN_VALUE)))).isNotEqualTo(base);
  }

  /** An empty batch draws, as TensorFlow's sampler does. */
  @Test
  void emptyBatchTakesARunOfTheStream() throws OrtException {
    List<List<Long>> runs = serial(2);
    NceCase empty =
        OWN.copy()
            .set(GraphNames.INPUTS, NceCase.filled(0, 0, 2))
            .set(GraphNames.LABELS, longs(new long[0], 0, 1));
    try (ModelSession session = NceRuns.open(OWN, Declared.TYPES)) {
      Map<String, Tensor> outputs = session.run(NceGraphs.rawFeeds(empty, Declared.TYPES));
      assertThat(ids(outputs)).isEqualTo(runs.get(0));
      assertThat(ids(session.run(NceGraphs.rawFeeds(OWN, Declared.TYPES)))).isEqualTo(runs.get(1));
    }
  }

  @Test
  void givenCandidatesRuleOverSeedsAndDrawNothing() throws OrtException {
    NceCase given = NceCase.given();
    int[] plain = NceRuns.bits(NceRuns.loss(given));
    NceCase seeded = given.copy().attribute("seed", 5L).attribute("seed2", 6L);
    try (ModelSession session = NceRuns.open(seeded, Declared.SHAPES)) {
      for (int run = 0; run < 3; run++) {
        Map<String, Tensor> outputs = session.run(seeded.feeds());
        assertThat(NceRuns.bits(outputs.get("loss").toFloatArray())).isEqualTo(plain);
        assertThat(ids(outputs)).containsExactly(1L, 4L, 7L);
        assertThat(outputs.get("true_expected_count_used").toFloatArray())
            .isEqualTo(given.get(GraphNames.TRUE_EXPECTED_COUNT).toFloatArray());
        assertThat(outputs.get("sampled_expected_count_used").toFloatArray())
            .isEqualTo(given.get(GraphNames.SAMPLED_EXPECTED_COUNT).toFloatArray());
      }
    }
    // Without num_sampled the length of the candidates counts.
    assertThat(NceRuns.bits(NceRuns.loss(given.copy().attribute("num_sampled", null))))
        .isEqualTo(plain);
  }

  /** The ids of the first runs of a fresh session. */
  private static List<List<Long>> serial(int runs) throws OrtException {
    List<List<Long>> drawn = new ArrayList<>();
    try (ModelSession session = NceRuns.open(OWN, Declared.SHAPES)) {
      for (int run = 0; run < runs; run++) {
        drawn.add(ids(session.run(OWN.feeds())));
      }
    }
    return drawn;
  }

  private static List<Long> ids(Map<String, Tensor> outputs) {
    return list(outputs.get(SAMPLED));
  }

  private static List<Long> list(Tensor ids) {
    return java.util.Arrays.stream(ids.toLongArray()).boxed().toList();
  }
}
