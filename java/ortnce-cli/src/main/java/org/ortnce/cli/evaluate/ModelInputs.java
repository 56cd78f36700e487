package org.ortnce.cli.evaluate;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.ortnce.nce.GraphNames;
import org.ortnce.session.DimensionSpec;
import org.ortnce.session.ModelSession;
import org.ortnce.session.TensorSpec;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * The values of a model's inputs, batch by batch: the examples under {@code input_ids}, {@code
 * inputs} or the one name that is left, and further inputs with the same value in every batch, or
 * the rows of the batch if their first dimension is the batch. Ids are int64 or int32 as the model
 * wants them.
 */
public final class ModelInputs {
  private final ModelSession session;
  private final Map<String, Rows> perExample = new TreeMap<>();
  private final Map<String, Tensor> constants = new TreeMap<>();
  private final String examples;

  /**
   * Checks that the model's inputs can be served.
   *
   * @param size the number of examples there will be
   * @param others values of the model's further inputs, by name
   * @param own the names of inputs that the caller gives values itself, such as {@code labels}
   * @throws IllegalArgumentException if an input has no value, or a value no input
   */
  public ModelInputs(ModelSession session, long size, Map<String, Rows> others, Set<String> own)
      throws IOException {
    this.session = session;
    this.examples = examples(others.keySet(), own);
    checkInputs(others.keySet(), own);
    for (Map.Entry<String, Rows> other : others.entrySet()) {
      divide(other.getKey(), other.getValue(), size);
    }
  }

  private String examples(Set<String> others, Set<String> own) {
    if (session.inputs().containsKey(GraphNames.INPUT_IDS)) {
      return GraphNames.INPUT_IDS;
    }
    Set<String> left = new TreeSet<>(session.inputs().keySet());
    left.removeAll(own);
    left.removeAll(others);
    return left.size() == 1 ? left.iterator().next() : GraphNames.INPUTS;
  }

  private void checkInputs(Set<String> others, Set<String> own) {
    Set<String> served = new TreeSet<>(own);
    served.add(examples);
    served.addAll(others);
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

  /** Says whether a further input has a row for each example, or is the same for all. */
  private void divide(String name, Rows value, long size) throws IOException {
    List<DimensionSpec> inputs = session.inputs().get(examples).shape();
    String batch = inputs.isEmpty() ? "" : inputs.get(0).symbol();
    List<DimensionSpec> shape = session.inputs().get(name).shape();
    if (shape.isEmpty() || batch.isEmpty() || !shape.get(0).symbol().equals(batch)) {
      ElementType wanted = session.inputs().get(name).elementType();
      constants.put(name, Ids.as(wanted, name, value.all()));
      return;
    }
    if (value.shape().length != shape.size() || value.size() != size) {
      throw new IllegalArgumentException(
          "input "
              + name
              + " is "
              + value.elementType().onnxName()
              + Arrays.toString(value.shape())
              + ", expected rank "
              + shape.size()
              + " and "
              + size
              + " rows, as there are examples");
    }
    perExample.put(name, value);
  }

  /**
   * The values of all inputs for a batch, by name.
   *
   * @param inputs the examples from {@code first} on
   * @param own the values that the caller gives itself
   * @throws IllegalArgumentException if an id does not fit into the model's type
   */
  public Map<String, Tensor> values(long first, Tensor inputs, Map<String, Tensor> own)
      throws IOException {
    Map<String, Tensor> values = new HashMap<>(own);
    for (Map.Entry<String, Rows> rows : perExample.entrySet()) {
      values.put(rows.getKey(), rows.getValue().rows(first, (int) inputs.dim(0)));
    }
    values.put(examples, inputs);
    values.replaceAll(
        (name, value) -> Ids.as(session.inputs().get(name).elementType(), name, value));
    values.putAll(constants);
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
