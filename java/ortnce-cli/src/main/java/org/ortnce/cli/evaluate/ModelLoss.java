package org.ortnce.cli.evaluate;

import ai.onnxruntime.OrtException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.ortnce.nce.GraphNames;
import org.ortnce.session.DimensionSpec;
import org.ortnce.session.ModelSession;
import org.ortnce.session.TensorSpec;
import org.ortnce.tensor.Tensor;

/**
 * The loss of any model that speaks our names: inputs {@code inputs} or {@code input_ids}, and
 * {@code labels}, perhaps {@code step}, and output {@code loss}. A further input gets the same
 * value in every batch, or the rows of the batch if its first dimension is the batch.
 */
public final class ModelLoss implements LossEvaluation.BatchLoss {
  private static final String STEP = GraphNames.STEP;

  private final ModelSession session;
  private final Map<String, Tensor> others;
  private final String examples;
  private final Set<String> perExample;
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
      ModelSession session, long size, Map<String, Tensor> others, OptionalLong firstStep) {
    this.session = session;
    this.others = Map.copyOf(others);
    this.takesStep = session.inputs().containsKey(STEP) && !others.containsKey(STEP);
    this.firstStep = firstStep.orElse(0);
    this.examples =
        session.inputs().containsKey(GraphNames.INPUT_IDS)
            ? GraphNames.INPUT_IDS
            : GraphNames.INPUTS;
    if (!session.outputs().containsKey("loss")) {
      throw new IllegalArgumentException(
          "the model has no output loss; its outputs are " + session.outputs().values());
    }
    if (firstStep.isPresent() && !takesStep) {
      throw new IllegalArgumentException("a first step is given, the model has no input step");
    }
    checkInputs();
    this.perExample = perExample(size);
  }

  /** The names of further inputs that have a row for each example. */
  private Set<String> perExample(long size) {
    List<DimensionSpec> inputs = session.inputs().get(examples).shape();
    String batch = inputs.isEmpty() ? "" : inputs.get(0).symbol();
    Set<String> names = new TreeSet<>();
    others.forEach(
        (name, value) -> {
          List<DimensionSpec> shape = session.inputs().get(name).shape();
          if (!shape.isEmpty() && !batch.isEmpty() && shape.get(0).symbol().equals(batch)) {
            if (value.rank() != shape.size() || value.dim(0) != size) {
              throw new IllegalArgumentException(
                  "input "
                      + name
                      + " is "
                      + value
                      + ", expected rank "
                      + shape.size()
                      + " and "
                      + size
                      + " rows, as there are examples");
            }
            names.add(name);
          }
        });
    return names;
  }

  private void checkInputs() {
    Set<String> served = new TreeSet<>(Set.of(examples, GraphNames.LABELS));
    served.addAll(others.keySet());
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
    int count = (int) batch.inputs().dim(0);
    Map<String, Tensor> values = new HashMap<>();
    others.forEach(
        (name, value) ->
            values.put(
                name,
                perExample.contains(name)
                    ? TensorExamples.rows(value, batch.first(), count)
                    : value));
    values.put(examples, batch.inputs());
    values.put(GraphNames.LABELS, batch.labels());
    if (takesStep) {
      values.put(STEP, Tensor.scalar(Math.addExact(firstStep, index)));
    }
    try {
      return session.run(values, Set.of("loss")).get("loss");
    } catch (OrtException e) {
      if (batch.first() == 0) {
        throw e;
      }
      // The op counts examples from the start of its batch; the user knows the file.
      long last = batch.first() + count - 1;
      OrtException placed =
          new OrtException(
              e.getCode(),
              "examples "
                  + batch.first()
                  + " to "
                  + last
                  + ", whose first has index 0 here: "
                  + e.getMessage());
      placed.initCause(e);
      throw placed;
    }
  }
}
