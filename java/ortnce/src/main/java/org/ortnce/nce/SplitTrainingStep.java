package org.ortnce.nce;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.Gradient;
import org.ortnce.onnx.GradientNames;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.tensor.ElementType;

/**
 * A step of training in three models: {@link #lookUp} and {@link #spread} are for the host, where
 * the tables are; {@link #gradients}, which does the arithmetic, takes only the rows of the classes
 * that a batch touches, so that what it is given and returns does not grow with the tables. Between
 * them the caller numbers the touched classes, ascending, and copies their rows.
 *
 * <p>Losses and gradients are those of {@link NceNetwork#trainingStep}, on the processor bit for
 * bit.
 */
public final class SplitTrainingStep {
  /** The touched classes, int64 [classes], ascending and unique: an input of {@link #spread}. */
  public static final String CLASS_IDS = "class_ids";

  /** The label of {@link #gradients} that is padding, if the loss has an {@code ignore_index}. */
  public static final long IGNORED = -1;

  private static final Dim BATCH = Dim.of("batch");
  private static final Dim CLASSES = Dim.of("classes");

  private final NceNetwork network;
  private final NceLossOptions options;

  SplitTrainingStep(NceNetwork network, NceLossOptions options) {
    this.network = network;
    this.options =
        options.toBuilder()
            .numClasses(network.numClasses())
            .partitionStrategy(network.partitionStrategy())
            .build();
    network.output(Parameters.asInputs(network.parameters())).checkAgrees(options);
  }

  /** What is trained. */
  public NceNetwork network() {
    return network;
  }

  /** The options of the loss, with the number of classes. */
  public NceLossOptions options() {
    return options;
  }

  /** The name that an output of {@link #gradients} has as an input of {@link #spread}. */
  public static String given(String output) {
    return "given_" + output;
  }

  /**
   * Draws the sample and looks embeddings up: inputs {@code true_classes}, the labels without
   * padding, {@code step}, and, of a network with embeddings, {@code input_ids} and {@code
   * embeddings}; outputs {@code sampled_candidates}, {@code true_expected_count}, {@code
   * sampled_expected_count} and {@code inputs}, the embeddings, if there are any.
   */
  public OnnxModel lookUp() {
    ModelBuilder model = NceModels.model("training_look_up", false);
    Dim numTrue = Dim.of(options.numTrue());
    Value trueClasses = Value.input(ElementType.INT64, Shape.of(BATCH, numTrue));
    Value step = Value.input(ElementType.INT64, Shape.scalar());
    model.input(GraphNames.TRUE_CLASSES, trueClasses).input(GraphNames.STEP, step);
    InputLayer input = network.input();
    if (input.looksUp()) {
      Value ids = input.examples();
      model.input(input.inputName(), ids);
      Parameters parameters = Parameters.asInputs(input.parameters());
      model.output(GraphNames.INPUTS, input.lookUp(ids, model, parameters));
    }
    SampledValues sample =
        CandidateSamplers.logUniformCandidateSampler(trueClasses, NceOps.samplerOf(options), step);
    return model
        .output(GraphNames.SAMPLED_CANDIDATES, sample.sampledCandidates())
        .output(GraphNames.TRUE_EXPECTED_COUNT, sample.trueExpectedCount())
        .output(GraphNames.SAMPLED_EXPECTED_COUNT, sample.sampledExpectedCount())
        .build();
  }

