package org.ortnce.cli.evaluate;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.ortnce.cli.terminal.Progress;
import org.ortnce.evaluation.EvaluationMetrics;
import org.ortnce.evaluation.EvaluationResult;
import org.ortnce.nce.GraphNames;
import org.ortnce.session.EvaluationSession;
import org.ortnce.tensor.Tensor;

/** Runs an evaluation model over examples in batches. */
public final class ModelEvaluation {
  private final EvaluationSession session;
  private final ModelInputs inputs;
  private final Examples examples;
  private final ClassBands bands;
  private final int[] ks;

  /**
   * Checks that the model can be run.
   *
   * @param others values of the model's further inputs, by name
   * @param ks where to measure the recall, if the model returns ranks
   * @throws IllegalArgumentException if an input has no value, or a value no input
   */
  public ModelEvaluation(
      EvaluationSession session,
      Examples examples,
      Map<String, Rows> others,
      ClassBands bands,
      int... ks)
      throws IOException {
    this.session = session;
    this.inputs =
        new ModelInputs(session.model(), examples.size(), others, Set.of(GraphNames.LABELS));
    this.examples = examples;
    this.bands = bands;
    this.ks = ks.clone();
  }

  /**
   * Evaluates the first {@code count} examples.
   *
   * @param keepLosses whether to keep the loss of every example
   * @throws IllegalArgumentException if the model reduces its losses, or no example counts
   * @throws OrtException if an op refuses the examples
   */
  public EvaluationSummary run(long count, int batchSize, boolean keepLosses, Progress progress)
      throws IOException, OrtException {
    EvaluationMetrics all = EvaluationMetrics.withRecallAt(ks);
    TreeMap<Integer, EvaluationMetrics> byBand = new TreeMap<>();
    FloatBuffer losses = FloatBuffer.allocate(keepLosses ? Math.toIntExact(count) : 0);
    long nanos = 0;
    for (long from = 0; from < count; from += batchSize) {
      Examples.Batch batch = examples.batch(from, (int) Math.min(batchSize, count - from));
      long start = System.nanoTime();
      EvaluationResult result = evaluate(batch);
      nanos += System.nanoTime() - start;
      all.add(result);
      addByBand(result, byBand);
      if (keepLosses) {
        keep(result, losses);
      }
      progress.at(from + result.examples(), count);
    }
    if (all.examples() == 0) {
      throw new IllegalArgumentException("no example has a label that counts");
    }
    List<EvaluationSummary.Band> named = new ArrayList<>();
    byBand.forEach(
        (band, metrics) ->
            named.add(new EvaluationSummary.Band(bands.first(band), bands.last(band), metrics)));
    return new EvaluationSummary(
        all,
        List.copyOf(named),
        losses.flip().asReadOnlyBuffer(),
        has(GraphNames.SOFTMAX_LOSS),
        has(GraphNames.TRUE_RANKS),
        Duration.ofNanos(nanos));
  }

  private boolean has(String output) {
    return session.model().outputs().containsKey(output);
  }

  private EvaluationResult evaluate(Examples.Batch batch) throws IOException, OrtException {
    Map<String, Tensor> labels = Map.of(GraphNames.LABELS, batch.labels());
    Map<String, Tensor> values = inputs.values(batch.first(), batch.inputs(), labels);
    try {
      return session.evaluate(values);
    } catch (OrtException e) {
      throw ModelInputs.placed(e, batch.first(), batch.inputs().dim(0));
    }
  }

  /** An example with several labels is in the band of the first that counts. */
  private void addByBand(EvaluationResult result, Map<Integer, EvaluationMetrics> byBand) {
    int[] band = new int[result.examples()];
    Arrays.fill(band, -1);
    for (int i = 0; i < band.length; i++) {
      for (int j = 0; j < result.numTrue() && band[i] < 0; j++) {
        band[i] = result.isCounted(i, j) ? bands.band(result.label(i, j)) : -1;
      }
    }
    Arrays.stream(band)
        .distinct()
        .filter(found -> found >= 0)
        .forEach(
            found ->
                byBand
                    .computeIfAbsent(found, key -> EvaluationMetrics.withRecallAt(ks))
                    .add(result, i -> band[i] == found));
  }

  private static void keep(EvaluationResult result, FloatBuffer losses) {
    for (int i = 0; i < result.examples(); i++) {
      if (result.countedLabels(i) > 0) {
        losses.put(result.loss().floats().get(i));
      }
    }
  }
}
