package org.ortnce.onnx;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;

/** The way that gradients took from the loss, for the messages about where it ends. */
final class GradientPath {
  /** How many nodes are named at either end of a long way, and on either side of the culprit. */
  private static final int SHOWN = 3;

  private final Plan plan;
  private final Value loss;
  private final List<Value> wrt;
  private final IntFunction<String> wrtNames;

  /** By value, the first node that passed a gradient to it. */
  private final Map<Value, Node> passedBy = new HashMap<>();

  GradientPath(Plan plan, Value loss, List<Value> wrt, IntFunction<String> wrtNames) {
    this.plan = plan;
    this.loss = loss;
    this.wrt = wrt;
    this.wrtNames = wrtNames;
  }

  void passed(Node from, Value to) {
    passedBy.putIfAbsent(to, from);
  }

  /** The error for a node between the loss and some of wrt that cannot be differentiated. */
  IllegalArgumentException error(Node node, String reasonOrNull) {
    for (int i = 0; i < wrt.size(); i++) {
      Set<Value> dependents = Backward.dependents(plan, List.of(wrt.get(i)));
      if (node.dependencies().stream().anyMatch(dependents::contains)) {
        return error(node, reasonOrNull, i, dependents);
      }
    }
    throw new IllegalStateException(node.qualifiedName() + " is on no way to any of wrt");
  }

  private IllegalArgumentException error(
      Node node, String reasonOrNull, int index, Set<Value> dependents) {
    return new IllegalArgumentException(
        node.opType()
            + " ("
            + node.outputs().get(0)
            + ") cannot be differentiated"
            + (reasonOrNull == null ? "" : ", " + reasonOrNull)
            + ": it lies on the way from the loss to "
            + wrtNames.apply(index)
            + ": "
            + way(node, wrt.get(index), dependents));
  }

  /** The error for one of wrt that no gradient has reached, though the loss depends on it. */
  IllegalArgumentException interrupted(int index, GradientSums sums) {
    Set<Value> dependents = Backward.dependents(plan, List.of(wrt.get(index)));
    List<Node> nodes = new ArrayList<>(plan.nodes());
    Collections.reverse(nodes);
    for (Node node : nodes) {
      if (node.outputs().stream().anyMatch(sums::has)) {
        for (int i = 0; i < node.inputs().size(); i++) {
          Value input = node.inputs().get(i);
          if (dependents.contains(input) && !sums.has(input)) {
            return error(node, "it has no gradient by its input " + i, index, dependents);
          }
        }
      }
    }
    throw new IllegalStateException("a gradient was passed to " + wrtNames.apply(index));
  }

  /** The operators from the loss by a node to a value, such as {@code NceLoss <- Gather}. */
  private String way(Node node, Value to, Set<Value> dependents) {
    Deque<Node> above = new ArrayDeque<>();
    for (Node next = consumer(node); next != null; next = consumer(next)) {
      above.addFirst(next);
    }
    List<String> names = new ArrayList<>();
    above.forEach(n -> names.add(n.opType()));
    final int culprit = names.size();
    Node last = node;
    while (last != null) {
      names.add(last.opType());
      last = producer(last, to, dependents);
    }
    List<String> shown = new ArrayList<>();
    int previous = -1;
    for (int i = 0; i < names.size(); i++) {
      boolean near = i < SHOWN || i >= names.size() - SHOWN || Math.abs(i - culprit) < SHOWN;
      if (near) {
        shown.add((i > previous + 1 ? "... <- " : "") + names.get(i));
        previous = i;
      }
    }
    return String.join(" <- ", shown);
  }

  /** The node that passed a gradient to an output of this one; null for that of the loss. */
  private Node consumer(Node node) {
    if (loss.node() == node) {
      return null;
    }
    return node.outputs().stream()
        .filter(passedBy::containsKey)
        .map(passedBy::get)
        .findFirst()
        .orElse(null);
  }

  /** A node that makes an input of this one out of the value; null if it reads the value. */
  private static Node producer(Node node, Value from, Set<Value> dependents) {
    if (node.dependencies().contains(from)) {
      return null;
    }
    return node.dependencies().stream()
        .filter(dependents::contains)
        .findFirst()
        .orElseThrow()
        .node();
  }
}
