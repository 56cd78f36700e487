package org.ortnce.nce;

import java.util.OptionalLong;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.onnx.Ops;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.tensor.ElementType;

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
    LossHead head =
        hasGradients(options)
            ? (output, labels, inputs, attributes, given, step) ->
                NceOps.nceLossWithGradients(
                    output.weights(), output.biases(), labels, inputs, attributes, step)
            : NceModels::nceLoss;
    ModelOptions graph = new ModelOptions(false, true, true, false);
    Value loss = addLoss(model, activations, layer, options, graph, head);
    model.withGradients(loss, parameters);
  }

  /** Whether one node computes such a loss and its gradients. */
  static boolean hasGradients(NceLossOptions options) {
    return options.reduction() != Reduction.NONE && options.ignoreIndex().isEmpty();
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
   * with 1 / num_true as the target of the labels; with {@code softmax_loss} and {@code true_ranks}
   * if the options ask for them.
   *
   * <p>With this library the logits of all classes are never in memory; without it the model's
   * function in standard ops holds them, [batch, num_classes].
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
    FullSigmoidLoss full =
        NceOps.fullSigmoidLoss(
            layer.weights(), layer.biases(), labels, inputs, options.attributes(layer));
    model.output(GraphNames.LOSS, full.loss());
    if (options.softmaxLoss()) {
      model.output(GraphNames.SOFTMAX_LOSS, full.softmaxLoss());
    }
    if (options.trueRanks()) {
      model.output(GraphNames.TRUE_RANKS, full.trueRanks());
    }
    return model.build();
  }

  /** A model for serving with {@link InferenceOptions#topK}. */
  public static OnnxModel inference(OutputLayer layer, int k) {
    return inference(layer, InferenceOptions.topK(k));
  }

  /**
   * A model for serving: from {@code inputs} to the top k classes, {@code top_k_classes}, {@code
   * top_k_probabilities} and {@code top_k_logits}; and to the {@code logits} and {@code
   * probabilities} of all classes if the options ask for them, which hold [batch, num_classes].
   *
   * @throws IllegalArgumentException if k is above {@code num_classes}
   */
  public static OnnxModel inference(OutputLayer layer, InferenceOptions options) {
    return inference(features(layer), layer, options);
  }

  static OnnxModel inference(Activations activations, OutputLayer layer, InferenceOptions options) {
    return inference(activations, layer, options, 0);
  }

  /**
   * Of a range of the classes.
   *
   * @param classBegin the first class
   */
  static OnnxModel inference(
      Activations activations, OutputLayer layer, InferenceOptions options, long classBegin) {
    if (options.k() > layer.numClasses()) {
      throw new IllegalArgumentException(
          "k must be in [1, num_classes = " + layer.numClasses() + "], got " + options.k());
    }
    ModelBuilder model = model("inference", true);
    Value inputs = activations.in(model);
    layer.nameIn(model);
    OptionalLong numClasses = OptionalLong.of(layer.numClasses());
    if (options.allScores()) {
      ClassTable table =
          new ClassTable(
              new OpArguments(GraphNames.LOGITS),
              layer.weights(),
              layer.biases(),
              inputs,
              numClasses,
              layer.partitionStrategy());
      Value logits = ClassLogits.of(table);
      model
          .output(GraphNames.LOGITS, logits, batchOf(layer.numClasses()))
          .output(GraphNames.PROBABILITIES, Ops.sigmoid(logits), batchOf(layer.numClasses()));
    }
    TopKClasses top =
        NceOps.topKClasses(
            layer.weights(),
            layer.biases(),
            inputs,
            options.k(),
            numClasses,
            layer.partitionStrategy(),
            classBegin);
    Shape shape = batchOf(options.k());
    return model
        .output(GraphNames.TOP_K_CLASSES, top.classIds(), shape)
        .output(GraphNames.TOP_K_PROBABILITIES, Ops.sigmoid(top.logits()), shape)
        .output(GraphNames.TOP_K_LOGITS, top.logits(), shape)
        .build();
  }

  /** [batch, columns]. */
  private static Shape batchOf(long columns) {
    return Shape.of(BATCH, Dim.of(columns));
  }

  static ModelBuilder model(String name, boolean portable) {
    return new ModelBuilder().graphName(name).portable(portable);
  }

  /** The activations are the graph's input. */
  static Activations features(OutputLayer layer) {
    return model -> {
      Value inputs = Value.input(ElementType.FLOAT, Shape.of(BATCH, Dim.of(layer.dim())));
      model.input(GraphNames.INPUTS, inputs);
      return inputs;
    };
  }

  static Value labels(ModelBuilder model, int numTrue) {
    Value labels = Value.input(ElementType.INT64, Shape.of(BATCH, Dim.of(numTrue)));
    model.input(GraphNames.LABELS, labels);
    return labels;
  }

  static SampledValues sampledValues(ModelBuilder model, NceLossOptions options) {
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
}
