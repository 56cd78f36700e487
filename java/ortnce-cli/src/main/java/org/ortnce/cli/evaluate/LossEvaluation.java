package org.ortnce.cli.evaluate;

import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.Arrays;
import org.ortnce.cli.terminal.Progress;
import org.ortnce.tensor.Tensor;

/** Runs a loss over examples in batches and adds up what it gives, in double and in order. */
public final class LossEvaluation {
  private final BatchLoss loss;
  private final ModelReduction reduction;
  private final int batchSize;

  /** Computes the loss of one batch. */
  @FunctionalInterface
  public interface BatchLoss {
    /**
     * The loss of a batch.
     *
     * @param index the number of the batch, from 0
     * @return float [count], or a scalar if the model reduces
     * @throws Exception if the model cannot be run on it
     */
    Tensor of(Examples.Batch batch, long index) throws Exception;
  }

  /** Takes the losses of single examples. */
  @FunctionalInterface
  public interface PerExample {
    /** Takes nothing. */
    PerExample NONE = (first, losses) -> {};

    /** Takes the losses of the examples from {@code first} on. */
    void accept(long first, FloatBuffer losses);
  }

  /** An evaluation with at most {@code batchSize} examples at a time. */
  public LossEvaluation(BatchLoss loss, ModelReduction reduction, int batchSize) {
    if (batchSize < 1) {
      throw new IllegalArgumentException("batchSize must be at least 1, got " + batchSize);
    }
    this.loss = loss;
    this.reduction = reduction;
    this.batchSize = batchSize;
  }

  /**
   * Evaluates the first {@code limit} examples, or all if there are fewer.
   *
   * @param perExample takes the loss of each example; hears nothing from a model that reduces
   * @throws IllegalStateException if the model gives a loss of another shape than its reduction
   *     says
   * @throws Exception whatever the loss throws
   */
  public LossSummary run(Examples examples, long limit, PerExample perExample, Progress progress)
      throws Exception {
    long size = Math.min(limit, examples.size());
    long counted = 0;
    double sum = 0;
    long nanos = 0;
    long index = 0;
    for (long from = 0; from < size; from += batchSize, index++) {
      int count = (int) Math.min(batchSize, size - from);
      Examples.Batch batch = examples.batch(from, count);
      long start = System.nanoTime();
      Tensor result = loss.of(batch, index);
      nanos += System.nanoTime() - start;
      long batchCounted = reduction.counted(batch.labels());
      counted += batchCounted;
      sum += sum(result, count, batchCounted);
      if (result.rank() == 1) {
        perExample.accept(from, result.floats());
      }
      progress.at(from + count, size);
    }
    return new LossSummary(size, counted, sum, Duration.ofNanos(nanos));
  }

  private double sum(Tensor result, int count, long batchCounted) {
    boolean perExample = reduction.kind() == ModelReduction.Kind.NONE;
    if (perExample ? result.rank() != 1 || result.dim(0) != count : result.rank() != 0) {
      throw new IllegalStateException(
          "the model gave a loss of shape "
              + Arrays.toString(result.shape())
              + " for "
              + count
              + " examples, expected "
              + (perExample ? "[" + count + "]" : "a scalar")
              + " for reduction "
              + reduction.kind());
    }
    FloatBuffer values = result.floats();
    double sum = 0;
    for (int i = 0; i < values.remaining(); i++) {
      sum += values.get(i);
    }
    // A batch without a counted example has mean 0; a mean of NaN must stay one.
    return reduction.kind() == ModelReduction.Kind.MEAN ? sum * Math.max(1, batchCounted) : sum;
  }
}
