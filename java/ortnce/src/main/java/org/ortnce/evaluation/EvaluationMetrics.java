package org.ortnce.evaluation;

import java.util.Arrays;
import java.util.Collections;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * Averages over the examples of any number of batches: loss, softmax cross entropy and perplexity,
 * recall at k, mean reciprocal rank. Examples without a label that counts take no part.
 *
 * <p>Memory does not grow with the batches. Sums are compensated and formed example by example in
 * the order they are added, so the same examples in the same order give the same bits however they
 * are cut into batches. Not safe for concurrent use.
 */
public final class EvaluationMetrics {
  private final int[] ks;
  private final CompensatedSum[] recalls;
  private final CompensatedSum loss = new CompensatedSum();
  private final CompensatedSum softmaxLoss = new CompensatedSum();
  private final CompensatedSum reciprocalRanks = new CompensatedSum();
  private long examples;
  private long ignoredExamples;
  private long labels;
  private boolean allHaveSoftmaxLoss = true;
  private boolean allHaveRanks = true;

  private EvaluationMetrics(int[] ks) {
    this.ks = ks;
    this.recalls = new CompensatedSum[ks.length];
    Arrays.setAll(recalls, i -> new CompensatedSum());
  }

  /**
   * Metrics of nothing yet, with the recall at each of these k.
   *
   * @throws IllegalArgumentException if a k is below 1
   */
  public static EvaluationMetrics withRecallAt(int... ks) {
    int[] sorted = Arrays.stream(ks).sorted().distinct().toArray();
    if (sorted.length > 0 && sorted[0] < 1) {
      throw new IllegalArgumentException("k must be >= 1, got " + sorted[0]);
    }
    return new EvaluationMetrics(sorted);
  }

  /**
   * Adds the examples of a batch.
   *
   * @throws IllegalArgumentException if the model reduces its losses: their examples cannot be told
   *     apart any more
   */
  public void add(EvaluationResult batch) {
    add(batch, example -> true);
  }

  /**
   * Adds some examples of a batch, such as those whose label is a frequent class.
   *
   * @param which whether to add an example, by its place in the batch
   * @throws IllegalArgumentException if the model reduces its losses
   */
  public void add(EvaluationResult batch, IntPredicate which) {
    Objects.requireNonNull(which, "which");
    if (batch.isReduced()) {
      throw new IllegalArgumentException(
          "loss must be that of each example, got a scalar: make the model with reduction none");
    }
    for (int i = 0; i < batch.examples(); i++) {
      if (which.test(i)) {
        addExample(batch, i);
      }
    }
  }

  private void addExample(EvaluationResult batch, int i) {
    int counted = batch.countedLabels(i);
    if (counted == 0) {
      ignoredExamples++;
      return;
    }
    examples++;
    labels += counted;
    loss.add(batch.loss().floats().get(i));
    allHaveSoftmaxLoss &= batch.softmaxLoss().isPresent();
    batch.softmaxLoss().ifPresent(values -> softmaxLoss.add(values.floats().get(i)));
    allHaveRanks &= batch.trueRanks().isPresent();
    if (batch.trueRanks().isPresent()) {
      addRanks(batch, i, counted);
    }
  }

  private void addRanks(EvaluationResult batch, int i, int counted) {
    long best = Long.MAX_VALUE;
    int[] hits = new int[ks.length];
    for (int j = 0; j < batch.numTrue(); j++) {
      if (batch.isCounted(i, j)) {
        long rank = batch.trueRanks().orElseThrow().longs().get(i * batch.numTrue() + j);
        best = Math.min(best, rank);
        for (int n = 0; n < ks.length; n++) {
          hits[n] += rank <= ks[n] ? 1 : 0;
        }
      }
    }
    reciprocalRanks.add(1.0 / best);
    for (int n = 0; n < ks.length; n++) {
      recalls[n].add((double) hits[n] / counted);
    }
  }

  /** The examples that counted. */
  public long examples() {
    return examples;
  }

  /** The examples that had no label that counts. */
  public long ignoredExamples() {
    return ignoredExamples;
  }

  /** The labels that counted. */
  public long labels() {
    return labels;
  }

  /**
   * The mean sigmoid cross entropy over all classes of an example, in nats.
   *
   * @throws IllegalStateException if no example has counted
   */
  public double meanLoss() {
    return mean(loss);
  }

  /**
   * The mean softmax cross entropy over all classes of an example, in nats.
   *
   * @throws IllegalStateException if no example has counted or the model does not return it
   */
  public double softmaxCrossEntropy() {
    check(allHaveSoftmaxLoss, "softmax_loss", "softmaxLoss");
    return mean(softmaxLoss);
  }

  /**
   * e to the {@link #softmaxCrossEntropy()}.
   *
   * @throws IllegalStateException as that does
   */
  public double perplexity() {
    return Math.exp(softmaxCrossEntropy());
  }

  /**
   * By k, in ascending order: the mean over the examples of the fraction of their labels whose rank
   * is at most k.
   *
   * @throws IllegalStateException if no example has counted or the model does not return ranks
   */
  public SortedMap<Integer, Double> recall() {
    check(allHaveRanks, "true_ranks", "trueRanks");
    SortedMap<Integer, Double> means = new TreeMap<>();
    for (int n = 0; n < ks.length; n++) {
      means.put(ks[n], mean(recalls[n]));
    }
    return Collections.unmodifiableSortedMap(means);
  }

  /**
   * The mean over the examples of 1 / rank of their best label.
   *
   * @throws IllegalStateException if no example has counted or the model does not return ranks
   */
  public double meanReciprocalRank() {
    check(allHaveRanks, "true_ranks", "trueRanks");
    return mean(reciprocalRanks);
  }

  private double mean(CompensatedSum sum) {
    if (examples == 0) {
      throw new IllegalStateException("no example has counted yet");
    }
    return sum.value() / examples;
  }

  private static void check(boolean has, String output, String option) {
    if (!has) {
      throw new IllegalStateException(
          "not every batch has '"
              + output
              + "': make the model with EvaluationOptions whose "
              + option
              + " is true");
    }
  }
}