  /**
   * The loss and its gradients, in terms of the touched classes: inputs {@code inputs}, {@code
   * labels} and {@code sampled_candidates} (numbers of touched classes, {@link #IGNORED} for
   * padding), the expected counts, {@code weights}, [classes, dim], {@code biases}, [classes], and
   * the parameters of a dense layer; outputs {@code loss} and the gradients, {@code inputs_grad}
   * among them if these were looked up. Every class has one: the indices are 0, 1, 2...
   */
  public OnnxModel gradients() {
    ModelBuilder model = NceModels.model("training_gradients", false);
    InputLayer layer = network.input().afterLookUp();
    Map<String, Shape> shapes = new LinkedHashMap<>(layer.parameters());
    shapes.put(GraphNames.WEIGHTS, Shape.of(CLASSES, Dim.of(layer.dim())));
    boolean hasBiases = network.parameters().containsKey(GraphNames.BIASES);
    if (hasBiases) {
      shapes.put(GraphNames.BIASES, Shape.of(CLASSES));
    }
    Parameters parameters = Parameters.asInputs(shapes);
    Value examples = layer.examples();
    model.input(GraphNames.INPUTS, examples);
    Value activations = layer.dense(examples, model, parameters);
    Value labels = NceModels.labels(model, options.numTrue());
    SampledValues sample = NceModels.sampledValues(model, options);
    List<Value> weights = List.of(parameters.in(model, GraphNames.WEIGHTS));
    Value biases = hasBiases ? parameters.in(model, GraphNames.BIASES) : null;
    NceLossOptions attributes = ofTouchedClasses();
    NceLoss loss =
        NceModels.hasGradients(attributes)
            ? NceOps.lossWithGradients(weights, biases, labels, activations, attributes, sample)
            : NceOps.nceLoss(weights, biases, labels, activations, attributes, sample, null);
    List<Value> wanted = new ArrayList<>(List.of(parameters.all()));
    if (network.input().looksUp()) {
      wanted.add(examples);
    }
    return model
        .output(GraphNames.LOSS, loss.loss())
        .withGradients(loss.loss(), wanted.toArray(Value[]::new))
        .build();
  }

  /** The number of touched classes is known to each run alone. */
  private NceLossOptions ofTouchedClasses() {
    NceLossOptions.Builder touched =
        NceLossOptions.builder()
            .numTrue(options.numTrue())
            .removeAccidentalHits(options.removeAccidentalHits())
            .subtractLogQ(options.subtractLogQ())
            .reduction(options.reduction())
            .allowTf32(options.allowTf32());
    options.numSampled().ifPresent(touched::numSampled);
    options.ignoreIndex().ifPresent(label -> touched.ignoreIndex(IGNORED));
    return touched.build();
  }

  /**
   * The gradients by the parameters from those by rows: a training-step model, whose examples are
   * {@link #CLASS_IDS}, {@code input_ids} of a network with embeddings, and the outputs of {@link
   * #gradients} but indices, under their names by {@link #given}.
   */
  public OnnxModel spread() {
    ModelBuilder model = NceModels.model("training_spread", false);
    Map<String, Shape> shapes = network.parameters();
    Parameters parameters = Parameters.asInputs(shapes);
    Value ids = Value.input(ElementType.INT64, Shape.of(CLASSES));
    Shape loss = options.reduction() == Reduction.NONE ? Shape.of(BATCH) : Shape.scalar();
    model.input(CLASS_IDS, ids).output(GraphNames.LOSS, given(model, GraphNames.LOSS, loss));
    InputLayer input = network.input();
    Map<String, Gradient> gradients = new LinkedHashMap<>();
    if (input.looksUp()) {
      Value examples = input.examples();
      model.input(input.inputName(), examples);
      Shape rows = Shape.of(BATCH, shapes.get(GraphNames.EMBEDDINGS).dim(1));
      Value g = given(model, GradientNames.dense(GraphNames.INPUTS), rows);
      gradients.put(GraphNames.EMBEDDINGS, input.lookUpGradient(examples, g));
    }
    input
        .afterLookUp()
        .parameters()
        .forEach(
            (name, shape) ->
                gradients.put(
                    name, new Gradient.Dense(given(model, GradientNames.dense(name), shape))));
    OutputLayer output = network.output(parameters);
    Value rows =
        given(
            model,
            GradientNames.values(GraphNames.WEIGHTS),
            Shape.of(CLASSES, Dim.of(input.dim())));
    List<Gradient.IndexedSlices> slices =
        NceLossGradient.split(ids, rows, output.weights(), output.partitionStrategy());
    for (int p = 0; p < slices.size(); p++) {
      gradients.put(GraphNames.weights(p, slices.size()), slices.get(p));
    }
    if (shapes.containsKey(GraphNames.BIASES)) {
      Value g = given(model, GradientNames.values(GraphNames.BIASES), Shape.of(CLASSES));
      gradients.put(GraphNames.BIASES, new Gradient.IndexedSlices(ids, g));
    }
    shapes.forEach(
        (name, shape) -> {
          parameters.in(model, name);
          model.gradient(name, shape, gradients.get(name));
        });
    return model.build();
  }

  private static Value given(ModelBuilder model, String output, Shape shape) {
    Value value = Value.input(ElementType.FLOAT, shape);
    model.input(given(output), value);
    return value;
  }
}
