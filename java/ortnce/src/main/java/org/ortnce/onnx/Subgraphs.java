package org.ortnce.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.ortnce.onnx.proto.AttributeProto;
import org.ortnce.onnx.proto.GraphProto;
import org.ortnce.onnx.proto.NodeProto;
import org.ortnce.onnx.proto.TensorProto;
import org.ortnce.onnx.proto.ValueInfoProto;

/** The graphs in attributes of nodes, such as the branches of If: what they read, new names. */
final class Subgraphs {
  private Subgraphs() {}

  static List<GraphProto> of(AttributeProto attribute) {
    List<GraphProto> graphs = new ArrayList<>(attribute.getGraphsList());
    if (attribute.hasG()) {
      graphs.add(attribute.getG());
    }
    return graphs;
  }

  static boolean has(NodeProto node) {
    return node.getAttributeList().stream().anyMatch(attribute -> !of(attribute).isEmpty());
  }

  /** The names that the graphs of a node read from the graph around it. */
  static Set<String> captured(NodeProto node) {
    Set<String> read = new LinkedHashSet<>();
    for (AttributeProto attribute : node.getAttributeList()) {
      of(attribute).forEach(graph -> read.addAll(free(graph)));
    }
    return read;
  }

  private static Set<String> free(GraphProto graph) {
    Set<String> defined = new HashSet<>(leaves(graph));
    Set<String> read = new LinkedHashSet<>();
    for (NodeProto node : graph.getNodeList()) {
      read.addAll(node.getInputList());
      read.addAll(captured(node));
      defined.addAll(node.getOutputList());
    }
    graph.getOutputList().forEach(output -> read.add(output.getName()));
    read.removeAll(defined);
    read.remove("");
    return read;
  }

  private static Set<String> leaves(GraphProto graph) {
    Set<String> names = new LinkedHashSet<>();
    graph.getInputList().forEach(input -> names.add(input.getName()));
    graph.getInitializerList().forEach(tensor -> names.add(tensor.getName()));
    graph.getSparseInitializerList().forEach(sparse -> names.add(sparse.getValues().getName()));
    return names;
  }

  /** Adds every name of a value in a graph, whatever the depth. */
  static void names(GraphProto graph, Set<String> names) {
    names.addAll(leaves(graph));
    graph.getOutputList().forEach(output -> names.add(output.getName()));
    graph.getNodeList().forEach(node -> names(node, names));
  }

  static void names(NodeProto node, Set<String> names) {
    names.addAll(node.getInputList());
    names.addAll(node.getOutputList());
    node.getAttributeList().forEach(a -> of(a).forEach(graph -> names(graph, names)));
  }

  /** Hands over every node and every tensor in the attributes of a node, whatever the depth. */
  static void visit(NodeProto node, BiConsumer<NodeProto, TensorProto> visitor) {
    visitor.accept(node, null);
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.hasT()) {
        visitor.accept(node, attribute.getT());
      }
      attribute.getTensorsList().forEach(tensor -> visitor.accept(node, tensor));
      for (GraphProto graph : of(attribute)) {
        graph.getInitializerList().forEach(tensor -> visitor.accept(node, tensor));
        graph.getNodeList().forEach(inner -> visit(inner, visitor));
      }
    }
  }

  /**
   * The attribute with its graphs under new names.
   *
   * @param outer the new names of what the graphs read from around
   * @param unique gives a name that nothing has for a value of the graphs, itself if it is free
   */
  static AttributeProto renamed(
      AttributeProto attribute, Map<String, String> outer, UnaryOperator<String> unique) {
    if (of(attribute).isEmpty()) {
      return attribute;
    }
    AttributeProto.Builder changed = attribute.toBuilder();
    if (attribute.hasG()) {
      changed.setG(renamed(attribute.getG(), outer, unique));
    }
    for (int i = 0; i < attribute.getGraphsCount(); i++) {
      changed.setGraphs(i, renamed(attribute.getGraphs(i), outer, unique));
    }
    return changed.build();
  }

  private static GraphProto renamed(
      GraphProto graph, Map<String, String> outer, UnaryOperator<String> unique) {
    Map<String, String> names = new HashMap<>(outer);
    leaves(graph).forEach(name -> names.put(name, unique.apply(name)));
    GraphProto.Builder changed = graph.toBuilder();
    for (int i = 0; i < graph.getNodeCount(); i++) {
      NodeProto.Builder node = changed.getNodeBuilder(i);
      for (int j = 0; j < node.getInputCount(); j++) {
        node.setInput(j, name(names, node.getInput(j)));
      }
      for (int j = 0; j < node.getAttributeCount(); j++) {
        node.setAttribute(j, renamed(node.getAttribute(j), names, unique));
      }
      for (int j = 0; j < node.getOutputCount(); j++) {
        String output = node.getOutput(j);
        if (!output.isEmpty()) {
          names.put(output, unique.apply(output));
          node.setOutput(j, names.get(output));
        }
      }
    }
    changed.getInputBuilderList().forEach(value -> rename(value, names));
    changed.getOutputBuilderList().forEach(value -> rename(value, names));
    changed.getValueInfoBuilderList().forEach(value -> rename(value, names));
    changed
        .getInitializerBuilderList()
        .forEach(tensor -> tensor.setName(name(names, tensor.getName())));
    changed
        .getSparseInitializerBuilderList()
        .forEach(
            sparse -> sparse.getValuesBuilder().setName(name(names, sparse.getValues().getName())));
    return changed.build();
  }

  private static void rename(ValueInfoProto.Builder value, Map<String, String> names) {
    value.setName(name(names, value.getName()));
  }

  private static String name(Map<String, String> names, String name) {
    return names.getOrDefault(name, name);
  }
}
