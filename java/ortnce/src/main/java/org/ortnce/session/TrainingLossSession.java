package org.ortnce.session;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ortnce.nce.GraphNames;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * Runs a training-loss model: the noise-contrastive loss of {@code tf.nn.nce_loss} for batches of
 * examples (activations, ids of embeddings, or what an encoder takes) and labels, int64 [batch,
 * num_true]. Safe for concurrent use; a model that draws its own candidates gives each run a draw
 * of its own.
 */
public final class TrainingLossSession implements AutoCloseable {
  private static final Set<String> SAMPLE =
      Set.of(
          GraphNames.SAMPLED_CANDIDATES,
          GraphNames.TRUE_EXPECTED_COUNT,
          GraphNames.SAMPLED_EXPECTED_COUNT);

  private static final Set<String> LOSS = Set.of(GraphNames.LOSS);
  private static final Set<String> LOSS_AND_SAMPLE =
      Stream.concat(LOSS.stream(), SAMPLE.stream()).collect(Collectors.toUnmodifiableSet());

  private final ModelContract contract;
  private final ModelSession session;
  private final boolean takesStep;
  private final boolean takesSample;
  private final boolean returnsSample;

  private TrainingLossSession(ModelSession opened) {
    contract = ModelContract.check("a training-loss", opened, TrainingLossSession::demands);
    session = contract.session();
    takesStep = session.inputs().containsKey(GraphNames.STEP);
    takesSample = session.inputs().keySet().containsAll(SAMPLE);
    returnsSample = session.outputs().keySet().containsAll(SAMPLE);
  }

  private static void demands(ModelContract model) {
    model
        .examples()
        .input(GraphNames.LABELS, ModelContract.IDS, 2)
        .optionalInput(GraphNames.STEP, ElementType.INT64::equals, 0, 1)
        .optionalInput(GraphNames.SAMPLED_CANDIDATES, ElementType.INT64::equals, 1)
        .optionalInput(GraphNames.TRUE_EXPECTED_COUNT, ElementType.FLOAT::equals, 2)
        .optionalInput(GraphNames.SAMPLED_EXPECTED_COUNT, ElementType.FLOAT::equals, 1)
        .output(GraphNames.LOSS, ElementType.FLOAT, 0, 1);
  }

  /** Opens a model file with {@link SessionConfig#defaults()}. */
  public static TrainingLossSession open(Path model) throws IOException, OrtException {
    return open(model, SessionConfig.defaults());
  }

  /**
   * Opens a model file.
   *
   * @throws IllegalArgumentException if it is not a training-loss model
   * @see ModelSession#open(Path, SessionConfig)
   */
  public static TrainingLossSession open(Path model, SessionConfig config)
      throws IOException, OrtException {
    return new TrainingLossSession(ModelSession.open(model, config));
  }

  /**
   * Opens a serialized model.
   *
   * @throws IllegalArgumentException if it is not a training-loss model
   * @see ModelSession#open(byte[], SessionConfig)
   */
  public static TrainingLossSession open(byte[] model, SessionConfig config) throws OrtException {
    return new TrainingLossSession(ModelSession.open(model, config));
  }

  /**
   * The loss with candidates that the model draws itself.
   *
   * @throws IllegalArgumentException if the model takes several inputs as examples
   */
  public LossResult loss(Tensor inputs, Tensor labels) throws OrtException {
    return loss(batch(inputs, labels));
  }

  /**
   * The loss with the candidates of run {@code step} of the model's stream, whatever ran before.
   *
   * @param step the number of the run, from 0
   * @throws IllegalArgumentException if {@code step} is negative or the model has no such input
   */
  public LossResult loss(Tensor inputs, Tensor labels, long step) throws OrtException {
    Map<String, Tensor> values = batch(inputs, labels);
    values.put(GraphNames.STEP, Steps.tensor(session.inputs().get(GraphNames.STEP), step));
    return loss(values);
  }

  /**
   * The loss with the given candidates.
   *
   * @throws IllegalArgumentException if the model draws its own
   */
  public LossResult loss(Tensor inputs, Tensor labels, CandidateSample sample) throws OrtException {
    Objects.requireNonNull(sample, "sample");
    Map<String, Tensor> values = batch(inputs, labels);
    values.putAll(sample.asInputs());
    return loss(values);
  }

  /**
   * The loss for values by their names in the graph; for models whose weights and biases are graph
   * inputs, or whose examples are several.
   *
   * @throws IllegalArgumentException if a value is missing, unknown or does not fit
   * @throws IllegalStateException if the session is closed
   * @throws OrtException if the op refuses the values, for instance a label out of range
   */
  public LossResult loss(Map<String, Tensor> values) throws OrtException {
    Map<String, Tensor> results = session.run(values, returnsSample ? LOSS_AND_SAMPLE : LOSS);
    return new LossResult(
        results.get(GraphNames.LOSS),
        returnsSample
            ? Optional.of(
                new CandidateSample(
                    results.get(GraphNames.SAMPLED_CANDIDATES),
                    results.get(GraphNames.TRUE_EXPECTED_COUNT),
                    results.get(GraphNames.SAMPLED_EXPECTED_COUNT)))
            : Optional.empty());
  }

  /** Whether the model wants the number of the run. */
  public boolean takesStep() {
    return takesStep;
  }

  /** Whether the model wants given candidates. */
  public boolean takesSample() {
    return takesSample;
  }

  /** Whether the model returns the candidates it used. */
  public boolean returnsSample() {
    return returnsSample;
  }

  /** The model underneath, closed with this session. */
  public ModelSession model() {
    return session;
  }

  /** Waits for the runs in flight and releases everything; closing again does nothing. */
  @Override
  public void close() {
    session.close();
  }

  private Map<String, Tensor> batch(Tensor inputs, Tensor labels) {
    Map<String, Tensor> values = new LinkedHashMap<>();
    values.put(contract.example(), Objects.requireNonNull(inputs, "inputs"));
    values.put(GraphNames.LABELS, Objects.requireNonNull(labels, "labels"));
    return values;
  }
}
