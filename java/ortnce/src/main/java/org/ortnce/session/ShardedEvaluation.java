package org.ortnce.session;

import ai.onnxruntime.OrtException;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ortnce.evaluation.EvaluationResult;
import org.ortnce.nce.EvaluationOptions;
import org.ortnce.nce.GraphNames;
import org.ortnce.nce.ShardModels;
import org.ortnce.tensor.Tensor;

/**
 * Puts the results of {@link EvaluationShardSession}s together, bit for bit as {@link
 * EvaluationSession} gives them for the whole. Where shards run elsewhere, their results are sent
 * and this class is given them: {@link #addTrueLogits}, then {@link #combine}. Safe for concurrent
 * use.
 */
public final class ShardedEvaluation implements AutoCloseable {
  private final ModelSession combination;
  private final EvaluationOptions options;

  private ShardedEvaluation(ModelSession combination, EvaluationOptions options) {
    this.combination = combination;
    this.options = options;
  }

  /**
   * Opens the combination.
   *
   * @param numClasses the number of all classes
   * @param options those of the shards
   */
  public static ShardedEvaluation open(
      long numClasses, EvaluationOptions options, SessionConfig config) throws OrtException {
    byte[] model = ShardModels.combination(numClasses, options).toByteArray();
    return new ShardedEvaluation(ModelSession.open(model, config), options);
  }

  /**
   * Evaluates a batch on shards of this process, one after the other.
   *
   * @param shards of all classes, in the order of the classes
   */
  public EvaluationResult evaluate(
      List<EvaluationShardSession> shards, Tensor inputs, Tensor labels) throws OrtException {
    List<Tensor> logits = new ArrayList<>();
    for (EvaluationShardSession shard : shards) {
      logits.add(shard.trueLogits(inputs, labels));
    }
    Tensor trueLogits = addTrueLogits(logits);
    List<ShardSums> sums = new ArrayList<>();
    for (EvaluationShardSession shard : shards) {
      sums.add(shard.sums(inputs, labels, trueLogits));
    }
    return combine(labels, trueLogits, sums);
  }

  /**
   * The logits of all labels: the sum of what the shards return, of which all but one are 0.
   *
   * @throws IllegalArgumentException if there are none or their shapes differ
   */
  public static Tensor addTrueLogits(List<Tensor> ofShards) {
    Tensor first = first(ofShards);
    float[] sum = first.toFloatArray();
    for (Tensor tensor : ofShards.subList(1, ofShards.size())) {
      checkSameShape(first, tensor);
      FloatBuffer values = tensor.floats();
      for (int i = 0; i < sum.length; i++) {
        sum[i] += values.get(i);
      }
    }
    return Tensor.of(sum, first.shape());
  }

  /**
   * The result of a batch.
   *
   * @param trueLogits of {@link #addTrueLogits}
   * @param sums of all shards, in the order of the classes
   * @throws IllegalArgumentException if there are none or their shapes do not fit each other and
   *     the number of classes
   */
  public EvaluationResult combine(Tensor labels, Tensor trueLogits, List<ShardSums> sums)
      throws OrtException {
    Map<String, Tensor> values = new HashMap<>();
    values.put(GraphNames.LABELS, labels);
    values.put(GraphNames.TRUE_LOGITS, trueLogits);
    values.put(
        GraphNames.SOFTPLUS_SUMS, joined(sums.stream().map(ShardSums::softplusSums).toList()));
    if (options.softmaxLoss()) {
      List<Tensor> parts = sums.stream().flatMap(s -> s.logSumExps().stream()).toList();
      checkAll(GraphNames.LOG_SUM_EXPS, parts, sums);
      values.put(GraphNames.LOG_SUM_EXPS, joined(parts));
    }
    if (options.trueRanks()) {
      List<Tensor> parts = sums.stream().flatMap(s -> s.largerCounts().stream()).toList();
      checkAll(GraphNames.LARGER_COUNTS, parts, sums);
      values.put(GraphNames.LARGER_COUNTS, added(parts));
    }
    Map<String, Tensor> results = combination.run(values);
    return new EvaluationResult(
        results.get(GraphNames.LOSS),
        Optional.ofNullable(results.get(GraphNames.SOFTMAX_LOSS)),
        Optional.ofNullable(results.get(GraphNames.TRUE_RANKS)),
        labels,
        options.ignoreIndex());
  }

  /** Waits for the runs in flight and releases everything; closing again does nothing. */
  @Override
  public void close() {
    combination.close();
  }

  private static void checkAll(String name, List<Tensor> parts, List<ShardSums> sums) {
    if (parts.size() != sums.size()) {
      throw new IllegalArgumentException(
          name + " must be of all " + sums.size() + " shards, got " + parts.size());
    }
  }

  private static Tensor first(List<Tensor> ofShards) {
    if (ofShards.isEmpty()) {
      throw new IllegalArgumentException("there must be results of at least one shard, got none");
    }
    return ofShards.get(0);
  }

  private static void checkSameShape(Tensor first, Tensor other) {
    if (!first.toString().equals(other.toString())) {
      throw new IllegalArgumentException(
          "the results of the shards must have one shape, got " + first + " and " + other);
    }
  }

  /** Joined along axis 1. */
  private static Tensor joined(List<Tensor> parts) {
    int batch = Math.toIntExact(first(parts).dim(0));
    int columns = 0;
    for (Tensor part : parts) {
      if (part.dim(0) != batch) {
        throw new IllegalArgumentException(
            "the results of the shards must be of one batch, got " + parts);
      }
      columns += Math.toIntExact(part.dim(1));
    }
    double[] joined = new double[Math.multiplyExact(batch, columns)];
    int at = 0;
    for (Tensor part : parts) {
      int width = Math.toIntExact(part.dim(1));
      DoubleBuffer values = part.doubles();
      for (int i = 0; i < batch; i++) {
        values.get(joined, i * columns + at, width);
      }
      at += width;
    }
    return Tensor.of(joined, batch, columns);
  }

  private static Tensor added(List<Tensor> parts) {
    Tensor first = first(parts);
    long[] sum = first.toLongArray();
    for (Tensor part : parts.subList(1, parts.size())) {
      checkSameShape(first, part);
      LongBuffer values = part.longs();
      for (int i = 0; i < sum.length; i++) {
        sum[i] += values.get(i);
      }
    }
    return Tensor.of(sum, first.shape());
  }
}
