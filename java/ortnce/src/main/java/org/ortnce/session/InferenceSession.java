package org.ortnce.session;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.ortnce.nce.GraphNames;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * Runs an inference model: the most probable classes for batches of examples (activations, ids of
 * embeddings, or what an encoder takes); the scores of all classes too if the model was made to
 * return them. Every call computes only what it returns. Safe for concurrent use.
 */
public final class InferenceSession implements AutoCloseable {
  private static final List<String> TOP_K =
      List.of(GraphNames.TOP_K_CLASSES, GraphNames.TOP_K_PROBABILITIES, GraphNames.TOP_K_LOGITS);

  private final ModelContract contract;
  private final ModelSession session;
  private final Set<String> topK;

  private InferenceSession(ModelSession opened) {
    contract =
        ModelContract.check(
            "an inference",
            opened,
            model ->
                model
                    .examples()
                    .output(GraphNames.TOP_K_CLASSES, ElementType.INT64, 2)
                    .output(GraphNames.TOP_K_PROBABILITIES, ElementType.FLOAT, 2)
                    .optionalOutput(GraphNames.TOP_K_LOGITS, ElementType.FLOAT, 2)
                    .optionalOutput(GraphNames.LOGITS, ElementType.FLOAT, 2)
                    .optionalOutput(GraphNames.PROBABILITIES, ElementType.FLOAT, 2));
    session = contract.session();
    topK = new LinkedHashSet<>(TOP_K);
    topK.retainAll(session.outputs().keySet());
  }

  /** Opens a model file with {@link SessionConfig#defaults()}. */
  public static InferenceSession open(Path model) throws IOException, OrtException {
    return open(model, SessionConfig.defaults());
  }

  /**
   * Opens a model file.
   *
   * @throws IllegalArgumentException if it is not an inference model
   * @see ModelSession#open(Path, SessionConfig)
   */
  public static InferenceSession open(Path model, SessionConfig config)
      throws IOException, OrtException {
    return new InferenceSession(ModelSession.open(model, config));
  }

  /**
   * Opens a serialized model.
   *
   * @throws IllegalArgumentException if it is not an inference model
   * @see ModelSession#open(byte[], SessionConfig)
   */
  public static InferenceSession open(byte[] model, SessionConfig config) throws OrtException {
    return new InferenceSession(ModelSession.open(model, config));
  }

  /** The most probable classes of each example. */
  public TopK topK(Tensor inputs) throws OrtException {
    return topK(batch(inputs));
  }

  /** {@link #topK(Tensor)} for models with several inputs. */
  public TopK topK(Map<String, Tensor> values) throws OrtException {
    Map<String, Tensor> results = session.run(values, topK);
    return new TopK(
        results.get(GraphNames.TOP_K_CLASSES),
        results.get(GraphNames.TOP_K_PROBABILITIES),
        Optional.ofNullable(results.get(GraphNames.TOP_K_LOGITS)));
  }

  /**
   * The sigmoid probability of every class, float [batch, num_classes].
   *
   * @throws IllegalStateException if the model returns the top k classes alone
   */
  public Tensor probabilities(Tensor inputs) throws OrtException {
    return run(batch(inputs), GraphNames.PROBABILITIES);
  }

  /** {@link #probabilities(Tensor)} for models with several inputs. */
  public Tensor probabilities(Map<String, Tensor> values) throws OrtException {
    return run(values, GraphNames.PROBABILITIES);
  }

  /**
   * The logit of every class, float [batch, num_classes].
   *
   * @throws IllegalStateException if the model returns the top k classes alone
   */
  public Tensor logits(Tensor inputs) throws OrtException {
    return run(batch(inputs), GraphNames.LOGITS);
  }

  /** {@link #logits(Tensor)} for models with several inputs. */
  public Tensor logits(Map<String, Tensor> values) throws OrtException {
    return run(values, GraphNames.LOGITS);
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

  private Tensor run(Map<String, Tensor> values, String output) throws OrtException {
    if (!session.outputs().containsKey(output)) {
      throw new IllegalStateException(
          "the model has no output '"
              + output
              + "', only "
              + session.outputs().keySet()
              + ": make it with InferenceOptions whose allScores is true");
    }
    return session.run(values, Set.of(output)).get(output);
  }

  private Map<String, Tensor> batch(Tensor inputs) {
    return Map.of(contract.example(), Objects.requireNonNull(inputs, "inputs"));
  }
}
