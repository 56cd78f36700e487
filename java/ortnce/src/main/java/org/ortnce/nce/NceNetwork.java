package org.ortnce.nce;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.onnx.Shape;
import org.ortnce.tensor.Tensor;

/**
 * A network that ends in a noise-contrastive loss: an {@link InputLayer} and the output classes. It
 * describes shapes; its parameters are given to every run of the model that trains them, and stored
 * in the models made of the result. Immutable.
 *
 * <p>Parameters, in this order: those of the input layer, then {@code weights}, [num_classes, dim],
 * or its partitions {@code weights_0}, {@code weights_1}..., and {@code biases}, [num_classes].
 */
public final class NceNetwork {
  private final InputLayer input;
  private final long numClasses;
  private final boolean biases;
  private final PartitionStrategy strategy;
  private final int partitions;

  private NceNetwork(
      InputLayer input,
      long numClasses,
      boolean biases,
      PartitionStrategy strategy,
      int partitions) {
    this.input = input;
    this.numClasses = numClasses;
    this.biases = biases;
    this.strategy = strategy;
    this.partitions = partitions;
  }

  /**
   * A network with biases and weights in one piece.
   *
   * @throws IllegalArgumentException if there is no class
   */
  public static NceNetwork of(InputLayer input, long numClasses) {
    Objects.requireNonNull(input, "input");
    if (numClasses < 1) {
      throw new IllegalArgumentException("numClasses must be >= 1, got " + numClasses);
    }
    return new NceNetwork(input, numClasses, true, PartitionStrategy.DIV, 1);
  }

  /** The same network without biases. */
  public NceNetwork withoutBiases() {
    return new NceNetwork(input, numClasses, false, strategy, partitions);
  }

  /**
   * The same network with its weights in partitions as even as can be: one tensor holds at most 2
   * GiB.
   *
   * @throws IllegalArgumentException unless 1 &lt;= partitions &lt;= num_classes
   */
  public NceNetwork partitioned(PartitionStrategy newStrategy, int newPartitions) {
    Objects.requireNonNull(newStrategy, "strategy");
    if (newPartitions < 1 || newPartitions > numClasses) {
      throw new IllegalArgumentException(
          "partitions must be in [1, num_classes = " + numClasses + "], got " + newPartitions);
    }
    return new NceNetwork(input, numClasses, biases, newStrategy, newPartitions);
  }

  /** What comes before the output classes. */
  public InputLayer input() {
    return input;
  }

  /** The number of output classes. */
  public long numClasses() {
    return numClasses;
  }

  /** How the classes are spread over the partitions of the weights. */
  public PartitionStrategy partitionStrategy() {
    return strategy;
  }

  /** The names and shapes of the parameters, all float. */
  public Map<String, Shape> parameters() {
    Map<String, Shape> shapes = new LinkedHashMap<>(input.parameters());
    long[] rows = PartitionStrategy.evenSizes(numClasses, partitions);
    for (int p = 0; p < partitions; p++) {
      shapes.put(GraphNames.weights(p, partitions), Shape.of(rows[p], input.dim()));
    }
    if (biases) {
      shapes.put(GraphNames.BIASES, Shape.of(numClasses));
    }
    return shapes;
  }

  /**
   * A model whose run is one step of training: the loss, the candidates it drew, and the gradients
   * of all parameters, of one sample.
   *
   * <p>Graph inputs: the examples ({@link InputLayer#inputName()}), {@code labels}, {@code step}
   * (the run of the sampler's stream, which makes the sample a function of the step) and the
   * parameters. Outputs: {@code loss}, {@code sampled_candidates}, {@code true_expected_count},
   * {@code sampled_expected_count} and the gradients, named by {@link
   * org.ortnce.onnx.GradientNames}: sparse rows for embeddings, weights and biases. For reduction
   * "none" they are those of the sum of the losses.
   */
  public OnnxModel trainingStep(NceLossOptions options) {
    Parameters parameters = Parameters.asInputs(parameters());
    ModelBuilder model = NceModels.model("training_step", false);
    NceModels.addLossAndGradients(
        model,
        builder -> input.in(builder, parameters),
        output(parameters),
        options,
        parameters.all());
    return model.build();
  }

  /** {@link #trainingStep} in three models, of which one needs no whole table. */
  public SplitTrainingStep splitTrainingStep(NceLossOptions options) {
    return new SplitTrainingStep(this, options);
  }

  /**
   * The training loss as a model with stored parameters; {@link NceModels#trainingLoss} with the
   * examples as input.
   *
   * @param tensors {@link #parameters()} by name
   * @throws IllegalArgumentException if a tensor is missing, unknown, or of another type or shape
   */
  public OnnxModel trainingLoss(
      Map<String, Tensor> tensors, NceLossOptions options, ModelOptions graph) {
    return trainingLoss(Parameters.stored(parameters(), tensors), options, graph);
  }

  /**
   * The training loss as a model without numbers: its parameters are graph inputs, such as those
   * that one table gives to several sessions.
   */
  public OnnxModel trainingLoss(NceLossOptions options, ModelOptions graph) {
    return trainingLoss(Parameters.asInputs(parameters()), options, graph);
  }

  private OnnxModel trainingLoss(
      Parameters parameters, NceLossOptions options, ModelOptions graph) {
    return NceModels.trainingLoss(
        model -> input.in(model, parameters), output(parameters), options, graph);
  }

  /** {@link NceModels#evaluation} with the examples as input and stored parameters. */
  public OnnxModel evaluation(Map<String, Tensor> tensors, EvaluationOptions options) {
    return evaluation(Parameters.stored(parameters(), tensors), options);
  }

  /** {@link NceModels#evaluation} with the examples and the parameters as inputs. */
  public OnnxModel evaluation(EvaluationOptions options) {
    return evaluation(Parameters.asInputs(parameters()), options);
  }

  private OnnxModel evaluation(Parameters parameters, EvaluationOptions options) {
    return NceModels.evaluation(model -> input.in(model, parameters), output(parameters), options);
  }

  /** The k most probable classes of the examples, with stored parameters. */
  public OnnxModel inference(Map<String, Tensor> tensors, int k) {
    return inference(tensors, InferenceOptions.topK(k));
  }

  /** {@link NceModels#inference} with the examples as input and stored parameters. */
  public OnnxModel inference(Map<String, Tensor> tensors, InferenceOptions options) {
    return inference(Parameters.stored(parameters(), tensors), options);
  }

  /** {@link NceModels#inference} with the examples and the parameters as inputs. */
  public OnnxModel inference(InferenceOptions options) {
    return inference(Parameters.asInputs(parameters()), options);
  }

  private OnnxModel inference(Parameters parameters, InferenceOptions options) {
    return NceModels.inference(model -> input.in(model, parameters), output(parameters), options);
  }

  OutputLayer output(Parameters parameters) {
    return OutputLayer.of(parameters, strategy, partitions);
  }
}
