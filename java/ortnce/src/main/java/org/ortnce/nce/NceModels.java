package org.ortnce.nce;

import java.util.OptionalLong;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.onnx.Ops;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.TopK;
import org.ortnce.onnx.Value;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * Whole models of one output layer. The names of their tensors are {@link GraphNames}; loss models
 * say in {@link MetadataKeys} how they reduce.
 */
public final class NceModels {
  private static final Dim BATCH = Dim.of("batch");

  /** What computes the activations, float [batch, dim], that the output layer takes. */
  @FunctionalInterface
  interface Activations {
    /** Adds its part to a model, graph inputs included. */
    Value in(ModelBuilder model);
  }

  /** The nodes that compute a loss. */
  @FunctionalInterface
  private interface LossHead {
    NceLoss of(
        OutputLayer layer,
        Value labels,
        Value inputs,
        NceLossOptions attributes,
        SampledValues given,
        Value step);
  }

  private NceModels() {}

  /** A training-loss model with {@link ModelOptions#defaults()}. */
  public static OnnxModel trainingLoss(OutputLayer layer, NceLossOptions options) {
    return trainingLoss(layer, options, ModelOptions.defaults());
  }

  /**
   * The noise-contrastive loss of {@code tf.nn.nce_loss} as a model: from {@code inputs}, float
   * [batch, dim], and {@code labels}, int64 [batch, num_true], to {@code loss}.
   *
   * <p>{@code num_classes} and {@code partition_strategy} are the layer's; the options may repeat
   * them.
   *
   * @throws IllegalArgumentException if the options do not fit the layer
   */
  public static OnnxModel trainingLoss(
      OutputLayer layer, NceLossOptions options, ModelOptions graph) {
    return trainingLoss(features(layer), layer, options, graph);
  }

  static OnnxModel trainingLoss(
      Activations activations, OutputLayer layer, NceLossOptions options, ModelOptions graph) {
    ModelBuilder model = model("training_loss", graph.portable());
    addLoss(model, activations, layer, options, graph, NceModels::nceLoss);
    return model.build();
  }

  private static NceLoss nceLoss(
      OutputLayer layer,
      Value labels,
      Value inputs,
      NceLossOptions attributes,
      SampledValues given,
      Value step) {
    return NceOps.nceLoss(layer.weights(), layer.biases(), labels, inputs, attributes, given, step);
  }

  /**
   * Adds the graph of a loss and its gradients by {@code parameters}, of a sample that {@code step}
   * decides.
   */
  static void addLossAndGradients(
      ModelBuilder model,
      Activations activations,
      OutputLayer layer,
      NceLossOptions options,
      Value... parameters) {
    boolean inOneNode = options.reduction() != Reduction.NONE && options.ignoreIndex().isEmpty();
    LossHead head =
        inOneNode
            ? (output, labels, inputs, attributes, given, step) ->
                NceOps.nceLossWithGradients(
                    output.weights(), output.biases(), labels, inputs, attributes, step)
            : NceModels::nceLoss;
    ModelOptions graph = new ModelOptions(false, true, true, false);
    Value loss = addLoss(model, activations, layer, options, graph, head);
    model.withGradients(loss, parameters);
  }

  /** Adds the graph of a training loss to a model, outputs included. */
  private static Value addLoss(
      ModelBuilder model,
      Activations activations,
      OutputLayer layer,
      NceLossOptions options,
      ModelOptions graph,
      LossHead head) {
    layer.checkAgrees(options);
    NceLossOptions attributes =
        options.toBuilder()
            .numClasses(layer.numClasses())
            .partitionStrategy(layer.partitionStrategy())
            .build();
    MetadataKeys.loss(model, options.reduction(), options.ignoreIndex());
    Value inputs = activations.in(model);
    Value labels = labels(model, options.numTrue());
    SampledValues given = graph.sampledValuesInput() ? sampledValues(model, options) : null;
    Value step = null;
    if (graph.stepInput()) {
      step = Value.input(ElementType.INT64, Shape.scalar());
      model.input(GraphNames.STEP, step);
    }
    layer.nameIn(model);
    NceLoss nce = head.of(layer, labels, inputs, attributes, given, step);
    model.output(GraphNames.LOSS, nce.loss());
    if (graph.outputSample()) {
      model
          .output(GraphNames.SAMPLED_CANDIDATES, nce.sampledValues().sampledCandidates())
          .output(GraphNames.TRUE_EXPECTED_COUNT, nce.sampledValues().trueExpectedCount())
          .output(GraphNames.SAMPLED_EXPECTED_COUNT, nce.sampledValues().sampledExpectedCount());
    }
    return nce.loss();
  }

  /**
   * The loss over all classes that the {@code tf.nn.nce_loss} page recommends for evaluation, from
   * {@code inputs} and {@code labels} to {@code loss}: the sigmoid cross entropy of every class,
   * with 1 / num_true as the target of the labels.
   *
   * <p>In standard ops: a run holds the logits of all classes, [batch, num_classes].
   */
  public static OnnxModel evaluation(OutputLayer layer, EvaluationOptions options) {
    return evaluation(features(layer), layer, options);
  }

