package org.ortnce.nce;

import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.GradientRule;
import org.ortnce.onnx.NodeBuilder;
import org.ortnce.onnx.Ops;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.TensorType;
import org.ortnce.onnx.Value;
import org.ortnce.tensor.ElementType;

/** The operators of domain {@code org.ortnce} as calls on graph values. */
public final class NceOps {
  /** The domain of the operators. */
  public static final String DOMAIN = "org.ortnce";

  /** The version of the domain that models import. */
  public static final int DOMAIN_VERSION = 1;

  static final String NCE_LOSS = "NceLoss";
  static final String NCE_LOSS_GRAD = "NceLossGrad";
  static final String FULL_SIGMOID_LOSS = "FullSigmoidLoss";
  static final String FULL_SIGMOID_LOSS_SHARD = "FullSigmoidLossShard";
  static final String COMBINE_FULL_SIGMOID_LOSS = "CombineFullSigmoidLoss";
  static final String TOP_K_CLASSES = "TopKClasses";

  private NceOps() {}

  /**
   * The noise-contrastive loss with candidates that the op draws itself; {@code tf.nn.nce_loss}
   * with {@code sampled_values=None}.
   *
   * @see #nceLoss(List, Value, Value, Value, NceLossOptions, SampledValues, Value)
   */
  public static NceLoss nceLoss(
      Value weights, Value biases, Value labels, Value inputs, NceLossOptions options) {
    return nceLoss(Collections.singletonList(weights), biases, labels, inputs, options, null, null);
  }

  /**
   * The noise-contrastive loss (Gutmann and Hyvärinen, AISTATS 2010) of TensorFlow's {@code
   * tf.nn.nce_loss}, the tensors in TensorFlow's order.
   *
   * @param weights the class embeddings, [num_classes, dim], or their partitions: all of float,
   *     float16 or bfloat16
   * @param biases [num_classes] of the type of the weights, or null for zeros
   * @param labels the target classes, int64 or int32 [batch, num_true]
   * @param inputs the forward activations, [batch, dim] of float or the type of the weights
   * @param options everything that is no tensor
   * @param sampledValues the candidates, or null to have the op draw them from the log-uniform
   *     distribution without replacement, as TensorFlow does
   * @param step int64, scalar or [1]: the run of the sampler's stream to draw, counted from 0; null
   *     draws run after run
   * @throws IllegalArgumentException naming the argument, what was found and what is expected
   */
  public static NceLoss nceLoss(
      List<Value> weights,
      Value biases,
      Value labels,
      Value inputs,
      NceLossOptions options,
      SampledValues sampledValues,
      Value step) {
    NceLossSignature signature =
        NceLossSignature.of(
            NCE_LOSS, weights, biases, labels, inputs, options, sampledValues, step);
    NodeBuilder node =
        NodeBuilder.of(NCE_LOSS, DOMAIN, DOMAIN_VERSION)
            .input(inputs)
            .input(labels)
            .optionalInput(biases)
            .optionalInput(sampledValues == null ? null : sampledValues.sampledCandidates())
            .optionalInput(sampledValues == null ? null : sampledValues.trueExpectedCount())
            .optionalInput(sampledValues == null ? null : sampledValues.sampledExpectedCount())
            .optionalInput(step)
            .inputs(weights);
    writeAttributes(node, options);
    node.gradient(NceLossGradient.of(signature));

    Shape lossShape =
        options.reduction() == Reduction.NONE
            ? Shape.of(OpArguments.dim(inputs, 0))
            : Shape.scalar();
    node.output(GraphNames.LOSS, new TensorType(ElementType.FLOAT, lossShape))
        .optionalOutput(
            GraphNames.SAMPLED_CANDIDATES,
            new TensorType(ElementType.INT64, Shape.of(signature.numSampled())))
        .optionalOutput(
            GraphNames.TRUE_EXPECTED_COUNT,
            new TensorType(ElementType.FLOAT, signature.labelsShape()))
        .optionalOutput(
            GraphNames.SAMPLED_EXPECTED_COUNT,
            new TensorType(ElementType.FLOAT, Shape.of(signature.numSampled())));
    if (sampledValues != null) {
      node.fallback(NceLossFunction.of(signature));
    }
    List<Value> outputs = node.build();
    return new NceLoss(
        outputs.get(0), new SampledValues(outputs.get(1), outputs.get(2), outputs.get(3)));
  }

