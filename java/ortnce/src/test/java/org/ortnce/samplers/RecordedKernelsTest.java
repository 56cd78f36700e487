package org.ortnce.samplers;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.ortnce.golden.RecordedSampling;
import org.ortnce.golden.RecordedSampling.Attributes;
import org.ortnce.golden.RecordedSampling.Call;
import org.ortnce.golden.RecordedSampling.Kernel;
import org.ortnce.nce.FixedUnigramOptions;
import org.ortnce.nce.SamplerModels;
import org.ortnce.nce.SamplerOptions;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.session.CandidateSample;
import org.ortnce.session.SamplerSession;
import org.ortnce.session.SessionConfig;
import org.ortnce.tensor.Tensor;

/**
 * 65 kernels of TensorFlow 2.21, three successive calls each, through sessions of ours: the same
 * ids, and expected counts within 2 ulp. Where {@link #TENSORFLOW_IS_INEXACT} says so ours may be
 * further from TensorFlow's if they are nearer the truth, which is computed in double here.
 */
class RecordedKernelsTest {
  private static final int MAX_ULP = 2;

  /** TensorFlow adds up the weights in float: its probabilities are 2 ulp off. */
  private static final String FLOAT_TOTAL = "the total of fixed unigram weights is a float";

  /** log((v + 2) / (v + 1)) has lost 7 of 16 digits at v = 1881805304. */
  private static final String DIGITS_LOST = "log-uniform probabilities lose digits above 1e8";

  /** The kernels that must have counts further than {@link #MAX_ULP} from TensorFlow's, and why. */
  private static final Map<String, String> TENSORFLOW_IS_INEXACT =
      Map.of(
          "FixedUnigramCandidateSampler unique 12 of 43, seeds 1 2", FLOAT_TOTAL,
          "FixedUnigramCandidateSampler unique 12 of 43, seeds 0 5", FLOAT_TOTAL,
          "FixedUnigramCandidateSampler unique 12 of 43, seeds 87654321 42", FLOAT_TOTAL,
          "FixedUnigramCandidateSampler unique 12 of 43, seeds 1099511627779 -7", FLOAT_TOTAL,
          "FixedUnigramCandidateSampler unique 12 of 43, seeds -1 4611686018427387909", FLOAT_TOTAL,
          "LogUniformCandidateSampler unique 8 of 2147483659, seeds 0 5", DIGITS_LOST);

  @TestFactory
  Stream<DynamicTest> runsOfASession() throws IOException {
    List<Kernel> kernels = RecordedSampling.read().kernels();
    assertThat(kernels).hasSize(65).allMatch(kernel -> kernel.calls().size() == 3);
    return kernels.stream().map(k -> DynamicTest.dynamicTest(k.toString(), () -> checkRuns(k)));
  }

  private static void checkRuns(Kernel kernel) throws OrtException {
    int exceptions = 0;
    try (SamplerSession session = open(kernel, false)) {
      for (int call = 0; call < kernel.calls().size(); call++) {
        exceptions += check(kernel, call, session.sample(kernel.trueClasses(call)));
      }
    }
    assertThat(exceptions > 0)
        .as(exceptions + " counts nearer the truth than TensorFlow's")
        .isEqualTo(TENSORFLOW_IS_INEXACT.containsKey(kernel.toString()));
  }

  /** The calls in another order, each told its number. */
  @TestFactory
  Stream<DynamicTest> stepsOfStatelessSamplers() throws IOException {
    return RecordedSampling.read().kernels().stream()
        .filter(kernel -> !kernel.op.startsWith("Learned"))
        .map(k -> DynamicTest.dynamicTest(k.toString(), () -> checkSteps(k)));
  }

  private static void checkSteps(Kernel kernel) throws OrtException {
    try (SamplerSession session = open(kernel, true)) {
      for (int call : new int[] {2, 0, 0, 1}) {
        check(kernel, call, session.sample(kernel.trueClasses(call), call));
      }
    }
  }

  /** Returns how many counts are allowed only because they are nearer the truth. */
  private static int check(Kernel kernel, int number, CandidateSample found) {
    Call call = kernel.calls().get(number);
    Tensor trueClasses = kernel.trueClasses(number);
    assertThat(found.sampledCandidates().toLongArray())
        .as("ids of call " + number)
        .isEqualTo(call.sampled);
    assertThat(found.trueExpectedCount().shape()).isEqualTo(trueClasses.shape());
    Counts trueCounts =
        new Counts(
            "true", trueClasses.toLongArray(), found.trueExpectedCount(), call.trueExpectedCount());
    Counts sampledCounts =
        new Counts(
            "sampled", call.sampled, found.sampledExpectedCount(), call.sampledExpectedCount());
    return trueCounts.check(kernel, call) + sampledCounts.check(kernel, call);
  }

  /** Counts of ids as found and as recorded. */
  private static final class Counts {
    private final String which;
    private final long[] ids;
    private final Tensor found;
    private final float[] recorded;

    Counts(String which, long[] ids, Tensor found, float[] recorded) {
      this.which = which;
      this.ids = ids;
      this.found = found;
      this.recorded = recorded;
    }

    int check(Kernel kernel, Call call) {
      float[] counts = found.toFloatArray();
      assertThat(counts).hasSameSizeAs(recorded);
      int exceptions = 0;
      for (int i = 0; i < counts.length; i++) {
        // The bits of floats of one sign are in the order of the floats.
        int ulp = Math.abs(Float.floatToIntBits(counts[i]) - Float.floatToIntBits(recorded[i]));
        String where =
            which + ", element " + i + " id " + ids[i] + ": " + counts[i] + " not " + recorded[i];
        if (ulp > MAX_ULP) {
          assertThat(TENSORFLOW_IS_INEXACT).as(where).containsKey(kernel.toString());
          double exact = ExactCounts.of(kernel, call).of(ids[i]);
          double error = Math.abs(counts[i] - exact);
          assertThat(error).as(where).isLessThan(Math.abs(recorded[i] - exact));
          assertThat(error).as(where).isLessThanOrEqualTo(MAX_ULP * Math.ulp(counts[i]));
          exceptions++;
        }
      }
      return exceptions;
    }
  }

  private static SamplerSession open(Kernel kernel, boolean stepInput) throws OrtException {
    return SamplerSession.open(model(kernel, stepInput).toByteArray(), SessionConfig.defaults());
  }

  private static OnnxModel model(Kernel kernel, boolean stepInput) {
    Attributes a = kernel.attrs;
    SamplerOptions options =
        SamplerOptions.builder()
            .numTrue(a.numTrue)
            .numSampled(a.numSampled)
            .unique(a.unique)
            .rangeMax(a.rangeMax)
            .seed(a.seed, a.seed2)
            .build();
    return switch (kernel.op) {
      case "UniformCandidateSampler" -> SamplerModels.uniform(options, stepInput);
      case "LogUniformCandidateSampler" -> SamplerModels.logUniform(options, stepInput);
      case "LearnedUnigramCandidateSampler" -> SamplerModels.learnedUnigram(options);
      case "FixedUnigramCandidateSampler" ->
          SamplerModels.fixedUnigram(
              Tensor.of(a.unigrams, a.unigrams.length),
              options,
              new FixedUnigramOptions(a.distortion, a.numReservedIds, a.numShards, a.shard),
              stepInput);
      default -> throw new IllegalArgumentException("no model of " + kernel.op);
    };
  }
}
