package org.ortnce.cli.evaluate;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.ortnce.cli.terminal.Progress;
import org.ortnce.session.InferenceSession;
import org.ortnce.session.TopK;
import org.ortnce.tensor.Tensor;

/** Runs an inference model over examples in batches. */
public final class ModelTopK {
  private final InferenceSession session;
  private final ModelInputs values;
  private final Rows inputs;
  private final Integer wanted;

  /**
   * Checks that the model can be run.
   *
   * @param others values of the model's further inputs, by name
   * @param wanted how many classes to keep of those that the model returns; null for all
   * @throws IllegalArgumentException if an input has no value, or a value no input
   */
  public ModelTopK(InferenceSession session, Rows inputs, Map<String, Rows> others, Integer wanted)
      throws IOException {
    this.session = session;
    this.values = new ModelInputs(session.model(), inputs.size(), others, Set.of());
    this.inputs = inputs;
    this.wanted = wanted;
  }

  /** The best classes of examples, best first. */
  public static final class Found {
    private final int examples;
    private final int k;
    private final long[] classes;
    private final float[] probabilities;
    private final float[] logits;

    private Found(int examples, int k, boolean hasLogits) {
      this.examples = examples;
      this.k = k;
      this.classes = new long[examples * k];
      this.probabilities = new float[examples * k];
      this.logits = new float[hasLogits ? examples * k : 0];
    }

    /** The number of examples. */
    public int examples() {
      return examples;
    }

    /** The number of classes of each. */
    public int k() {
      return k;
    }

    /** The class of rank {@code j}, from 0, of an example. */
    public long classOf(int example, int j) {
      return classes[example * k + j];
    }

    /** Its probability. */
    public float probability(int example, int j) {
      return probabilities[example * k + j];
    }

    /** Its logit, if there are any. */
    public float logit(int example, int j) {
      return logits[example * k + j];
    }

    /** Whether there are logits. */
    public boolean hasLogits() {
      return logits.length == classes.length;
    }

    /** The arrays [examples, k] by name. */
    public Map<String, Tensor> tensors() {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      tensors.put("classes", Tensor.of(classes, examples, k));
      tensors.put("probabilities", Tensor.of(probabilities, examples, k));
      if (hasLogits()) {
        tensors.put("logits", Tensor.of(logits, examples, k));
      }
      return tensors;
    }
  }

  /**
   * The best classes of the first {@code count} examples.
   *
   * @throws IllegalArgumentException if the model returns fewer classes than wanted, or all would
   *     be more than an array holds
   * @throws OrtException if the model cannot be run
   */
  public Found run(long count, int batchSize, Progress progress) throws IOException, OrtException {
    Found found = null;
    for (long from = 0; from < count; from += batchSize) {
      int rows = (int) Math.min(batchSize, count - from);
      TopK best = topK(from, rows);
      if (found == null) {
        found = empty(count, best);
      }
      copy(best, found, (int) from, rows);
      progress.at(from + rows, count);
    }
    return found == null ? new Found(0, 0, true) : found;
  }

  private TopK topK(long from, int rows) throws IOException, OrtException {
    Map<String, Tensor> batch = values.values(from, inputs.rows(from, rows), Map.of());
    try {
      return session.topK(batch);
    } catch (OrtException e) {
      throw ModelInputs.placed(e, from, rows);
    }
  }

  private Found empty(long count, TopK best) {
    long returned = best.classes().dim(1);
    if (wanted != null && wanted > returned) {
      throw new IllegalArgumentException(
          "the model returns " + returned + " classes, not " + wanted + ": export it with --k");
    }
    int k = wanted == null ? (int) returned : wanted;
    long all = count * k;
    if (all > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          count + " examples with " + k + " classes each are too many at once: give --limit");
    }
    return new Found((int) count, k, best.logits().isPresent());
  }

  private static void copy(TopK best, Found found, int from, int rows) {
    int returned = (int) best.classes().dim(1);
    for (int i = 0; i < rows; i++) {
      int at = (from + i) * found.k();
      best.classes().longs().get(i * returned, found.classes, at, found.k());
      FloatBuffer probabilities = best.probabilities().floats();
      probabilities.get(i * returned, found.probabilities, at, found.k());
      if (found.hasLogits()) {
        best.logits().orElseThrow().floats().get(i * returned, found.logits, at, found.k());
      }
    }
  }
}
