package org.ortnce.samplers;

import java.util.function.LongToDoubleFunction;
import org.ortnce.golden.RecordedSampling.Attributes;
import org.ortnce.golden.RecordedSampling.Call;
import org.ortnce.golden.RecordedSampling.Kernel;

/** Expected counts of a recorded call from the definition of its distribution, in double. */
final class ExactCounts {
  private final LongToDoubleFunction probability;
  private final long numSampled;
  private final long tries;

  private ExactCounts(LongToDoubleFunction probability, long numSampled, long tries) {
    this.probability = probability;
    this.numSampled = numSampled;
    this.tries = tries;
  }

  /** For calls of the log-uniform and the fixed unigram kernel. */
  static ExactCounts of(Kernel kernel, Call call) {
    LongToDoubleFunction probability =
        kernel.op.startsWith("LogUniform")
            ? logUniform(kernel.attrs.rangeMax)
            : fixedUnigram(kernel.attrs);
    // How many tries there were shows most clearly in the smallest count.
    double smallest = 1;
    double probabilityOfSmallest = 1;
    float[] counts = call.sampledExpectedCount();
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] < smallest) {
        smallest = counts[i];
        probabilityOfSmallest = probability.applyAsDouble(call.sampled[i]);
      }
    }
    long numSampled = kernel.attrs.numSampled;
    boolean noneInVain = Math.abs(smallest / probabilityOfSmallest - numSampled) < 1e-3;
    double tries = Math.log1p(-smallest) / Math.log1p(-probabilityOfSmallest);
    return new ExactCounts(probability, numSampled, noneInVain ? numSampled : Math.round(tries));
  }

  /** How often {@code id} is expected in the call. */
  double of(long id) {
    double p = probability.applyAsDouble(id);
    return tries == numSampled ? p * numSampled : -Math.expm1(tries * Math.log1p(-p));
  }

  private static LongToDoubleFunction logUniform(long rangeMax) {
    return id -> Math.log1p(1 / (id + 1.0)) / Math.log1p((double) rangeMax);
  }

  /** Of one shard. */
  private static LongToDoubleFunction fixedUnigram(Attributes a) {
    double[] weights = new double[(int) a.rangeMax];
    double total = 0;
    for (int i = 0; i < a.unigrams.length; i++) {
      double weight = Math.pow(a.unigrams[i], a.distortion);
      weights[i + (int) a.numReservedIds] = weight;
      total += weight;
    }
    double sum = total;
    return id -> weights[(int) id] / sum;
  }
}
