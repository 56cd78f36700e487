package org.ortnce.samplers;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import org.ortnce.nce.FixedUnigramOptions;
import org.ortnce.nce.SamplerModels;
import org.ortnce.nce.SamplerOptions;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.session.CandidateSample;
import org.ortnce.session.SamplerSession;
import org.ortnce.session.SessionConfig;
import org.ortnce.tensor.Tensor;

/** Models and sessions of the samplers, each of 500 classes unless told otherwise. */
final class Samplers {
  static final int CLASSES = 500;

  /** Does not log the errors that these tests provoke. */
  static final SessionConfig QUIET =
      SessionConfig.builder().logLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL).build();

  private Samplers() {}

  /** The samplers without state of their own that draw at random. */
  enum Stateless {
    UNIFORM,
    LOG_UNIFORM,
    FIXED_UNIGRAM;

    OnnxModel model(SamplerOptions options, boolean stepInput) {
      return switch (this) {
        case UNIFORM -> SamplerModels.uniform(options, stepInput);
        case LOG_UNIFORM -> SamplerModels.logUniform(options, stepInput);
        case FIXED_UNIGRAM ->
            SamplerModels.fixedUnigram(
                weights((int) options.rangeMax().getAsLong()),
                options,
                FixedUnigramOptions.defaults().withDistortion(.75f),
                stepInput);
      };
    }

    SamplerSession open(SamplerOptions options, boolean stepInput) throws OrtException {
      return Samplers.open(model(options, stepInput));
    }
  }

  static SamplerSession open(OnnxModel model) throws OrtException {
    return SamplerSession.open(model.toByteArray(), QUIET);
  }

  /** Options of a sampler of {@link #CLASSES} classes with fixed seeds. */
  static SamplerOptions.Builder options(long numSampled, boolean unique) {
    return SamplerOptions.builder()
        .numSampled(numSampled)
        .unique(unique)
        .rangeMax(CLASSES)
        .seed(87654321, 20260);
  }

  /** 1, 2, 3... as weights, so that each class has its own. */
  static Tensor weights(int count) {
    float[] weights = new float[count];
    for (int i = 0; i < count; i++) {
      weights[i] = i + 1;
    }
    return Tensor.of(weights, count);
  }

  /** True classes of one example. */
  static Tensor example(long... classes) {
    return Tensor.of(classes, 1, classes.length);
  }

  static List<Long> ids(Tensor candidates) {
    List<Long> ids = new ArrayList<>();
    for (long id : candidates.toLongArray()) {
      ids.add(id);
    }
    return ids;
  }

  /** The same draw, bit for bit. */
  static void assertSame(CandidateSample found, CandidateSample expected) {
    assertThat(ids(found.sampledCandidates())).isEqualTo(ids(expected.sampledCandidates()));
    assertThat(found.trueExpectedCount().toFloatArray())
        .isEqualTo(expected.trueExpectedCount().toFloatArray());
    assertThat(found.sampledExpectedCount().toFloatArray())
        .isEqualTo(expected.sampledExpectedCount().toFloatArray());
  }

  /** Runs a task in each of {@code count} threads that start together. */
  static <T> List<T> inThreads(int count, IntFunction<Callable<T>> task) throws Exception {
    CountDownLatch allReady = new CountDownLatch(count);
    ExecutorService pool = Executors.newFixedThreadPool(count);
    try {
      List<Future<T>> futures = new ArrayList<>();
      for (int thread = 0; thread < count; thread++) {
        Callable<T> work = task.apply(thread);
        futures.add(
            pool.submit(
                () -> {
                  allReady.countDown();
                  allReady.await();
                  return work.call();
                }));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get());
      }
      return results;
    } finally {
      pool.shutdownNow();
    }
  }
}