  /**
   * The gradient of {@link #nceLoss} by inputs, in their type, and by weights and biases, in float;
   * TensorFlow derives it from the parts of {@code tf.nn.nce_loss}. The expected counts get none.
   *
   * @param lossGrad the gradient by the loss: float [batch], or a scalar for a reduced loss
   * @param weights as for the loss, and so on to {@code options}
   * @param sampledValues the candidates that the loss used, such as {@link NceLoss#sampledValues()}
   * @throws IllegalArgumentException naming the argument, what was found and what is expected
   */
  public static NceLossGrad nceLossGrad(
      Value lossGrad,
      List<Value> weights,
      Value biases,
      Value labels,
      Value inputs,
      NceLossOptions options,
      SampledValues sampledValues) {
    return nceLossGrad(lossGrad, weights, biases, labels, inputs, options, sampledValues, null);
  }

  /**
   * The noise-contrastive loss of {@code tf.nn.nce_loss} by a node that computes its gradients too:
   * for models that return both, at about two thirds of the cost of {@link #nceLoss} and {@link
   * #nceLossGrad}. The candidates are those that {@link #nceLoss} would draw; the loss may differ
   * from its in the last bit.
   *
   * @param options with {@code num_sampled}, {@code num_classes}, a reduction and no {@code
   *     ignore_index}
   * @param labels int64 [batch, num_true]
   * @param step as for the loss
   * @throws IllegalArgumentException naming the argument, what was found and what is expected
   */
  public static NceLoss nceLossWithGradients(
      List<Value> weights,
      Value biases,
      Value labels,
      Value inputs,
      NceLossOptions options,
      Value step) {
    checkHasGradients(options);
    SampledValues sample =
        CandidateSamplers.logUniformCandidateSampler(labels, samplerOf(options), step);
    return lossWithGradients(weights, biases, labels, inputs, options, sample);
  }

  private static void checkHasGradients(NceLossOptions options) {
    OpArguments arguments = new OpArguments(NCE_LOSS_GRAD);
    if (options.reduction() == Reduction.NONE) {
      throw arguments.error("reduction", "mean or sum", "none");
    }
    if (options.ignoreIndex().isPresent()) {
      throw arguments.error("ignore_index", "absent", "" + options.ignoreIndex().getAsLong());
    }
  }

  /**
   * The same with candidates that are given.
   *
   * @param options with a reduction and no {@code ignore_index}
   */
  static NceLoss lossWithGradients(
      List<Value> weights,
      Value biases,
      Value labels,
      Value inputs,
      NceLossOptions options,
      SampledValues sample) {
    checkHasGradients(options);
    NceLossGrad node =
        nceLossGrad(
            Ops.scalar(1f),
            weights,
            biases,
            labels,
            inputs,
            options,
            sample,
            gradients -> NceLossGradient.passOwn(gradients, options, weights));
    return new NceLoss(node.loss(), sample);
  }

  /** The sampler that {@code NceLoss} is. */
  static SamplerOptions samplerOf(NceLossOptions options) {
    OpArguments arguments = new OpArguments(NCE_LOSS);
    if (options.numSampled().isEmpty()) {
      throw arguments.error("num_sampled", "a value, since no sampled values are given", "none");
    }
    if (options.numClasses().isEmpty()) {
      throw arguments.error("num_classes", "a value", "none");
    }
    return SamplerOptions.builder()
        .numTrue(options.numTrue())
        .numSampled(options.numSampled().getAsLong())
        .rangeMax(options.numClasses().getAsLong())
        .unique(true)
        .seed(options.seed(), options.seed2())
        .build();
  }

