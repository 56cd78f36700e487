package org.ortnce.onnx;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import org.ortnce.onnx.proto.AttributeProto;
import org.ortnce.onnx.proto.FunctionProto;
import org.ortnce.onnx.proto.GraphProto;
import org.ortnce.onnx.proto.NodeProto;
import org.ortnce.onnx.proto.TensorProto;
import org.ortnce.onnx.proto.TypeProto;
import org.ortnce.onnx.proto.ValueInfoProto;

/** Checks the nodes of a graph or function, its values and attributes. */
final class GraphChecker {
  /** Formats before it had every initializer among the inputs. */
  private static final long FIRST_IR_WITH_HIDDEN_INITIALIZERS = 4;

  private final String where;
  private final Set<String> domains;
  private final Map<String, FunctionProto> functions;
  private final Problems problems;
  private Set<String> references;

  GraphChecker(
      String where, Set<String> domains, Map<String, FunctionProto> functions, Problems problems) {
    this.where = where;
    this.domains = domains;
    this.functions = functions;
    this.problems = problems;
  }

  /** In a function, attributes may refer to these attributes of its nodes. */
  void allowReferences(Set<String> attributes) {
    references = attributes;
  }

  /**
   * Checks the graph of a model.
   *
   * @param hasDataApart which initializers have their data elsewhere: it is not looked for
   */
  void graph(GraphProto graph, long ir, IntPredicate hasDataApart) {
    Scope scope = Scope.outermost();
    problems.require(!graph.getName().isEmpty(), where, "the graph has no name");
    Set<String> inputs = new HashSet<>();
    for (ValueInfoProto input : graph.getInputList()) {
      String name = input.getName();
      typed("input", input);
      problems.require(inputs.add(name), where, "there are two inputs '" + name + "'");
      scope.define(name);
    }
    Set<String> initializers = new HashSet<>();
    for (int i = 0; i < graph.getInitializerCount(); i++) {
      TensorProto tensor = graph.getInitializer(i);
      initializer(tensor.getName(), inputs, initializers, ir, scope);
      if (!hasDataApart.test(i)) {
        TensorChecker.check(where + ": initializer '" + tensor.getName() + "'", tensor, problems);
      }
    }
    graph
        .getSparseInitializerList()
        .forEach(
            sparse -> initializer(sparse.getValues().getName(), inputs, initializers, ir, scope));
    nodes(graph.getNodeList(), scope);
    Set<String> outputs = new HashSet<>();
    for (ValueInfoProto output : graph.getOutputList()) {
      String name = output.getName();
      typed("output", output);
      problems.require(outputs.add(name), where, "there are two outputs '" + name + "'");
      problems.require(
          scope.defines(name), where, "output '" + name + "' is not made by the graph");
    }
  }

  private void initializer(
      String name, Set<String> inputs, Set<String> initializers, long ir, Scope scope) {
    problems.require(!name.isEmpty(), where, "an initializer has no name");
    problems.require(initializers.add(name), where, "there are two initializers '" + name + "'");
    problems.require(
        ir >= FIRST_IR_WITH_HIDDEN_INITIALIZERS || inputs.contains(name),
        where,
        "initializer '" + name + "' must be an input too before ir_version 4");
    scope.define(name);
  }

  private void typed(String what, ValueInfoProto value) {
    String name = what + " '" + value.getName() + "'";
    problems.require(!value.getName().isEmpty(), where, what + " without a name");
    TypeProto type = value.getType();
    if (type.getValueCase() == TypeProto.ValueCase.VALUE_NOT_SET) {
      problems.add(where, name + " has no type");
    } else if (type.hasTensorType()) {
      problems.require(
          TensorChecker.isElementType(type.getTensorType().getElemType()),
          where,
          name + " has elements of unknown type " + type.getTensorType().getElemType());
      problems.require(type.getTensorType().hasShape(), where, name + " has no shape");
    }
  }

  void nodes(List<NodeProto> nodes, Scope scope) {
    for (int i = 0; i < nodes.size(); i++) {
      node(nodes.get(i), i, scope);
    }
  }

  private void node(NodeProto node, int index, Scope scope) {
    String at =
        where
            + ": node "
            + (node.getName().isEmpty() ? "#" + index : "'" + node.getName() + "'")
            + " ("
            + node.getOpType()
            + ")";
    problems.require(!node.getOpType().isEmpty(), at, "op_type is missing");
    String domain = ModelReader.domain(node.getDomain());
    problems.require(
        domains.contains(domain), at, "domain '" + domain + "' is not in opset_import");
    problems.require(
        node.getInputCount() + node.getOutputCount() > 0, at, "has neither inputs nor outputs");
    for (String input : node.getInputList()) {
      problems.require(
          input.isEmpty() || scope.sees(input),
          at,
          "reads '" + input + "', which nothing before it makes");
    }
    Set<String> attributes = new HashSet<>();
    for (AttributeProto attribute : node.getAttributeList()) {
      String name = attribute.getName();
      problems.require(!name.isEmpty(), at, "has an attribute without a name");
      problems.require(attributes.add(name), at, "has attribute '" + name + "' twice");
      attribute(at + ": attribute '" + name + "'", attribute, scope);
    }
    for (String output : node.getOutputList()) {
      problems.require(
          output.isEmpty() || scope.define(output),
          at,
          "makes '" + output + "', which is there already");
    }
    FunctionProto function =
        functions.get(ModelChecker.key(node.getDomain(), node.getOpType(), node.getOverload()));
    if (function != null) {
      fits(at, "inputs", node.getInputCount(), function.getInputCount());
      fits(at, "outputs", node.getOutputCount(), function.getOutputCount());
    }
  }

  private void fits(String at, String what, int used, int formal) {
    problems.require(
        used <= formal, at, "has " + used + " " + what + ", its function only " + formal);
  }

  private void attribute(String at, AttributeProto attribute, Scope scope) {
    if (!attribute.getRefAttrName().isEmpty()) {
      problems.require(
          references != null && references.contains(attribute.getRefAttrName()),
          at,
          "refers to '" + attribute.getRefAttrName() + "', which is no attribute of a function");
      return;
    }
    AttributeFields.check(at, attribute, problems);
    if (attribute.hasT()) {
      TensorChecker.check(at, attribute.getT(), problems);
    }
    attribute.getTensorsList().forEach(tensor -> TensorChecker.check(at, tensor, problems));
    if (attribute.hasG()) {
      subgraph(at, attribute.getG(), scope);
    }
    attribute.getGraphsList().forEach(graph -> subgraph(at, graph, scope));
  }

  private void subgraph(String at, GraphProto graph, Scope scope) {
    GraphChecker checker = new GraphChecker(at, domains, functions, problems);
    checker.references = references;
    Scope inner = scope.inner();
    // Types of a subgraph's inputs and outputs follow from its node and may be left out.
    graph.getInputList().forEach(input -> inner.define(input.getName()));
    graph.getInitializerList().forEach(tensor -> inner.define(tensor.getName()));
    graph.getSparseInitializerList().forEach(sparse -> inner.define(sparse.getValues().getName()));
    graph.getInitializerList().forEach(tensor -> TensorChecker.check(at, tensor, problems));
    checker.nodes(graph.getNodeList(), inner);
    for (ValueInfoProto output : graph.getOutputList()) {
      problems.require(
          inner.sees(output.getName()),
          at,
          "output '" + output.getName() + "' is not made by the graph");
    }
  }
}
