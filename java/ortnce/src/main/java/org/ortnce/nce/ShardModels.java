package org.ortnce.nce;

import java.util.OptionalLong;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.tensor.ElementType;

/**
 * Evaluation of an output layer that is spread over processes or machines by ranges of its classes:
 * the losses and ranks of a batch, bit for bit those of {@link NceModels#evaluation} on one
 * machine. For the best classes {@link #topK} alone suffices.
 *
 * <ol>
 *   <li>Every shard runs {@link #trueLogits}; their results, [batch, num_true], are added up.
 *   <li>Every shard runs {@link #sums} with the result.
 *   <li>{@link #combination} takes the sums of all shards, joined in the order of the classes.
 * </ol>
 *
 * <p>The first step reads the rows of the labels alone; the second goes over the classes. These
 * models need the native library.
 */
public final class ShardModels {
  private static final Dim BATCH = Dim.of("batch");

  private ShardModels() {}

  /**
   * From {@code inputs} and {@code labels} to {@code true_logits}: the logits of the labels in the
   * range, 0 for others.
   *
   * @param layer the classes of the range, such as {@link OutputLayer#range}
   * @throws IllegalArgumentException if the layer has another number of classes than the range
   */
  public static OnnxModel trueLogits(
      OutputLayer layer, ClassRange range, EvaluationOptions options) {
    ModelBuilder model = NceModels.model("shard_true_logits", false);
    FullSigmoidLossShard shard = shard(model, layer, range, options, null);
    return model.output(GraphNames.TRUE_LOGITS, shard.trueLogits()).build();
  }

  /**
   * From {@code inputs}, {@code labels} and, for ranks, {@code true_logits} to {@code
   * softplus_sums} and, as the options ask, {@code log_sum_exps} and {@code larger_counts}.
   *
   * @param layer the classes of the range
   * @throws IllegalArgumentException if the layer has another number of classes than the range
   */
  public static OnnxModel sums(OutputLayer layer, ClassRange range, EvaluationOptions options) {
    ModelBuilder model = NceModels.model("shard_sums", false);
    Value trueLogits = null;
    if (options.trueRanks()) {
      trueLogits = ofLabels(model, GraphNames.TRUE_LOGITS, ElementType.FLOAT, options);
    }
    FullSigmoidLossShard shard = shard(model, layer, range, options, trueLogits);
    model.output(GraphNames.SOFTPLUS_SUMS, shard.softplusSums());
    if (options.softmaxLoss()) {
      model.output(GraphNames.LOG_SUM_EXPS, shard.logSumExps());
    }
    if (options.trueRanks()) {
      model.output(GraphNames.LARGER_COUNTS, shard.largerCounts());
    }
    return model.build();
  }

  /**
   * From {@code labels}, {@code true_logits}, {@code softplus_sums} and, as the options ask, {@code
   * log_sum_exps} and {@code larger_counts} to what {@link NceModels#evaluation} returns.
   *
   * @param numClasses the number of all classes
   */
  public static OnnxModel combination(long numClasses, EvaluationOptions options) {
    ModelBuilder model = NceModels.model("shard_combination", false);
    MetadataKeys.loss(model, options.reduction(), options.ignoreIndex());
    Value labels = ofLabels(model, GraphNames.LABELS, ElementType.INT64, options);
    Value logits = ofLabels(model, GraphNames.TRUE_LOGITS, ElementType.FLOAT, options);
    Dim chunks = Dim.of(ClassRange.all(numClasses).chunks());
    Value softplusSums = input(model, GraphNames.SOFTPLUS_SUMS, ElementType.DOUBLE, chunks);
    Value logSumExps =
        options.softmaxLoss()
            ? input(model, GraphNames.LOG_SUM_EXPS, ElementType.DOUBLE, chunks)
            : null;
    Value largerCounts =
        options.trueRanks()
            ? ofLabels(model, GraphNames.LARGER_COUNTS, ElementType.INT64, options)
            : null;
    FullSigmoidLoss loss =
        NceOps.combineFullSigmoidLoss(
            labels,
            new FullSigmoidLossShard(softplusSums, logSumExps, logits, largerCounts),
            attributes(numClasses, PartitionStrategy.DIV, options));
    model.output(GraphNames.LOSS, loss.loss());
    if (options.softmaxLoss()) {
      model.output(GraphNames.SOFTMAX_LOSS, loss.softmaxLoss());
    }
    if (options.trueRanks()) {
      model.output(GraphNames.TRUE_RANKS, loss.trueRanks());
    }
    return model.build();
  }

  /**
   * From {@code inputs} to the best classes of the range: an inference model like that of {@link
   * NceModels#inference}, whose class ids are those among all classes, so that {@code
   * org.ortnce.session.TopK#merge} makes of all shards what one machine finds. It carries a
   * function in standard ops.
   *
   * @param layer the classes of the range
   * @param k how many classes; of a smaller range it is all
   * @throws IllegalArgumentException if the layer has another number of classes than the range, or
   *     k is below 1
   */
  public static OnnxModel topK(OutputLayer layer, ClassRange range, int k) {
    checkSize(layer, range);
    return NceModels.inference(
        NceModels.features(layer),
        layer,
        InferenceOptions.topK((int) Math.min(k, range.size())),
        range.begin());
  }

  private static void checkSize(OutputLayer layer, ClassRange range) {
    if (layer.numClasses() != range.size()) {
      throw new IllegalArgumentException(
          "layer must have the "
              + range.size()
              + " classes of the range, got "
              + layer.numClasses());
    }
  }

  private static FullSigmoidLossShard shard(
      ModelBuilder model,
      OutputLayer layer,
      ClassRange range,
      EvaluationOptions options,
      Value trueLogits) {
    checkSize(layer, range);
    Value inputs = input(model, GraphNames.INPUTS, ElementType.FLOAT, Dim.of(layer.dim()));
    Value labels = ofLabels(model, GraphNames.LABELS, ElementType.INT64, options);
    layer.nameIn(model);
    return NceOps.fullSigmoidLossShard(
        layer.weights(),
        layer.biases(),
        labels,
        inputs,
        trueLogits,
        range,
        attributes(range.numClasses(), layer.partitionStrategy(), options));
  }

  private static FullSigmoidLossOptions attributes(
      long numClasses, PartitionStrategy strategy, EvaluationOptions options) {
    return new FullSigmoidLossOptions(
        OptionalLong.of(numClasses),
        options.numTrue(),
        strategy,
        options.ignoreIndex(),
        options.reduction());
  }

  private static Value ofLabels(
      ModelBuilder model, String name, ElementType type, EvaluationOptions options) {
    return input(model, name, type, Dim.of(options.numTrue()));
  }

  private static Value input(ModelBuilder model, String name, ElementType type, Dim columns) {
    Value value = Value.input(type, Shape.of(BATCH, columns));
    model.input(name, value);
    return value;
  }
}
