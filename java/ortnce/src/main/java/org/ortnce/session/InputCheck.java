package org.ortnce.session;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.ortnce.tensor.Tensor;

/**
 * Checks the values of a run against what the model says of its inputs, before any native call:
 * names, element types, ranks, fixed dimensions, and symbols that must have one size throughout.
 */
final class InputCheck {
  private final Map<String, TensorSpec> specs;

  InputCheck(Map<String, TensorSpec> specs) {
    this.specs = specs;
  }

  /**
   * Checks that {@code given} has a value for every input, which fits.
   *
   * @throws IllegalArgumentException naming the input, what was found and what is expected
   */
  void check(Map<String, Tensor> given) {
    checkNames(given.keySet(), specs, "input");
    Map<String, Binding> bindings = new HashMap<>();
    for (TensorSpec spec : specs.values()) {
      if (!given.containsKey(spec.name())) {
        throw new IllegalArgumentException(
            "missing input '" + spec.name() + "'; the model's inputs: " + list(specs.values()));
      }
      Tensor tensor = given.get(spec.name());
      if (tensor == null) {
        throw new IllegalArgumentException("the value of input '" + spec.name() + "' is null");
      }
      checkTensor(spec, tensor, bindings);
    }
  }

  /**
   * Checks values of some of the inputs.
   *
   * @throws IllegalArgumentException naming the input, what was found and what is expected
   */
  void checkSome(Map<String, Tensor> some) {
    Map<String, Binding> bindings = new HashMap<>();
    some.forEach((name, tensor) -> checkTensor(specs.get(name), tensor, bindings));
  }

  /**
   * Checks that every name is one of the model's.
   *
   * @param kind {@code input} or {@code output}, for messages
   */
  static void checkNames(Set<String> names, Map<String, TensorSpec> specs, String kind) {
    for (String name : names) {
      if (!specs.containsKey(name)) {
        throw new IllegalArgumentException(
            "unknown "
                + kind
                + " '"
                + name
                + "'; the model's "
                + kind
                + "s: "
                + list(specs.values()));
      }
    }
  }

  private static void checkTensor(TensorSpec spec, Tensor tensor, Map<String, Binding> bindings) {
    if (tensor.elementType() != spec.elementType()) {
      throw mismatch(spec, tensor, "element type " + tensor.elementType().onnxName());
    }
    long[] shape = tensor.shape();
    if (shape.length != spec.shape().size()) {
      throw mismatch(spec, tensor, "rank " + shape.length);
    }
    for (int axis = 0; axis < shape.length; axis++) {
      DimensionSpec dim = spec.shape().get(axis);
      if (dim.isFixed() && dim.size() != shape[axis]) {
        throw mismatch(spec, tensor, "size " + shape[axis] + " of dimension " + axis);
      }
      if (!dim.isFixed() && !dim.symbol().isEmpty()) {
        Binding here = new Binding(shape[axis], spec.name(), axis);
        Binding earlier = bindings.putIfAbsent(dim.symbol(), here);
        if (earlier != null && earlier.size() != here.size()) {
          throw new IllegalArgumentException(
              "inputs disagree on '" + dim.symbol() + "': " + earlier + ", " + here);
        }
      }
    }
  }

  private static IllegalArgumentException mismatch(TensorSpec spec, Tensor tensor, String what) {
    return new IllegalArgumentException(
        "input '"
            + spec.name()
            + "' is "
            + tensor.elementType().onnxName()
            + Arrays.toString(tensor.shape())
            + ": "
            + what
            + " does not fit; expected "
            + spec);
  }

  private static String list(Collection<TensorSpec> specs) {
    return specs.isEmpty()
        ? "none"
        : specs.stream().map(TensorSpec::toString).collect(Collectors.joining(", "));
  }

  /** Where a symbol got its size. */
  private record Binding(long size, String input, int axis) {
    @Override
    public String toString() {
      return "dimension " + axis + " of '" + input + "' is " + size;
    }
  }
}
