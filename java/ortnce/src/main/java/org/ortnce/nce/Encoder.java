package org.ortnce.nce;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.ImportedModel;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.onnx.Ops;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.TensorType;
import org.ortnce.onnx.Value;
import org.ortnce.onnx.ValueInfo;
import org.ortnce.tensor.ElementType;

/**
 * A model that exists and computes activations, such as an encoder exported by PyTorch or
 * TensorFlow, to which an output layer is attached. Immutable.
 *
 * <p>The models made here take the graph inputs that the activations need, under their own names,
 * and are otherwise those of {@link NceModels}. What else the encoder computes is left out. See
 * {@link ImportedModel} for names, operator sets and external data.
 *
 * <pre>{@code
 * Encoder encoder = Encoder.load(Path.of("encoder.onnx"), "pooled");
 * encoder.trainingLoss(layer, options, ModelOptions.defaults()).save(file);
 * }</pre>
 */
public final class Encoder {
  private static final String BATCH = "batch";

  /** What the attached graph calls its own inputs and outputs. */
  private static final Set<String> OURS =
      Set.of(
          GraphNames.LABELS,
          GraphNames.STEP,
          GraphNames.SAMPLED_CANDIDATES,
          GraphNames.TRUE_EXPECTED_COUNT,
          GraphNames.SAMPLED_EXPECTED_COUNT,
          GraphNames.LOSS,
          GraphNames.LOGITS,
          GraphNames.PROBABILITIES,
          GraphNames.TOP_K_CLASSES,
          GraphNames.TOP_K_PROBABILITIES,
          GraphNames.TOP_K_LOGITS,
          GraphNames.SOFTMAX_LOSS,
          GraphNames.TRUE_RANKS);

  private final ImportedModel model;
  private final String activations;

  private Encoder(ImportedModel model, String activations) {
    this.model = model;
    this.activations = activations;
  }

  /**
   * Reads an encoder.
   *
   * @param activations the name of the activations, [batch, dim] of a floating-point type: an
   *     output of the graph or of any node in it. Where the file does not say what it is, as inside
   *     most graphs, it is taken for float of the dim of the layer
   * @throws IOException if the file cannot be read or imported ({@link ImportedModel#load})
   * @throws IllegalArgumentException as {@link #of} does
   */
  public static Encoder load(Path file, String activations) throws IOException {
    return of(ImportedModel.load(file), activations);
  }

  /** Reads an encoder and declares the size of its activations, where the file does not say it. */
  public static Encoder load(Path file, String activations, long dim) throws IOException {
    return of(ImportedModel.load(file), activations, dim);
  }

  /** Takes an encoder that was read, and declares the size of its activations. */
  public static Encoder of(ImportedModel model, String activations, long dim) {
    ElementType type =
        model.typeOfValue(activations).map(TensorType::elementType).orElse(ElementType.FLOAT);
    Shape shape = Shape.of(Dim.unknown(), Dim.of(dim));
    return of(model.withType(activations, new TensorType(type, shape)), activations);
  }

  /**
   * Takes an encoder that was read.
   *
   * @throws IllegalArgumentException if there is no value of that name, it is not [batch, dim] of a
   *     floating-point type, or an input it needs has a name that the attached graph uses, such as
   *     {@code labels}: {@link ImportedModel#withInputName} gives it another
   */
  public static Encoder of(ImportedModel model, String activations) {
    Objects.requireNonNull(activations, "activations");
    Optional<TensorType> type = model.typeOfValue(activations);
    if (type.isPresent() && !isMatrix(type.get())) {
      Shape shape = type.get().shape();
      throw new IllegalArgumentException(
          "activations '"
              + activations
              + "' must be [batch, dim] of a floating-point type, got "
              + type.get()
              + (shape.hasRank() && shape.rank() == 3
                  ? ": name a value that has one vector an example, such as a pooled one, or one"
                      + " vector of the sequence"
                  : ""));
    }
    for (ValueInfo input : model.inputsOf(activations)) {
      if (OURS.contains(input.name()) || GraphNames.isParameter(input.name())) {
        throw new IllegalArgumentException(
            "the encoder has an input '"
                + input.name()
                + "', a name that the attached graph has for something else: give it another by"
                + " ImportedModel.withInputName");
      }
    }
    return new Encoder(model, activations);
  }

  /** The graph inputs that the activations need: what an example consists of. */
  public List<ValueInfo> inputs() {
    return model.inputsOf(activations);
  }

  /** {@link NceModels#trainingLoss(OutputLayer, NceLossOptions, ModelOptions)} on this encoder. */
  public OnnxModel trainingLoss(OutputLayer layer, NceLossOptions options, ModelOptions graph) {
    return NceModels.trainingLoss(activations(layer), layer, options, graph);
  }

  /** {@link NceModels#evaluation} on this encoder. */
  public OnnxModel evaluation(OutputLayer layer, EvaluationOptions options) {
    return NceModels.evaluation(activations(layer), layer, options);
  }

  /** {@link NceModels#inference(OutputLayer, int)} on this encoder. */
  public OnnxModel inference(OutputLayer layer, int k) {
    return inference(layer, InferenceOptions.topK(k));
  }

  /** {@link NceModels#inference(OutputLayer, InferenceOptions)} on this encoder. */
  public OnnxModel inference(OutputLayer layer, InferenceOptions options) {
    return NceModels.inference(activations(layer), layer, options);
  }

  /** The activations as a part of a graph whose first dimension is called like that of labels. */
  private NceModels.Activations activations(OutputLayer layer) {
    TensorType found =
        model.typeOfValue(activations).orElse(new TensorType(ElementType.FLOAT, Shape.unknown()));
    boolean ranked = found.shape().hasRank();
    Dim batch = ranked ? found.shape().dim(0) : Dim.unknown();
    Dim dim = ranked ? found.shape().dim(1) : Dim.unknown();
    if (dim.isFixed() && dim.size() != layer.dim()) {
      throw new IllegalArgumentException(
          "activations '"
              + activations
              + "' have dim "
              + dim
              + ", the class embeddings of the output layer "
              + layer.dim());
    }
    ImportedModel named = model;
    if (batch.isSymbolic() && !model.hasDimension(BATCH)) {
      named = model.withDimension(batch.symbol(), BATCH);
    }
    Shape shape = Shape.of(batch.isFixed() ? batch : Dim.of(BATCH), Dim.of(layer.dim()));
    Value value =
        named.withType(activations, new TensorType(found.elementType(), shape)).value(activations);
    // The ops take half activations with weights of the same type alone; they compute in float.
    boolean taken =
        found.elementType() == ElementType.FLOAT
            || found.elementType() == layer.weights().get(0).elementType();
    return builder -> {
      builder.inputsOf(value);
      return taken ? value : Ops.cast(value, ElementType.FLOAT);
    };
  }

  /** Whether it is, or may be, [batch, dim] of a floating-point type. */
  private static boolean isMatrix(TensorType type) {
    return type.elementType().isFloatingPoint()
        && (!type.shape().hasRank() || type.shape().rank() == 2);
  }
}
