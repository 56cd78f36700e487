package org.ortnce.session;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.ortnce.tensor.ElementType;

/**
 * What a typed session expects of its model, checked when it opens. Inputs that are neither named
 * here nor weights or biases are refused: no typed call could give them a value.
 */
final class ModelContract {
  static final Predicate<ElementType> FLOATING = ElementType::isFloatingPoint;
  static final Predicate<ElementType> IDS =
      type -> type == ElementType.INT64 || type == ElementType.INT32;

  private final String kind;
  private final ModelSession session;
  private final Set<String> knownInputs = new HashSet<>();

  private ModelContract(String kind, ModelSession session) {
    this.kind = kind;
    this.session = session;
  }

  /**
   * Applies {@code demands} to the session's model, and closes the session if they are not met.
   *
   * @param kind what the model should be, for messages
   * @throws IllegalArgumentException naming the input or output that is missing, wrong or unknown
   */
  static ModelSession check(String kind, ModelSession session, Consumer<ModelContract> demands) {
    boolean met = false;
    try {
      ModelContract contract = new ModelContract(kind, session);
      demands.accept(contract);
      contract.refuseOtherInputs();
      met = true;
      return session;
    } finally {
      if (!met) {
        session.close();
      }
    }
  }

  ModelContract input(String name, Predicate<ElementType> type, int rank) {
    require(session.inputs(), "input", name);
    return optionalInput(name, type, rank);
  }

  ModelContract optionalInput(String name, Predicate<ElementType> type, int rank) {
    knownInputs.add(name);
    fits(session.inputs().get(name), "input", type, rank);
    return this;
  }

  ModelContract output(String name, ElementType type, int rank) {
    require(session.outputs(), "output", name);
    fits(session.outputs().get(name), "output", type::equals, rank);
    return this;
  }

  private void require(Map<String, TensorSpec> specs, String side, String name) {
    if (!specs.containsKey(name)) {
      throw refused("it has no " + side + " '" + name + "'");
    }
  }

  /** A spec without dimensions has rank 0 or an unknown one, so it fits every rank. */
  private void fits(TensorSpec spec, String side, Predicate<ElementType> type, int rank) {
    if (spec != null && !type.test(spec.elementType())) {
      throw refused("its " + side + " '" + spec + "' has the wrong element type");
    }
    if (spec != null && !spec.shape().isEmpty() && spec.shape().size() != rank) {
      throw refused("its " + side + " '" + spec + "' should have rank " + rank);
    }
  }

  private void refuseOtherInputs() {
    for (TensorSpec spec : session.inputs().values()) {
      if (!knownInputs.contains(spec.name()) && !GraphNames.isParameter(spec.name())) {
        throw refused("it has an unknown input '" + spec + "'");
      }
    }
  }

  private IllegalArgumentException refused(String reason) {
    return new IllegalArgumentException("not a " + kind + " model: " + reason + "; " + session);
  }
}
