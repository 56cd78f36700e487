package org.ortnce.onnx;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ortnce.onnx.proto.AttributeProto;
import org.ortnce.onnx.proto.FunctionProto;
import org.ortnce.onnx.proto.ModelProto;
import org.ortnce.onnx.proto.NodeProto;
import org.ortnce.onnx.proto.OperatorSetIdProto;
import org.ortnce.onnx.proto.StringStringEntryProto;
import org.ortnce.tensor.TensorData;

/**
 * Checks the rules of the ONNX format that do not depend on single operators.
 *
 * <ul>
 *   <li>IR version and operator set imports are there and go together; every domain used is
 *       imported once, in the model and in each function.
 *   <li>Graph inputs and outputs have a name, an element type and a shape.
 *   <li>Every value is made once and before it is read; outputs are made in the graph.
 *   <li>Attributes have a name of their own and the kind of value their type says.
 *   <li>Stored tensors have as much data as their shape needs; external data lies at a relative
 *       path below the model.
 *   <li>Functions have distinct names, distinct formals, no cycles, and as many as their nodes use.
 * </ul>
 */
public final class ModelChecker {
  /** Formats before it had no operator set imports. */
  private static final long FIRST_IR_WITH_OPSETS = 3;

  private static final long FIRST_IR_WITH_FUNCTIONS = 8;

  private final ModelProto model;
  private final List<TensorData> data;
  private final Problems problems = new Problems();
  private final Map<String, FunctionProto> functions = new LinkedHashMap<>();

  private ModelChecker(OnnxModel model) {
    this.model = model.proto();
    this.data = model.data();
  }

  /** The rules a model breaks, one sentence each, 100 at most; empty if it is valid. */
  public static List<String> problems(OnnxModel model) {
    ModelChecker checker = new ModelChecker(model);
    checker.run();
    return checker.problems.found();
  }

  /**
   * Checks a model.
   *
   * @throws IllegalArgumentException with all that {@link #problems} finds, if it is not valid
   */
  public static void check(OnnxModel model) {
    List<String> found = problems(model);
    if (!found.isEmpty()) {
      throw new IllegalArgumentException(
          "the ONNX model is not valid:\n  " + String.join("\n  ", found));
    }
  }

  private void run() {
    long ir = model.getIrVersion();
    problems.require(
        ir >= FIRST_IR_WITH_OPSETS,
        "model",
        "ir_version must be at least " + FIRST_IR_WITH_OPSETS + ", got " + ir);
    Set<String> domains = imports("model", model.getOpsetImportList());
    for (OperatorSetIdProto opset : model.getOpsetImportList()) {
      int lowest = Opsets.irVersionOf(opset.getVersion());
      problems.require(
          !ModelReader.domain(opset.getDomain()).isEmpty() || ir >= lowest,
          "model",
          "operator set "
              + opset.getVersion()
              + " of ai.onnx needs ir_version "
              + lowest
              + " or higher, got "
              + ir);
    }
    Set<String> keys = new HashSet<>();
    for (StringStringEntryProto entry : model.getMetadataPropsList()) {
      problems.require(
          keys.add(entry.getKey()),
          "model",
          "metadata_props has key '" + entry.getKey() + "' twice");
    }
    problems.require(
        model.getFunctionsCount() == 0 || ir >= FIRST_IR_WITH_FUNCTIONS,
        "model",
        "functions need ir_version " + FIRST_IR_WITH_FUNCTIONS + " or higher, got " + ir);
    for (FunctionProto function : model.getFunctionsList()) {
      problems.require(
          functions.putIfAbsent(key(function), function) == null,
          "model",
          "function " + name(function) + " is defined twice");
    }
    model.getFunctionsList().forEach(this::function);
    cycles();
    new GraphChecker("graph", domains, functions, problems)
        .graph(model.getGraph(), ir, i -> data.get(i) != null);
  }

  private Set<String> imports(String where, List<OperatorSetIdProto> imports) {
    problems.require(!imports.isEmpty(), where, "opset_import is missing");
    Set<String> domains = new HashSet<>();
    for (OperatorSetIdProto opset : imports) {
      String domain = ModelReader.domain(opset.getDomain());
      problems.require(
          domains.add(domain), where, "opset_import has domain '" + domain + "' twice");
      problems.require(
          opset.getVersion() >= 1,
          where,
          "opset_import of domain '" + domain + "' has version " + opset.getVersion());
    }
    return domains;
  }

  static String key(FunctionProto function) {
    return key(function.getDomain(), function.getName(), function.getOverload());
  }

  static String key(String domain, String name, String overload) {
    return ModelReader.domain(domain) + '\0' + name + '\0' + overload;
  }

  private static String name(FunctionProto function) {
    return function.getDomain() + ":" + function.getName();
  }

  private void function(FunctionProto function) {
    String where = "function " + name(function);
    problems.require(!function.getName().isEmpty(), where, "name is missing");
    problems.require(!function.getDomain().isEmpty(), where, "domain is missing");
    Set<String> domains = imports(where, function.getOpsetImportList());
    distinct(where, "formal inputs", function.getInputList());
    distinct(where, "outputs", function.getOutputList());
    List<String> attributes = new ArrayList<>(function.getAttributeList());
    function.getAttributeProtoList().forEach(a -> attributes.add(a.getName()));
    distinct(where, "attributes", attributes);
    GraphChecker body = new GraphChecker(where, domains, functions, problems);
    body.allowReferences(Set.copyOf(attributes));
    Scope scope = Scope.outermost();
    function.getInputList().forEach(scope::define);
    body.nodes(function.getNodeList(), scope);
    for (String output : function.getOutputList()) {
      problems.require(
          scope.defines(output), where, "output '" + output + "' is not made by the body");
    }
  }

  private void distinct(String where, String what, List<String> names) {
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      problems.require(!name.isEmpty(), where, what + " have one without a name");
      problems.require(seen.add(name), where, what + " have '" + name + "' twice");
    }
  }

  /**
   * Resolves functions whose callees are resolved, until only those on or above cycles are left.
   */
  private void cycles() {
    Map<String, List<String>> callers = new HashMap<>();
    Map<String, Integer> unresolved = new LinkedHashMap<>();
    ArrayDeque<String> resolved = new ArrayDeque<>();
    functions.forEach(
        (key, function) -> {
          Set<String> callees = called(function.getNodeList());
          callees.retainAll(functions.keySet());
          callees.forEach(c -> callers.computeIfAbsent(c, k -> new ArrayList<>()).add(key));
          unresolved.put(key, callees.size());
          if (callees.isEmpty()) {
            resolved.add(key);
          }
        });
    while (!resolved.isEmpty()) {
      String key = resolved.poll();
      unresolved.remove(key);
      for (String caller : callers.getOrDefault(key, List.of())) {
        if (unresolved.merge(caller, -1, Integer::sum) == 0) {
          resolved.add(caller);
        }
      }
    }
    for (String key : unresolved.keySet()) {
      problems.add("function " + name(functions.get(key)), "ends in a cycle of functions");
    }
  }

  private static Set<String> called(List<NodeProto> nodes) {
    Set<String> callees = new HashSet<>();
    for (NodeProto node : nodes) {
      callees.add(key(node.getDomain(), node.getOpType(), node.getOverload()));
      for (AttributeProto attribute : node.getAttributeList()) {
        callees.addAll(called(attribute.getG().getNodeList()));
        attribute.getGraphsList().forEach(g -> callees.addAll(called(g.getNodeList())));
      }
    }
    return callees;
  }
}
