package org.ortnce.cli.sample;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Function;
import org.ortnce.session.CandidateSample;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Npy;
import org.ortnce.tensor.Tensor;

/**
 * Collects one part of the draws of all runs for a .npy file. Of one run the file has the shape
 * that the sampler gives, so that a model with given candidates can read it; of several runs it has
 * one dimension more, in front.
 */
public final class SavedRuns {
  private static final long MAX_VALUES = Integer.MAX_VALUE / Long.BYTES;

  private final Path file;
  private final Function<CandidateSample, Tensor> part;
  private final Tensor all;
  private int filled;

  private SavedRuns(Path file, Function<CandidateSample, Tensor> part, Tensor all) {
    this.file = file;
    this.part = part;
    this.all = all;
  }

  /** The candidates, int64 [num_sampled] of a run. */
  public static SavedRuns candidates(Path file, long runs, long numSampled) {
    Tensor all = Tensor.allocateLongs(shape(runs, numSampled));
    return new SavedRuns(file, CandidateSample::sampledCandidates, all);
  }

  /** The expected counts of the candidates, float [num_sampled] of a run. */
  public static SavedRuns expectedCounts(Path file, long runs, long numSampled) {
    Tensor all = Tensor.allocateFloats(shape(runs, numSampled));
    return new SavedRuns(file, CandidateSample::sampledExpectedCount, all);
  }

  /**
   * The expected counts of the labels.
   *
   * @param labels the shape of a run's, [batch, num_true]
   */
  public static SavedRuns trueExpectedCounts(Path file, long runs, long... labels) {
    Tensor all = Tensor.allocateFloats(shape(runs, labels));
    return new SavedRuns(file, CandidateSample::trueExpectedCount, all);
  }

  private static long[] shape(long runs, long... ofRun) {
    long values = Tensor.elementCount(ofRun);
    if (values > MAX_VALUES / runs) {
      throw new IllegalArgumentException(
          runs
              + " runs with "
              + values
              + " values each are too many to save, at most "
              + MAX_VALUES
              + " values go into a file");
    }
    if (runs == 1) {
      return ofRun;
    }
    long[] shape = new long[ofRun.length + 1];
    shape[0] = runs;
    System.arraycopy(ofRun, 0, shape, 1, ofRun.length);
    return shape;
  }

  /** Adds the draw of the next run. */
  public void add(CandidateSample sample) {
    Tensor values = part.apply(sample);
    int count = (int) values.elementCount();
    if (all.elementType() == ElementType.INT64) {
      all.longs().position(filled).put(values.longs());
    } else {
      all.floats().position(filled).put(values.floats());
    }
    filled += count;
  }

  /** The file to write. */
  public Path file() {
    return file;
  }

  /**
   * Writes the file.
   *
   * @throws IllegalStateException if runs are missing
   */
  public void write() throws IOException {
    if (filled != all.elementCount()) {
      throw new IllegalStateException(
          filled + " values were added to " + Arrays.toString(all.shape()));
    }
    Npy.write(file, all);
  }
}