  static OnnxModel evaluation(
      Activations activations, OutputLayer layer, EvaluationOptions options) {
    ModelBuilder model = model("evaluation", true);
    MetadataKeys.loss(model, options.reduction(), options.ignoreIndex());
    Value inputs = activations.in(model);
    Value labels = labels(model, options.numTrue());
    layer.nameIn(model);
    Value logits = logits(layer, inputs);
    SigmoidTerms terms =
        new SigmoidTerms(
            labels, options.numTrue(), options.ignoreIndex(), OptionalLong.of(layer.numClasses()));
    Value target = Ops.gatherElements(logits, terms.labels(), 1);
    Value all = Ops.reduceSum(Ops.softplus(logits), false, 1);
    Value loss = Ops.sub(all, terms.meanLogit(target));
    return model.output(GraphNames.LOSS, terms.reduce(loss, options.reduction())).build();
  }

  /**
   * A model for serving: from {@code inputs} to the logits of all classes, their sigmoids and the
   * top k classes.
   *
   * @param k how many classes are returned, at least 1 and at most {@code num_classes}
   */
  public static OnnxModel inference(OutputLayer layer, int k) {
    return inference(features(layer), layer, k);
  }

  static OnnxModel inference(Activations activations, OutputLayer layer, int k) {
    if (k < 1 || k > layer.numClasses()) {
      throw new IllegalArgumentException(
          "k must be in [1, num_classes = " + layer.numClasses() + "], got " + k);
    }
    ModelBuilder model = model("inference", true);
    Value inputs = activations.in(model);
    layer.nameIn(model);
    // ONNX Runtime's TopK divides by the number of its rows and kills the process for none: it
    // never
    // sees an empty batch, since a row of zeros follows the batch and is cut off again.
    Value zeros = Ops.constant(Tensor.of(new float[Math.toIntExact(layer.dim())], 1, layer.dim()));
    Value padded = logits(layer, Ops.concat(0, inputs, zeros));
    Value logits = withoutLastRow(padded);
    TopK top = Ops.topK(padded, k);
    return model
        .output(GraphNames.LOGITS, logits, batchOf(layer.numClasses()))
        .output(GraphNames.PROBABILITIES, Ops.sigmoid(logits), batchOf(layer.numClasses()))
        .output(GraphNames.TOP_K_CLASSES, withoutLastRow(top.indices()), batchOf(k))
        .output(
            GraphNames.TOP_K_PROBABILITIES, Ops.sigmoid(withoutLastRow(top.values())), batchOf(k))
        .build();
  }

  private static Value withoutLastRow(Value x) {
    return Ops.slice(x, new long[] {0}, new long[] {-1}, new long[] {0});
  }

  /** [batch, columns]. */
  private static Shape batchOf(long columns) {
    return Shape.of(BATCH, Dim.of(columns));
  }

  static ModelBuilder model(String name, boolean portable) {
    return new ModelBuilder().graphName(name).portable(portable);
  }

  /** The activations are the graph's input. */
  private static Activations features(OutputLayer layer) {
    return model -> {
      Value inputs = Value.input(ElementType.FLOAT, Shape.of(BATCH, Dim.of(layer.dim())));
      model.input(GraphNames.INPUTS, inputs);
      return inputs;
    };
  }

  private static Value labels(ModelBuilder model, int numTrue) {
    Value labels = Value.input(ElementType.INT64, Shape.of(BATCH, Dim.of(numTrue)));
    model.input(GraphNames.LABELS, labels);
    return labels;
  }

  private static SampledValues sampledValues(ModelBuilder model, NceLossOptions options) {
    Dim numSampled =
        options.numSampled().isPresent()
            ? Dim.of(options.numSampled().getAsLong())
            : Dim.of("num_sampled");
    Dim numTrue = Dim.of(options.numTrue());
    SampledValues values =
        new SampledValues(
            Value.input(ElementType.INT64, Shape.of(numSampled)),
            Value.input(ElementType.FLOAT, Shape.of(BATCH, numTrue)),
            Value.input(ElementType.FLOAT, Shape.of(numSampled)));
    model
        .input(GraphNames.SAMPLED_CANDIDATES, values.sampledCandidates())
        .input(GraphNames.TRUE_EXPECTED_COUNT, values.trueExpectedCount())
        .input(GraphNames.SAMPLED_EXPECTED_COUNT, values.sampledExpectedCount());
    return values;
  }

  /** inputs . weights^T + biases for all classes, float [batch, num_classes]. */
  private static Value logits(OutputLayer layer, Value inputs) {
    ClassLookup classes = new ClassLookup(layer.weights(), layer.partitionStrategy());
    Value embeddings = classes.allEmbeddings(layer.numClasses(), layer.rows());
    Value biases = layer.biases();
    if (biases != null && layer.numClasses() < layer.rows()) {
      biases = Ops.slice(biases, new long[] {0}, new long[] {layer.numClasses()}, new long[] {0});
    }
    return Ops.gemm(inputs, embeddings, biases, 1, 1, false, true);
  }
}
