package org.ortnce.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.ortnce.ChildJvm;
import org.ortnce.reliability.BadInputs;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** Many threads on one session, also while it closes. */
@BadInputs
class ModelSessionConcurrencyTest {
  private static final int THREADS = 8;
  private static final int SIZE = 160;

  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS + 2);

  @AfterEach
  void stopThreads() {
    threads.shutdownNow();
  }

  @Test
  @Tag("C01")
  void eachThreadGetsItsOwnResults() throws Exception {
    try (ModelSession session = ModelSession.open(TestModel.add(), TestModel.STOCK)) {
      List<Future<?>> futures = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        int thread = t;
        futures.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 500; i++) {
                    Tensor z = session.run(ModelSessionTest.add(thread, i, 1, 1)).get("z");
                    assertThat(z.toFloatArray()).containsExactly(thread + 1, i + 1);
                  }
                  return null;
                }));
      }
      for (Future<?> future : futures) {
        future.get();
      }
    }
  }

  /** Runs either end well or find the session closed; nothing else, and no crash. */
  @Test
  @Tag("C02")
  void closeWaitsForTheRunsInFlight() throws Exception {
    for (int round = 0; round < 10; round++) {
      ModelSession session = ModelSession.open(product(), TestModel.STOCK);
      CountDownLatch running = new CountDownLatch(THREADS);
      AtomicInteger finished = new AtomicInteger();
      List<Future<Integer>> futures = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        futures.add(threads.submit(() -> runUntilClosed(session, running, finished)));
      }
      running.await();
      List<Future<?>> closers =
          List.of(threads.submit(session::close), threads.submit(session::close));
      for (Future<?> closer : closers) {
        closer.get();
      }
      int atClose = finished.get();
      int sum = 0;
      for (Future<Integer> future : futures) {
        sum += future.get();
      }
      assertThat(sum).isGreaterThanOrEqualTo(THREADS);
      assertThat(sum - atClose).as("runs that ended after close").isLessThanOrEqualTo(THREADS);
    }
  }

  /** The number of whole runs before the session was closed, all with the right result. */
  private static int runUntilClosed(
      ModelSession session, CountDownLatch running, AtomicInteger finished) throws Exception {
    float[] ones = new float[SIZE * SIZE];
    Arrays.fill(ones, 1);
    Map<String, Tensor> inputs = Map.of("x", Tensor.of(ones, SIZE, SIZE));
    for (int runs = 0; ; runs++) {
      try {
        float[] y = session.run(inputs).get("y").toFloatArray();
        assertThat(y[0]).isEqualTo(SIZE);
        assertThat(y[y.length - 1]).isEqualTo(SIZE);
        finished.incrementAndGet();
        running.countDown();
      } catch (IllegalStateException e) {
        assertThat(e).hasMessage("the session is closed");
        return runs;
      }
    }
  }

  @Test
  void j31AnInterruptedThreadFinishesItsRun() throws Exception {
    try (ModelSession session = ModelSession.open(TestModel.add(), TestModel.STOCK)) {
      Future<Boolean> interrupted =
          threads.submit(
              () -> {
                Thread.currentThread().interrupt();
                float[] z = session.run(ModelSessionTest.add(1, 2, 3, 4)).get("z").toFloatArray();
                assertThat(z).containsExactly(4, 6);
                return Thread.interrupted();
              });
      assertThat(interrupted.get()).as("the flag is left set").isTrue();
    }
  }

  @Test
  void j31TheJvmMayExitDuringDaemonRuns() throws Exception {
    ChildJvm.Outcome outcome = ChildJvm.run(ExitDuringRuns.class, List.of("-Xmx64m"));
    assertThat(outcome.exitValue()).as(outcome.output()).isZero();
  }

  /** Leaves main while daemon threads are in native code. */
  static final class ExitDuringRuns {
    private ExitDuringRuns() {}

    public static void main(String[] arguments) throws Exception {
      ModelSession session = ModelSession.open(product(), TestModel.STOCK);
      CountDownLatch running = new CountDownLatch(2);
      for (int t = 0; t < 2; t++) {
        Thread thread =
            new Thread(
                () ->
                    assertThatCode(() -> runUntilClosed(session, running, new AtomicInteger()))
                        .doesNotThrowAnyException());
        thread.setDaemon(true);
        thread.start();
      }
      running.await();
    }
  }

  private static byte[] product() {
    return new TestModel()
        .input("x", ElementType.FLOAT, "n", "n")
        .node("MatMul", "x x", "y")
        .output("y", ElementType.FLOAT, "n", "n")
        .bytes();
  }
}
