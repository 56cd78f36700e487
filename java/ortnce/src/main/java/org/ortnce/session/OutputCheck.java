package org.ortnce.session;

import java.util.Map;
import java.util.Set;
import org.ortnce.tensor.Tensor;

/** Checks the memory that outputs of a run are to be written to, before any native call. */
final class OutputCheck {
  private OutputCheck() {}

  /**
   * Checks the targets of a run.
   *
   * @param outputs what the model says of its outputs
   * @param copied the outputs that are returned as copies
   * @throws IllegalArgumentException naming the output, what was found and what is expected
   */
  static void check(
      Map<String, TensorSpec> outputs, Set<String> copied, Map<String, Tensor> targets) {
    InputCheck.checkNames(targets.keySet(), outputs, "output");
    targets.forEach(
        (name, target) -> {
          if (target == null) {
            throw new IllegalArgumentException("the memory for output '" + name + "' is null");
          }
          if (copied.contains(name)) {
            throw new IllegalArgumentException(
                "output '" + name + "' is wanted both as a copy and in given memory");
          }
          if (!target.isDirect() || target.isReadOnly()) {
            throw new IllegalArgumentException(
                "the memory for output '"
                    + name
                    + "' must be direct and writable, got "
                    + (target.isDirect() ? "a read-only buffer" : "an array"));
          }
          if (!outputs.get(name).accepts(target)) {
            throw new IllegalArgumentException(
                "the memory for output '" + outputs.get(name) + "' is " + target);
          }
        });
  }
}
