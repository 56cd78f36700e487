package org.ortnce.session;

import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.ortnce.nce.GraphNames;
import org.ortnce.nce.MetadataKeys;
import org.ortnce.tensor.ElementType;

/**
 * What a typed session expects of its model, checked when it opens. Inputs that are neither named
 * here nor weights or biases are the examples, of a model that takes examples; else they are
 * refused: no typed call could give them a value.
 */
final class ModelContract {
  static final Predicate<ElementType> IDS =
      type -> type == ElementType.INT64 || type == ElementType.INT32;

  private final String kind;
  private final ModelSession session;
  private final Set<String> knownInputs = new HashSet<>();
  private final Set<String> examples = new LinkedHashSet<>();
  private boolean takesExamples;

  private ModelContract(String kind, ModelSession session) {
    this.kind = kind;
    this.session = session;
  }

  /**
   * Applies {@code demands} to the session's model, and closes the session if they are not met.
   *
   * @param kind what the model should be, with its article, for messages
   * @return what the session keeps of the contract
   * @throws IllegalArgumentException naming the input or output that is missing, wrong or unknown
   */
  static ModelContract check(String kind, ModelSession session, Consumer<ModelContract> demands) {
    boolean met = false;
    try {
      ModelContract contract = new ModelContract(kind, session);
      demands.accept(contract);
      contract.otherInputs();
      met = true;
      return contract;
    } finally {
      if (!met) {
        session.close();
      }
    }
  }

  ModelSession session() {
    return session;
  }

  /**
   * The name of the input that takes the examples.
   *
   * @throws IllegalArgumentException unless there is exactly one
   */
  String example() {
    if (examples.size() != 1) {
      throw new IllegalArgumentException(
          "the examples of this model are the inputs " + examples + ": pass all values by name");
    }
    return examples.iterator().next();
  }

  /** Demands an input of one of the given ranks. */
  ModelContract input(String name, Predicate<ElementType> type, int... ranks) {
    require(session.inputs(), "input", name);
    return optionalInput(name, type, ranks);
  }

  /** Demands examples: activations, ids of embeddings, or the inputs of any encoder. */
  ModelContract examples() {
    takesExamples = true;
    return this;
  }

  /**
   * The label that marks padding, if the model's metadata name one.
   *
   * @throws IllegalArgumentException if it is no number
   */
  static OptionalLong ignoreIndexOf(ModelSession session) {
    try {
      return ModelMetadata.number(session.metadata(), MetadataKeys.IGNORE_INDEX, "a label");
    } catch (IllegalArgumentException e) {
      session.close();
      throw e;
    }
  }

  /** Allows an input, of one of the given ranks. */
  ModelContract optionalInput(String name, Predicate<ElementType> type, int... ranks) {
    knownInputs.add(name);
    fits(session.inputs().get(name), "input", type, ranks);
    return this;
  }

  /** Demands an output of one of the given ranks. */
  ModelContract output(String name, ElementType type, int... ranks) {
    require(session.outputs(), "output", name);
    return optionalOutput(name, type, ranks);
  }

  /** Allows an output, of one of the given ranks. */
  ModelContract optionalOutput(String name, ElementType type, int... ranks) {
    fits(session.outputs().get(name), "output", type::equals, ranks);
    return this;
  }

  private void require(Map<String, TensorSpec> specs, String side, String name) {
    if (!specs.containsKey(name)) {
      throw refused("it has no " + side + " '" + name + "'");
    }
  }

  private void fits(TensorSpec spec, String side, Predicate<ElementType> type, int... ranks) {
    if (spec != null && !type.test(spec.elementType())) {
      throw refused("its " + side + " '" + spec + "' has the wrong element type");
    }
    if (spec != null && IntStream.of(ranks).noneMatch(rank -> rank == spec.shape().size())) {
      throw refused("its " + side + " '" + spec + "' should have rank " + Arrays.toString(ranks));
    }
  }

  private void otherInputs() {
    for (TensorSpec spec : session.inputs().values()) {
      if (!knownInputs.contains(spec.name()) && !GraphNames.isParameter(spec.name())) {
        if (!takesExamples) {
          throw refused("it has an unknown input '" + spec + "'");
        }
        examples.add(spec.name());
      }
    }
    if (takesExamples && examples.isEmpty()) {
      throw refused("it has no input for examples");
    }
  }

  private IllegalArgumentException refused(String reason) {
    return new IllegalArgumentException("not " + kind + " model: " + reason + "; " + session);
  }
}
