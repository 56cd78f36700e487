package org.ortnce.nce;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.ImportedModel;
import org.ortnce.onnx.OnnxModel;
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
   * @param activations the name of the activations, [batch, dim] of float, float16 or bfloat16: an
   *     output of the graph or of any node in it
   * @throws IOException if the file cannot be read or imported ({@link ImportedModel#load})
   * @throws IllegalArgumentException as {@link #of} does
   */
  public static Encoder load(Path file, String activations) throws IOException {
    return of(ImportedModel.load(file), activations);
  }

  /**
   * Reads an encoder that does not say what its activations are: they are declared to be float
   * [batch, dim].
   */
  public static Encoder load(Path file, String activations, long dim) throws IOException {
    Shape shape = Shape.of(Dim.unknown(), Dim.of(dim));
    ImportedModel model = ImportedModel.load(file);
    return of(model.withType(activations, new TensorType(ElementType.FLOAT, shape)), activations);
  }

  /**
   * Takes an encoder that was read.
   *
   * @throws IllegalArgumentException if there is no value of that name, it is not float [batch,
   *     dim], or an input it needs has a name that the attached graph uses, such as {@code labels}
   */
  public static Encoder of(ImportedModel model, String activations) {
    Objects.requireNonNull(activations, "activations");
    if (model.hasValue(activations) && model.typeOfValue(activations).isEmpty()) {
      throw new IllegalArgumentException(
          "the model does not say what '"
              + activations
              + "' is: give its dim, and it is taken for float [batch, dim]");
    }
    Value value = model.value(activations);
    boolean matrix = value.shape().hasRank() && value.shape().rank() == 2;
    if (!value.elementType().widensToFloat() || !matrix) {
      boolean sequence = value.shape().hasRank() && value.shape().rank() == 3;
      throw new IllegalArgumentException(
          "activations '"
              + activations
              + "' must be [batch, dim] of float, float16 or bfloat16, got "
              + value
              + (sequence
                  ? ": name a value that has one vector an example, such as a pooled one, or one"
                      + " vector of the sequence"
                  : ""));
    }
    for (ValueInfo input : model.inputsOf(activations)) {
      if (OURS.contains(input.name()) || GraphNames.isParameter(input.name())) {
        throw new IllegalArgumentException(
            "the encoder has an input '"
                + input.name()
                + "', a name that the attached graph has for something else: rename it in the"
                + " encoder");
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
    ElementType type = model.value(activations).elementType();
    Shape found = model.value(activations).shape();
    Dim dim = found.dim(1);
    if (dim.isFixed() && dim.size() != layer.dim()) {
      throw new IllegalArgumentException(
          "activations '"
              + activations
              + "' have dim "
              + dim
              + ", the class embeddings of the output layer "
              + layer.dim());
    }
    Dim batch = found.dim(0);
    ImportedModel named = model;
    if (batch.isSymbolic() && !model.hasDimension(BATCH)) {
      named = model.withDimension(batch.symbol(), BATCH);
    }
    Shape shape = Shape.of(batch.isFixed() ? batch : Dim.of(BATCH), Dim.of(layer.dim()));
    Value value = named.withType(activations, new TensorType(type, shape)).value(activations);
    return builder -> {
      builder.inputsOf(value);
      return value;
    };
  }
}
