package org.ortnce.cli.evaluate;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.ortnce.session.ModelSession;
import org.ortnce.session.TensorSpec;
import org.ortnce.tensor.Tensor;

/**
 * The loss of any model that speaks our names: inputs {@code inputs} and {@code labels}, perhaps
 * {@code step}, and output {@code loss}. Further inputs get the same value in every batch.
 */
public final class ModelLoss implements LossEvaluation.BatchLoss {
  private static final String STEP = "step";
  private static final Set<String> BATCHED = Set.of("inputs", "labels");

  private final ModelSession session;
  private final Map<String, Tensor> constants;
  private final boolean takesStep;
  private final long firstStep;

  /**
   * Checks that the model's inputs can be served.
   *
   * @param constants values of the model's further inputs, by name
   * @param firstStep the {@code step} of the first batch; later batches count up from it
   * @throws IllegalArgumentException if the model has no loss, an input without a value, or no
   *     input for a value
   */
  public ModelLoss(ModelSession session, Map<String, Tensor> constants, OptionalLong firstStep) {
    this.session = session;
    this.constants = Map.copyOf(constants);
    this.takesStep = session.inputs().containsKey(STEP) && !constants.containsKey(STEP);
    this.firstStep = firstStep.orElse(0);
    if (!session.outputs().containsKey("loss")) {
      throw new IllegalArgumentException(
          "the model has no output loss; its outputs are " + session.outputs().values());
    }
    if (firstStep.isPresent() && !takesStep) {
      throw new IllegalArgumentException("a first step is given, the model has no input step");
    }
    checkInputs();
  }

  private void checkInputs() {
    Set<String> served = new TreeSet<>(BATCHED);
    served.addAll(constants.keySet());
    if (takesStep) {
      served.add(STEP);
    }
    Set<String> wanted = session.inputs().keySet();
    for (String name : served) {
      if (!wanted.contains(name)) {
        throw new IllegalArgumentException(
            "the model has no input " + name + "; its inputs are " + session.inputs().values());
      }
    }
    for (Map.Entry<String, TensorSpec> input : session.inputs().entrySet()) {
      if (!served.contains(input.getKey())) {
        throw new IllegalArgumentException(
            "the model's input " + input.getValue() + " has no value");
      }
    }
  }

  /** Whether the model gives one loss for each example. */
  public boolean isPerExample() {
    return session.outputs().get("loss").shape().size() == 1;
  }

  @Override
  public Tensor of(Examples.Batch batch, long index) throws Exception {
    Map<String, Tensor> values = new HashMap<>(constants);
    values.put("inputs", batch.inputs());
    values.put("labels", batch.labels());
    if (takesStep) {
      values.put(STEP, Tensor.scalar(Math.addExact(firstStep, index)));
    }
    return session.run(values, Set.of("loss")).get("loss");
  }
}
