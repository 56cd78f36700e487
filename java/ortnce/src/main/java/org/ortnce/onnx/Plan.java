package org.ortnce.onnx;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a graph or function body consists of: the nodes its outputs need, each after the nodes it
 * reads, the leaves (inputs, initializers, formal parameters), and which node outputs are read.
 */
final class Plan {
  /** An output of a graph or function. */
  record Output(String name, Value value) {}

  private final List<Output> outputs;
  private final List<Node> nodes = new ArrayList<>();
  private final Set<Value> leaves = new LinkedHashSet<>();
  private final Map<Node, BitSet> used = new HashMap<>();

  Plan(List<Output> outputs) {
    this.outputs = List.copyOf(outputs);
    Set<Node> seen = new HashSet<>();
    for (Output output : outputs) {
      reach(output.value(), seen);
    }
  }

  /** A depth-first walk on a stack of its own: graphs may be deeper than the thread's stack. */
  private void reach(Value root, Set<Node> seen) {
    ArrayDeque<Visit> stack = new ArrayDeque<>();
    use(root, seen, stack);
    while (!stack.isEmpty()) {
      Visit visit = stack.peek();
      List<Value> inputs = visit.inputs;
      if (visit.next < inputs.size()) {
        Value input = inputs.get(visit.next++);
        if (input != null) {
          use(input, seen, stack);
        }
      } else {
        nodes.add(visit.node);
        stack.pop();
      }
    }
  }

  private void use(Value value, Set<Node> seen, ArrayDeque<Visit> stack) {
    if (value.kind() != Value.Kind.NODE) {
      leaves.add(value);
      return;
    }
    used.computeIfAbsent(value.node(), node -> new BitSet()).set(value.index());
    if (seen.add(value.node())) {
      stack.push(new Visit(value.node()));
    }
  }

  private static final class Visit {
    final Node node;
    final List<Value> inputs;
    int next;

    Visit(Node node) {
      this.node = node;
      this.inputs = node.dependencies();
    }
  }

  List<Output> outputs() {
    return outputs;
  }

  /** The nodes, in topological order. */
  List<Node> nodes() {
    return nodes;
  }

  /** Everything the nodes or outputs read that no node makes, in the order of first use. */
  Set<Value> leaves() {
    return leaves;
  }

  boolean isUsed(Node node, int output) {
    return used.get(node).get(output);
  }

  /** How many outputs of a node must be listed: up to the last that is required or used. */
  int listedOutputs(Node node) {
    int count = used.get(node).length();
    for (int i = count; i < node.outputs().size(); i++) {
      if (!node.isOptionalOutput(i)) {
        count = i + 1;
      }
    }
    return count;
  }
}
