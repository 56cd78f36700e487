package org.ortnce.onnx;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ortnce.onnx.proto.FunctionProto;

/**
 * The model-local functions of a model, and how many outputs each has there.
 *
 * <p>ONNX Runtime wants a node of a function to list exactly the outputs of the function. So every
 * node of a function lists as many as the node that needs most, and the function is cut to that.
 */
final class FunctionSet {
  private record Key(String domain, String name) {
    static Key of(Node node) {
      return new Key(node.domain(), node.opType());
    }
  }

  private static final class Entry {
    final Set<OnnxFunction> bodies = new LinkedHashSet<>();
    int outputs;
  }

  private final Map<Key, Entry> entries = new LinkedHashMap<>();

  /** Operators with a node that brings no function: none may stand in for their other nodes. */
  private final Set<Key> withoutFunction = new LinkedHashSet<>();

  private FunctionSet() {}

  /** No functions: for models that are not portable. */
  static FunctionSet none() {
    return new FunctionSet();
  }

  /**
   * The fallbacks of all nodes of a graph, and of the nodes in their bodies. A function stands for
   * every node of its operator, so it is left out where a node has none: such a model needs the
   * operator itself in any case.
   */
  static FunctionSet of(Plan graph) {
    FunctionSet set = new FunctionSet();
    ArrayDeque<OnnxFunction> toVisit = new ArrayDeque<>();
    for (Node node : graph.nodes()) {
      set.add(node, graph.listedOutputs(node), toVisit);
    }
    while (!toVisit.isEmpty()) {
      for (Node node : toVisit.poll().body().nodes()) {
        set.add(node, node.outputs().size(), toVisit);
      }
    }
    set.entries.keySet().removeAll(set.withoutFunction);
    return set;
  }

  private void add(Node node, int outputs, ArrayDeque<OnnxFunction> toVisit) {
    OnnxFunction function = node.fallback();
    if (function == null) {
      withoutFunction.add(Key.of(node));
    } else {
      Entry entry = entries.computeIfAbsent(Key.of(node), key -> new Entry());
      entry.outputs = Math.max(entry.outputs, outputs);
      if (entry.bodies.add(function)) {
        toVisit.add(function);
      }
    }
  }

  /** The number of outputs of the function that stands for a node; 0 if there is none. */
  int outputsOf(Node node) {
    Entry entry = node.fallback() == null ? null : entries.get(Key.of(node));
    return entry == null ? 0 : entry.outputs;
  }

  /** Adds the nodes of all bodies to the versions a model needs. */
  void addTo(Opsets opsets) {
    for (Entry entry : entries.values()) {
      for (OnnxFunction body : entry.bodies) {
        body.body().nodes().forEach(opsets::add);
      }
    }
  }

  /**
   * The functions in the ONNX format, in the order of first use.
   *
   * @throws IllegalStateException if two nodes bring different bodies for one function
   */
  List<FunctionProto> toProtos(Opsets opsets) {
    List<FunctionProto> protos = new ArrayList<>();
    for (Map.Entry<Key, Entry> keyed : entries.entrySet()) {
      Entry entry = keyed.getValue();
      FunctionProto first = null;
      for (OnnxFunction body : entry.bodies) {
        FunctionProto proto = body.toProto(entry.outputs, opsets, this);
        if (first == null) {
          first = proto;
          protos.add(proto);
        } else if (!proto.equals(first)) {
          throw new IllegalStateException(
              "two nodes bring different functions "
                  + keyed.getKey().domain()
                  + ":"
                  + keyed.getKey().name()
                  + "; a model holds one function of a name: build a model for each, or turn"
                  + " functions off with portable(false)");
        }
      }
    }
    return protos;
  }
}
