package org.ortnce.bench;

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

/** The noise-contrastive loss of given candidates, and with its gradient, by each {@link Peer}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class NceLossBenchmark {
  /** {@code loss} or {@code loss+gradient}. */
  @Param({"loss", "loss+gradient"})
  public String task;

  /** See {@link Sizes}. */
  @Param({
    "128x128x64x50000x1",
    "1024x256x64x1000000x1",
    "1024x512x1024x200000x1",
    "512x512x8192x200000x5",
    "4096x256x4096x200000x1"
  })
  public String sizes;

  /** See {@link Peer#name()}; {@code tensorflow} in builds that have it. */
  @Param({"ort-nce", "standard-ops"})
  public String peer;

  private Peer.Call call;

  /** Opens the peer and checks what it computes. */
  @Setup
  public void open() throws Exception {
    NceProblem problem = NceProblem.random(Sizes.of(sizes));
    call = Peer.of(peer).open(problem, task.equals("loss+gradient"));
    new NceReference(problem).check(peer, call.run());
  }

  /** A call with its results. */
  @Benchmark
  public NceResult run() throws Exception {
    return call.run();
  }

  /** Closes the peer. */
  @TearDown
  public void close() {
    call.close();
  }
}
