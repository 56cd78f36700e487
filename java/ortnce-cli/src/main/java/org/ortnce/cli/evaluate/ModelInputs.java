package org.ortnce.cli.evaluate;

import ai.onnxruntime.OrtException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.ortnce.nce.GraphNames;
import org.ortnce.session.DimensionSpec;
import org.ortnce.session.ModelSession;
import org.ortnce.session.TensorSpec;
import org.ortnce.tensor.Tensor;

/**
 * The values of a model's inputs, batch by batch: the examples under {@code input_ids}, {@code
 * inputs} or the one name that is left, and further inputs with the same value in every batch, or
 * the rows of the batch if their first dimension is the batch.
 */
public final class ModelInputs {
  private final ModelSession session;
  private final Map<String, Tensor> others;
  private final String examples;
  private final Set<String> perExample;

  /**
   * Checks that the model's inputs can be served.
   *
   * @param size the number of examples there will be
   * @param others values of the model's further inputs, by name
   * @param own the names of inputs that the caller gives values itself, such as {@code labels}
   * @throws IllegalArgumentException if an input has no value, or a value no input
   */
  public ModelInputs(ModelSession session, long size, Map<String, Tensor> others, Set<String> own) {
    this.session = session;
    this.others = Map.copyOf(others);
    this.examples = examples(own);
    checkInputs(own);
    this.perExample = perExample(size);
  }

  private String examples(Set<String> own) {
    if (session.inputs().containsKey(GraphNames.INPUT_IDS)) {
      return GraphNames.INPUT_IDS;
    }
    Set<String> left = new TreeSet<>(session.inputs().keySet());
    left.removeAll(own);
    left.removeAll(others.keySet());
    return left.size() == 1 ? left.iterator().next() : GraphNames.INPUTS;
  }

  private void checkInputs(Set<String> own) {
    Set<String> served = new TreeSet<>(own);
    served.add(examples);
    served.addAll(others.keySet());
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

  /** The values for the examples from {@code first} on, by name; the caller may add its own. */
  public Map<String, Tensor> values(long first, Tensor inputs) {
    int count = (int) inputs.dim(0);
    Map<String, Tensor> values = new HashMap<>();
    others.forEach(
        (name, value) ->
            values.put(
                name,
                perExample.contains(name) ? TensorExamples.rows(value, first, count) : value));
    values.put(examples, inputs);
    return values;
  }

  /**
   * What an op refused, said of the file: it counts examples from the start of its batch, the user
   * knows the file.
   */
  public static OrtException placed(OrtException e, long first, long count) {
    if (first == 0) {
      return e;
    }
    OrtException placed =
        new OrtException(
            e.getCode(),
            "examples "
                + first
                + " to "
                + (first + count - 1)
                + ", whose first has index 0 here: "
                + e.getMessage());
    placed.initCause(e);
    return placed;
  }
}
