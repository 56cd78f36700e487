package org.ortnce.onnx;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A node of a model.
 *
 * @param name its name, or ""
 * @param opType its operator
 * @param domain the domain of the operator; "" is ONNX's own
 * @param attributes by name, in the order of the file: {@link Long}, {@link Float}, {@link String}
 *     or a {@link List} of one of these; a string that describes it for any other kind
 * @param inputs the names of the values it reads; "" is an absent optional input
 * @param outputs the names of the values it makes; "" is an output not asked for
 */
public record NodeInfo(
    String name,
    String opType,
    String domain,
    Map<String, Object> attributes,
    List<String> inputs,
    List<String> outputs) {
  /** Copies the collections. */
  public NodeInfo {
    attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** Such as {@code MatMul_0: MatMul(x, w) -> (y)}. */
  @Override
  public String toString() {
    String op = domain.isEmpty() ? opType : domain + ":" + opType;
    return (name.isEmpty() ? "" : name + ": ")
        + op
        + (attributes.isEmpty() ? "" : attributes)
        + "("
        + String.join(", ", inputs)
        + ") -> ("
        + String.join(", ", outputs)
        + ")";
  }
}
