package org.ortnce.ops;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.ortnce.reliability.BadInputs;
import org.ortnce.session.ModelSession;
import org.ortnce.session.SessionConfig;
import org.ortnce.tensor.Tensor;

/**
 * 64 threads on one session. {@code -Dortnce.stress.runs=100000} makes as many runs a thread as the
 * goal asks for, {@code -Dortnce.stress.rounds=1000} closes as many sessions under load.
 */
@BadInputs.Apart
class SessionStressTest {
  private static final int THREADS = 64;
  private static final int RUNS = Integer.getInteger("ortnce.stress.runs", 200);
  private static final int ROUNDS = Integer.getInteger("ortnce.stress.rounds", 20);

  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

  @AfterEach
  void stopThreads() {
    threads.shutdownNow();
  }

  /** Each thread has a case of its own, and the bits of its run alone. */
  @Test
  void c01BitsOfASerialRun() throws Exception {
    List<NceCase> cases = new ArrayList<>();
    List<int[]> serial = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      NceCase c = NceCase.random(new NceCase.Sizes(5, 2, 7, 100, 9), t);
      cases.add(c);
      serial.add(NceRuns.bits(NceRuns.loss(c)));
    }
    try (ModelSession session = NceRuns.open(cases.get(0), NceGraphs.Declared.SHAPES)) {
      onAllThreads(
          t -> {
            Map<String, Tensor> feeds = cases.get(t).feeds();
            for (int run = 0; run < RUNS; run++) {
              float[] loss = session.run(feeds).get("loss").toFloatArray();
              assertThat(NceRuns.bits(loss))
                  .as("thread %d, run %d", t, run)
                  .isEqualTo(serial.get(t));
            }
          });
    }
  }

  /** What each thread may see is the right result, or a session that says it is closed. */
  @Test
  void c02CloseWhileOthersRunAndAsk() throws Exception {
    NceCase c = NceCase.random(new NceCase.Sizes(5, 2, 7, 100, 9), 1);
    int[] serial = NceRuns.bits(NceRuns.loss(c));
    Map<String, Tensor> feeds = c.feeds();
    SessionConfig config = SessionConfig.builder().intraOpThreads(1).build();
    for (int round = 0; round < ROUNDS; round++) {
      ModelSession session = NceRuns.open(c, config);
      int moment = round;
      onAllThreads(
          t -> {
            for (int i = 0; i < 30; i++) {
              if (t == moment % THREADS && i == moment % 30) {
                session.close();
              } else if (t % 3 == 0) {
                orClosed(
                    () -> assertThat(session.inputs()).containsKey("labels").hasSize(feeds.size()));
                orClosed(() -> assertThat(session.metadata()).isNotNull());
              } else {
                orClosed(
                    () ->
                        assertThat(NceRuns.bits(session.run(feeds).get("loss").toFloatArray()))
                            .isEqualTo(serial));
              }
            }
          });
      session.close();
    }
  }

  private interface Step {
    void run() throws OrtException;
  }

  private static void orClosed(Step step) throws OrtException {
    try {
      step.run();
    } catch (IllegalStateException e) {
      assertThat(e).hasMessage("the session is closed");
    }
  }

  private interface OfThread {
    void run(int thread) throws Exception;
  }

  private void onAllThreads(OfThread work) throws Exception {
    CyclicBarrier together = new CyclicBarrier(THREADS);
    List<Future<?>> futures = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      int thread = t;
      futures.add(
          threads.submit(
              () -> {
                together.await();
                work.run(thread);
                return null;
              }));
    }
    for (Future<?> future : futures) {
      future.get();
    }
  }
}
