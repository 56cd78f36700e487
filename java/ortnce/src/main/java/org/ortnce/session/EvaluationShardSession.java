package org.ortnce.session;

import ai.onnxruntime.OrtException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.ortnce.nce.ClassRange;
import org.ortnce.nce.EvaluationOptions;
import org.ortnce.nce.GraphNames;
import org.ortnce.nce.OutputLayer;
import org.ortnce.nce.PartitionStrategy;
import org.ortnce.nce.ShardModels;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * Evaluates a range of the classes: one shard of an evaluation that is spread over processes or
 * machines; {@link ShardedEvaluation} puts shards together. Safe for concurrent use.
 */
public final class EvaluationShardSession implements AutoCloseable {
  private final ModelContract contract;
  private final ModelSession logits;
  private final ModelSession sums;

  private EvaluationShardSession(ModelContract logits, ModelSession sums) {
    this.contract = logits;
    this.logits = logits.session();
    this.sums = sums;
  }

  /**
   * Opens the shard of weights that lie in memory; the two models of the shard, {@link
   * ShardModels}, share them.
   *
   * @param weights those of the range alone, such as {@link SharedWeights#range}
   * @param strategy how the classes of the range are spread over its partitions
   * @throws IllegalArgumentException if the weights have another number of rows than the range
   */
  public static EvaluationShardSession open(
      SharedWeights weights,
      PartitionStrategy strategy,
      ClassRange range,
      EvaluationOptions options,
      SessionConfig config)
      throws OrtException {
    OutputLayer layer = weights.outputLayer(strategy);
    SessionConfig shared = config.toBuilder().sharedWeights(weights).build();
    return open(
        ShardModels.trueLogits(layer, range, options).toByteArray(),
        ShardModels.sums(layer, range, options).toByteArray(),
        shared);
  }

  /**
   * Opens the two serialized models of a shard.
   *
   * @param trueLogits {@link ShardModels#trueLogits}
   * @param sums {@link ShardModels#sums}
   * @throws IllegalArgumentException if one is another model
   */
  public static EvaluationShardSession open(byte[] trueLogits, byte[] sums, SessionConfig config)
      throws OrtException {
    ModelContract first =
        ModelContract.check(
            "a shard's true-logits",
            ModelSession.open(trueLogits, config),
            model ->
                model
                    .examples()
                    .input(GraphNames.LABELS, ModelContract.IDS, 2)
                    .output(GraphNames.TRUE_LOGITS, ElementType.FLOAT, 2));
    EvaluationShardSession opened = null;
    try {
      ModelContract second =
          ModelContract.check(
              "a shard's sums",
              ModelSession.open(sums, config),
              model ->
                  model
                      .examples()
                      .input(GraphNames.LABELS, ModelContract.IDS, 2)
                      .optionalInput(GraphNames.TRUE_LOGITS, ElementType.FLOAT::equals, 2)
                      .output(GraphNames.SOFTPLUS_SUMS, ElementType.DOUBLE, 2)
                      .optionalOutput(GraphNames.LOG_SUM_EXPS, ElementType.DOUBLE, 2)
                      .optionalOutput(GraphNames.LARGER_COUNTS, ElementType.INT64, 2));
      opened = new EvaluationShardSession(first, second.session());
      return opened;
    } finally {
      if (opened == null) {
        first.session().close();
      }
    }
  }

  /**
   * The first step: the logits of the labels in the range, 0 for others, float [batch, num_true].
   * What all shards return is added up for the second.
   *
   * @param inputs the activations, float [batch, dim]
   * @param labels int64 [batch, num_true], numbered among all classes
   * @throws OrtException if a label is no class
   */
  public Tensor trueLogits(Tensor inputs, Tensor labels) throws OrtException {
    return logits.run(batch(inputs, labels)).get(GraphNames.TRUE_LOGITS);
  }

  /**
   * The second step: the sums over the range.
   *
   * @param trueLogits the sum of the first step over all shards
   */
  public ShardSums sums(Tensor inputs, Tensor labels, Tensor trueLogits) throws OrtException {
    Map<String, Tensor> values = batch(inputs, labels);
    Objects.requireNonNull(trueLogits, "trueLogits");
    if (sums.inputs().containsKey(GraphNames.TRUE_LOGITS)) {
      values.put(GraphNames.TRUE_LOGITS, trueLogits);
    }
    Map<String, Tensor> results = sums.run(values);
    return new ShardSums(
        results.get(GraphNames.SOFTPLUS_SUMS),
        Optional.ofNullable(results.get(GraphNames.LOG_SUM_EXPS)),
        Optional.ofNullable(results.get(GraphNames.LARGER_COUNTS)));
  }

  /** Waits for the runs in flight and releases everything; closing again does nothing. */
  @Override
  public void close() {
    try {
      logits.close();
    } finally {
      sums.close();
    }
  }

  private Map<String, Tensor> batch(Tensor inputs, Tensor labels) {
    Map<String, Tensor> values = new HashMap<>();
    values.put(contract.example(), Objects.requireNonNull(inputs, "inputs"));
    values.put(GraphNames.LABELS, Objects.requireNonNull(labels, "labels"));
    return values;
  }
}
