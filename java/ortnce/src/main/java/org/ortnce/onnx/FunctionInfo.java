package org.ortnce.onnx;

import java.util.List;
import java.util.Map;

/**
 * A model-local function of a model.
 *
 * @param domain the domain of the operator it stands for
 * @param name the name of the operator it stands for
 * @param inputs the names of its formal inputs
 * @param outputs the names of its outputs
 * @param opsetImports the operator set version of every domain its body uses
 * @param nodes its body
 */
public record FunctionInfo(
    String domain,
    String name,
    List<String> inputs,
    List<String> outputs,
    Map<String, Long> opsetImports,
    List<NodeInfo> nodes) {
  /** Copies the collections. */
  public FunctionInfo {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    opsetImports = Map.copyOf(opsetImports);
    nodes = List.copyOf(nodes);
  }
}
