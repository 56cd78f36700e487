package org.ortnce.bench;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import java.nio.LongBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.NceModels;
import org.ortnce.nce.OutputLayer;
import org.ortnce.session.SessionConfig;
import org.ortnce.session.TrainingLossSession;
import org.ortnce.tensor.Tensor;

/**
 * What it costs to refuse a batch whose last label is none, beside one pass over the labels: the
 * goal is a millisecond more. TensorFlow was seen to take 16 s and 8 GB for a refusal.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RefusalBenchmark {
  private static final int DIM = 8;
  private static final int CLASSES = 1000;

  /** The number of labels. */
  @Param({"1", "1000", "1000000"})
  public int batch;

  private TrainingLossSession session;
  private Tensor inputs;
  private Tensor labels;
  private long[] copy;

  /** Opens a loss of 64 candidates. */
  @Setup
  public void open() throws OrtException {
    RandomTensors random = new RandomTensors(1);
    OutputLayer layer = OutputLayer.of(random.floats(0.1, CLASSES, DIM), random.floats(1, CLASSES));
    NceLossOptions options = NceLossOptions.builder().numSampled(64).seed(1, 2).build();
    SessionConfig quiet =
        SessionConfig.builder()
            .intraOpThreads(1)
            .logLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL)
            .build();
    session = TrainingLossSession.open(NceModels.trainingLoss(layer, options).toByteArray(), quiet);
    inputs = random.floats(1, batch, DIM);
    labels = random.ids(CLASSES, batch, 1);
    labels.longs().put(batch - 1, CLASSES);
    copy = new long[batch];
  }

  /** The call, and its error. */
  @Benchmark
  public String refusal() throws OrtException {
    try {
      return session.loss(inputs, labels).toString();
    } catch (OrtException expected) {
      return expected.getMessage();
    }
  }

  /** One pass over the labels. */
  @Benchmark
  public long[] pass() {
    LongBuffer all = labels.longs();
    all.get(all.position(), copy);
    return copy;
  }

  /** Closes the session. */
  @TearDown
  public void close() {
    session.close();
  }
}
