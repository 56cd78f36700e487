package org.ortnce.session;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ortnce.onnx.TensorType;
import org.ortnce.tensor.Tensor;

/** Where the shared tensors of a configuration go in one model. */
final class SharedTensors {
  private final Map<String, Tensor> initializers = new LinkedHashMap<>();
  private final Map<String, Tensor> others = new LinkedHashMap<>();

  private SharedTensors() {}

  /**
   * Sorts and checks them.
   *
   * @throws IllegalArgumentException naming the initializer that is missing or differs
   */
  static SharedTensors of(ModelSource model, SessionConfig config) {
    SharedTensors shared = new SharedTensors();
    shared.initializers.putAll(config.sharedInitializers());
    Map<String, Tensor> weights =
        config.sharedWeights().map(SharedWeights::tensors).orElse(Map.of());
    if (shared.initializers.isEmpty() && weights.isEmpty()) {
      return shared;
    }
    Optional<Map<String, TensorType>> found = model.initializers();
    weights.forEach(
        (name, tensor) -> {
          boolean stored = found.isPresent() && found.get().containsKey(name);
          (stored ? shared.initializers : shared.others).put(name, tensor);
        });
    found.ifPresent(types -> InitializerCheck.check(types, shared.initializers));
    return shared;
  }

  /** Those that replace initializers. */
  Map<String, Tensor> initializers() {
    return initializers;
  }

  /**
   * Those that are values of graph inputs.
   *
   * @throws IllegalArgumentException if the model has no input of that name
   */
  Map<String, Tensor> inputs(Set<String> names) {
    for (String name : others.keySet()) {
      if (!names.contains(name)) {
        throw new IllegalArgumentException(
            "the model has neither an input nor an initializer '"
                + name
                + "' for the shared weights; its inputs are "
                + names);
      }
    }
    return Map.copyOf(others);
  }
}
