package org.ortnce.onnx;

import java.util.HashSet;
import java.util.Set;

/** The values defined so far in a graph, and in the graphs around it. */
final class Scope {
  private final Scope outer;
  private final Set<String> names = new HashSet<>();

  private Scope(Scope outer) {
    this.outer = outer;
  }

  static Scope outermost() {
    return new Scope(null);
  }

  /** The scope of a graph that is an attribute of a node in this one. */
  Scope inner() {
    return new Scope(this);
  }

  /** False if the name is defined in this very graph already. */
  boolean define(String name) {
    return names.add(name);
  }

  boolean defines(String name) {
    return names.contains(name);
  }

  /** Whether a node may read the name: it is defined here or around. */
  boolean sees(String name) {
    for (Scope scope = this; scope != null; scope = scope.outer) {
      if (scope.names.contains(name)) {
        return true;
      }
    }
    return false;
  }
}