  private static NceLossGrad nceLossGrad(
      Value lossGrad,
      List<Value> weights,
      Value biases,
      Value labels,
      Value inputs,
      NceLossOptions options,
      SampledValues sampledValues,
      GradientRule ofLoss) {
    OpArguments arguments = new OpArguments(NCE_LOSS_GRAD);
    if (sampledValues == null) {
      throw arguments.error("sampledValues", "those of the loss", "null");
    }
    NceLossSignature signature =
        NceLossSignature.of(
            NCE_LOSS_GRAD, weights, biases, labels, inputs, options, sampledValues, null);
    Dim batch = OpArguments.dim(inputs, 0);
    if (options.reduction() == Reduction.NONE) {
      arguments.expect("loss_grad", lossGrad, "[batch]", ElementType.FLOAT, batch);
    } else {
      arguments.expect("loss_grad", lossGrad, "[]", ElementType.FLOAT);
    }
    NodeBuilder node =
        NodeBuilder.of(NCE_LOSS_GRAD, DOMAIN, DOMAIN_VERSION)
            .input(lossGrad)
            .input(inputs)
            .input(labels)
            .optionalInput(biases)
            .input(sampledValues.sampledCandidates())
            .input(sampledValues.trueExpectedCount())
            .input(sampledValues.sampledExpectedCount())
            .inputs(signature.weights());
    writeAttributes(node, options);
    // Without a name: two nodes of one graph may have different numbers of classes.
    Dim classes = Dim.unknown();
    Dim dim = OpArguments.dim(inputs, 1);
    if (ofLoss != null) {
      node.gradient(ofLoss);
    }
    Shape lossShape = options.reduction() == Reduction.NONE ? Shape.of(batch) : Shape.scalar();
    List<Value> outputs =
        node.output("inputs_grad", new TensorType(inputs.elementType(), Shape.of(batch, dim)))
            .optionalOutput("class_ids", new TensorType(ElementType.INT64, Shape.of(classes)))
            .optionalOutput(
                "weights_grad", new TensorType(ElementType.FLOAT, Shape.of(classes, dim)))
            .optionalOutput("biases_grad", new TensorType(ElementType.FLOAT, Shape.of(classes)))
            .optionalOutput(GraphNames.LOSS, new TensorType(ElementType.FLOAT, lossShape))
            .build();
    return new NceLossGrad(
        outputs.get(0), outputs.get(1), outputs.get(2), outputs.get(3), outputs.get(4));
  }

  /**
   * The loss over all classes that the {@code tf.nn.nce_loss} page recommends for evaluation: the
   * sigmoid cross entropy of every class, with 1 / T as the target of the T labels that count; and
   * the softmax cross entropy and the ranks of the labels, of the same pass over the classes.
   *
   * @param weights the class embeddings, [num_classes, dim], or their partitions: all of float,
   *     float16 or bfloat16
   * @param biases [num_classes] of the type of the weights, or null for zeros
   * @param labels the target classes, int64 or int32 [batch, num_true]
   * @param inputs the forward activations, [batch, dim] of float or the type of the weights
   * @param options everything that is no tensor
   * @throws IllegalArgumentException naming the argument, what was found and what is expected
   */
  public static FullSigmoidLoss fullSigmoidLoss(
      List<Value> weights,
      Value biases,
      Value labels,
      Value inputs,
      FullSigmoidLossOptions options) {
    return FullSigmoidNodes.whole(weights, biases, labels, inputs, options);
  }

  /**
   * What a range of the classes adds to {@link #fullSigmoidLoss}; {@link #combineFullSigmoidLoss}
   * makes the losses of the results of all ranges.
   *
   * @param weights the class embeddings of the range, [rows, dim], or their partitions, of fixed
   *     sizes; rows past the classes of the range are padding
   * @param biases those of the range, or null for zeros
   * @param labels the target classes, int64 or int32 [batch, num_true], numbered among all classes
   * @param inputs the forward activations, [batch, dim] of float or the type of the weights
   * @param trueLogits the logits of all labels, those of other ranges too, float [batch, num_true]:
   *     what ranks need; or null
   * @param range the classes
   * @param options everything else; {@code numClasses} is the range's, and nothing is reduced
   * @throws IllegalArgumentException naming the argument, what was found and what is expected
   * @return without {@code trueLogits} its {@code largerCounts} is null
   */
  public static FullSigmoidLossShard fullSigmoidLossShard(
      List<Value> weights,
      Value biases,
      Value labels,
      Value inputs,
      Value trueLogits,
      ClassRange range,
      FullSigmoidLossOptions options) {
    return FullSigmoidNodes.shard(weights, biases, labels, inputs, trueLogits, range, options);
  }

