package org.ortnce.session;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.ortnce.evaluation.EvaluationMetrics;
import org.ortnce.evaluation.EvaluationResult;
import org.ortnce.nce.GraphNames;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * Runs an evaluation model: the sigmoid cross entropy over all classes, as the page of {@code
 * tf.nn.nce_loss} evaluates with, for batches of examples (activations, ids of embeddings, or what
 * an encoder takes) and labels, int64 [batch, num_true]; softmax cross entropy and ranks if the
 * model returns them. Safe for concurrent use.
 */
public final class EvaluationSession implements AutoCloseable {
  private static final List<String> RESULTS =
      List.of(GraphNames.LOSS, GraphNames.SOFTMAX_LOSS, GraphNames.TRUE_RANKS);

  private final ModelContract contract;
  private final ModelSession session;
  private final Set<String> present;
  private final OptionalLong ignoreIndex;

  private EvaluationSession(ModelSession opened) {
    contract =
        ModelContract.check(
            "an evaluation",
            opened,
            model ->
                model
                    .examples()
                    .input(GraphNames.LABELS, ModelContract.IDS, 2)
                    .output(GraphNames.LOSS, ElementType.FLOAT, 0, 1)
                    .optionalOutput(GraphNames.SOFTMAX_LOSS, ElementType.FLOAT, 0, 1)
                    .optionalOutput(GraphNames.TRUE_RANKS, ElementType.INT64, 2));
    session = contract.session();
    present = new LinkedHashSet<>(RESULTS);
    present.retainAll(session.outputs().keySet());
    ignoreIndex = ModelContract.ignoreIndexOf(session);
  }

  /** Opens a model file with {@link SessionConfig#defaults()}. */
  public static EvaluationSession open(Path model) throws IOException, OrtException {
    return open(model, SessionConfig.defaults());
  }

  /**
   * Opens a model file.
   *
   * @throws IllegalArgumentException if it is not an evaluation model
   * @see ModelSession#open(Path, SessionConfig)
   */
  public static EvaluationSession open(Path model, SessionConfig config)
      throws IOException, OrtException {
    return new EvaluationSession(ModelSession.open(model, config));
  }

  /**
   * Opens a serialized model.
   *
   * @throws IllegalArgumentException if it is not an evaluation model
   * @see ModelSession#open(byte[], SessionConfig)
   */
  public static EvaluationSession open(byte[] model, SessionConfig config) throws OrtException {
    return new EvaluationSession(ModelSession.open(model, config));
  }

  /** The loss of a batch. */
  public LossResult loss(Tensor inputs, Tensor labels) throws OrtException {
    return loss(batch(inputs, labels));
  }

  /**
   * The loss for values by their names in the graph; for models whose weights and biases are graph
   * inputs, or whose examples are several.
   *
   * @throws IllegalArgumentException if a value is missing, unknown or does not fit
   * @throws IllegalStateException if the session is closed
   * @throws OrtException if an op refuses the values, for instance a label out of range
   */
  public LossResult loss(Map<String, Tensor> values) throws OrtException {
    Map<String, Tensor> results = session.run(values, Set.of(GraphNames.LOSS));
    return new LossResult(results.get(GraphNames.LOSS), Optional.empty());
  }

  /** All that the model returns of a batch, for {@link EvaluationMetrics}. */
  public EvaluationResult evaluate(Tensor inputs, Tensor labels) throws OrtException {
    return evaluate(batch(inputs, labels));
  }

  /**
   * The same for values by their names in the graph.
   *
   * @throws IllegalArgumentException if a value is missing, unknown or does not fit
   * @throws IllegalStateException if the session is closed
   * @throws OrtException if an op refuses the values, for instance a label out of range
   */
  public EvaluationResult evaluate(Map<String, Tensor> values) throws OrtException {
    Map<String, Tensor> results = session.run(values, present);
    return new EvaluationResult(
        results.get(GraphNames.LOSS),
        Optional.ofNullable(results.get(GraphNames.SOFTMAX_LOSS)),
        Optional.ofNullable(results.get(GraphNames.TRUE_RANKS)),
        values.get(GraphNames.LABELS),
        ignoreIndex);
  }

  /** The label that marks padding, as the model's metadata say. */
  public OptionalLong ignoreIndex() {
    return ignoreIndex;
  }

  private Map<String, Tensor> batch(Tensor inputs, Tensor labels) {
    return Map.of(
        contract.example(),
        Objects.requireNonNull(inputs, "inputs"),
        GraphNames.LABELS,
        Objects.requireNonNull(labels, "labels"));
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
}
