package org.ortnce.cli.evaluate;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.ortnce.nce.GraphNames;
import org.ortnce.session.ModelSession;
import org.ortnce.tensor.Tensor;

/**
 * The loss of any model that speaks our names: examples, {@code labels}, perhaps {@code step}, and
 * output {@code loss}. See {@link ModelInputs} for further inputs.
 */
public final class ModelLoss implements LossEvaluation.BatchLoss {
  private static final String STEP = GraphNames.STEP;

  private final ModelSession session;
  private final ModelInputs inputs;
  private final boolean takesStep;
  private final long firstStep;

  /**
   * Checks that the model's inputs can be served.
   *
   * @param size the number of examples there will be
   * @param others values of the model's further inputs, by name
   * @param firstStep the {@code step} of the first batch; later batches count up from it
   * @throws IllegalArgumentException if the model has no loss, an input without a value, or no
   *     input for a value
   */
  public ModelLoss(
      ModelSession session, long size, Map<String, Rows> others, OptionalLong firstStep)
      throws IOException {
    this.session = session;
    this.takesStep = session.inputs().containsKey(STEP) && !others.containsKey(STEP);
    this.firstStep = firstStep.orElse(0);
    if (!session.outputs().containsKey(GraphNames.LOSS)) {
      throw new IllegalArgumentException(
          "the model has no output loss; its outputs are " + session.outputs().values());
    }
    if (firstStep.isPresent() && !takesStep) {
      throw new IllegalArgumentException("a first step is given, the model has no input step");
    }
    Set<String> own = new TreeSet<>(Set.of(GraphNames.LABELS));
    if (takesStep) {
      own.add(STEP);
    }
    this.inputs = new ModelInputs(session, size, others, own);
  }

  /** Whether the model gives one loss for each example. */
  public boolean isPerExample() {
    return session.outputs().get(GraphNames.LOSS).shape().size() == 1;
  }

  @Override
  public Tensor of(Examples.Batch batch, long index) throws Exception {
    Map<String, Tensor> own = new HashMap<>();
    own.put(GraphNames.LABELS, batch.labels());
    if (takesStep) {
      own.put(STEP, Tensor.scalar(Math.addExact(firstStep, index)));
    }
    Map<String, Tensor> values = inputs.values(batch.first(), batch.inputs(), own);
    try {
      return session.run(values, Set.of(GraphNames.LOSS)).get(GraphNames.LOSS);
    } catch (OrtException e) {
      throw ModelInputs.placed(e, batch.first(), batch.inputs().dim(0));
    }
  }
}