  /**
   * The losses and ranks over all classes: the bits that {@link #fullSigmoidLoss} gives for the
   * whole.
   *
   * @param labels the target classes, int64 or int32 [batch, num_true]
   * @param shards of all ranges: chunks joined along axis 1 in the order of the classes, logits and
   *     counts added up; {@code logSumExps} and {@code largerCounts} may be null
   * @param options the same as for the shards, with {@code numClasses}
   * @throws IllegalArgumentException naming the argument, what was found and what is expected
   * @return without {@code logSumExps} its {@code softmaxLoss} is null, without {@code
   *     largerCounts} its {@code trueRanks}
   */
  public static FullSigmoidLoss combineFullSigmoidLoss(
      Value labels, FullSigmoidLossShard shards, FullSigmoidLossOptions options) {
    return FullSigmoidNodes.combination(labels, shards, options);
  }

  /**
   * The classes with the highest logits.
   *
   * @param weights the class embeddings, [num_classes, dim], or their partitions: all of float,
   *     float16 or bfloat16
   * @param biases [num_classes] of the type of the weights, or null for zeros
   * @param inputs the forward activations, [batch, dim] of float or the type of the weights
   * @param k how many classes, at least 1 and at most {@code num_classes}
   * @param numClasses the number of classes, if fewer than the rows of the weights
   * @param strategy how classes are spread over the partitions
   * @throws IllegalArgumentException naming the argument, what was found and what is expected
   */
  public static TopKClasses topKClasses(
      List<Value> weights,
      Value biases,
      Value inputs,
      long k,
      OptionalLong numClasses,
      PartitionStrategy strategy) {
    return topKClasses(weights, biases, inputs, k, numClasses, strategy, 0);
  }

  /**
   * The same for a range of the classes, whose first is {@code classBegin}: that is added to the
   * ids, so that the best of several ranges can be merged.
   *
   * @param numClasses the number of classes of the range, if fewer than the rows of the weights
   */
  public static TopKClasses topKClasses(
      List<Value> weights,
      Value biases,
      Value inputs,
      long k,
      OptionalLong numClasses,
      PartitionStrategy strategy,
      long classBegin) {
    OpArguments arguments = new OpArguments(TOP_K_CLASSES);
    ClassTable table = new ClassTable(arguments, weights, biases, inputs, numClasses, strategy);
    if (k < 1) {
      throw arguments.error("k", "at least 1", "" + k);
    }
    if (table.numClasses().isPresent() && k > table.numClasses().getAsLong()) {
      throw arguments.error("k", "at most num_classes = " + table.numClasses().getAsLong(), "" + k);
    }
    NodeBuilder node =
        NodeBuilder.of(TOP_K_CLASSES, DOMAIN, DOMAIN_VERSION)
            .input(inputs)
            .optionalInput(biases)
            .inputs(table.weights())
            .intAttribute("k", k);
    if (classBegin < 0) {
      throw arguments.error("class_begin", "at least 0", "" + classBegin);
    }
    if (classBegin > 0) {
      node.intAttribute("class_begin", classBegin);
    }
    FullSigmoidNodes.writeAttributes(node, table);
    Shape shape = Shape.of(table.batch(), Dim.of(k));
    List<Value> outputs =
        node.output("class_ids", new TensorType(ElementType.INT64, shape))
            .output(GraphNames.LOGITS, new TensorType(ElementType.FLOAT, shape))
            .fallback(TopKClassesFunction.of(table, k, classBegin))
            .build();
    return new TopKClasses(outputs.get(0), outputs.get(1));
  }

  /** Every attribute that has a value is written: a model-local function sees no defaults. */
  private static void writeAttributes(NodeBuilder node, NceLossOptions options) {
    options.numSampled().ifPresent(value -> node.intAttribute("num_sampled", value));
    options.numClasses().ifPresent(value -> node.intAttribute("num_classes", value));
    options.ignoreIndex().ifPresent(value -> node.intAttribute("ignore_index", value));
    node.intAttribute("num_true", options.numTrue())
        .intAttribute("remove_accidental_hits", options.removeAccidentalHits() ? 1 : 0)
        .stringAttribute("partition_strategy", options.partitionStrategy().attribute())
        .intAttribute("subtract_log_q", options.subtractLogQ() ? 1 : 0)
        .stringAttribute("reduction", options.reduction().attribute())
        .intAttribute("seed", options.seed())
        .intAttribute("seed2", options.seed2());
    if (options.allowTf32()) {
      node.intAttribute("allow_tf32", 1);
    }
  }
}
