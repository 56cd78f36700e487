package org.ortnce.bench;

import ai.onnxruntime.OrtException;
import java.util.Map;
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
import org.ortnce.session.ModelSession;
import org.ortnce.tensor.Tensor;

/**
 * The loss over all classes and the ten best classes: our ops and ONNX Runtime's own. The model
 * holds the weights, so that ONNX Runtime may lay them out as it likes.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class AllClassesBenchmark {
  /** See {@link AllClassesModel}. */
  @Param({"loss", "top-k"})
  public String task;

  /** Batch x dim x classes. */
  @Param({"1x128x100000", "256x128x100000", "256x128x200000"})
  public String sizes;

  /** {@code ort-nce} or {@code standard-ops}. */
  @Param({"ort-nce", "standard-ops"})
  public String peer;

  private ModelSession session;
  private Map<String, Tensor> feeds;

  /** Opens the model and checks what it computes. */
  @Setup
  public void open() throws OrtException {
    AllClassesModel model = AllClassesModel.random(sizes);
    session = model.open(task, peer);
    feeds = model.feeds(task);
    model.check(peer, session.run(feeds));
  }

  /** A call with its results. */
  @Benchmark
  public Map<String, Tensor> run() throws OrtException {
    return session.run(feeds);
  }

  /** Closes the session. */
  @TearDown
  public void close() {
    session.close();
  }
}
