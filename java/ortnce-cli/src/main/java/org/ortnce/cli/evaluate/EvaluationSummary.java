package org.ortnce.cli.evaluate;

import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.ortnce.evaluation.EvaluationMetrics;

/**
 * What an evaluation over all classes found.
 *
 * @param all the metrics of all examples
 * @param bands those of the examples whose first label is in a band of classes, if there are any
 * @param losses the losses of the examples that count, if they were wanted
 * @param hasSoftmaxLoss whether the model returns softmax losses
 * @param hasRanks whether the model returns ranks
 * @param time wall time in the session
 */
public record EvaluationSummary(
    EvaluationMetrics all,
    List<Band> bands,
    FloatBuffer losses,
    boolean hasSoftmaxLoss,
    boolean hasRanks,
    Duration time) {

  /**
   * A band of classes.
   *
   * @param first its first id or count
   * @param last its last
   * @param metrics those of its examples
   */
  public record Band(long first, long last, EvaluationMetrics metrics) {
    /** Such as {@code 10 to 99}. */
    public String name() {
      return first == last ? Long.toString(first) : first + " to " + last;
    }
  }

  /** The examples evaluated. */
  public long examples() {
    return all.examples() + all.ignoredExamples();
  }

  /** Examples a second; 0 when nothing was evaluated. */
  public double examplesPerSecond() {
    return examples() == 0 ? 0 : examples() / Math.max(1e-9, seconds());
  }

  /** {@link #time} in seconds. */
  public double seconds() {
    return time.toNanos() * 1e-9;
  }

  /** The recall by k; empty without ranks. */
  public SortedMap<Integer, Double> recall() {
    return hasRanks ? all.recall() : new TreeMap<>();
  }
}
