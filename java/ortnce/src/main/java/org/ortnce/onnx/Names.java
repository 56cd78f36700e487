package org.ortnce.onnx;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The names of one graph or function body: those given by the user, and new ones beside them. */
final class Names {
  private final Set<String> values = new HashSet<>();
  private final Map<String, Integer> nodes = new HashMap<>();
  private final Set<String> nodeNames = new HashSet<>();

  /** Takes a name for a value; false if it is taken already. */
  boolean reserve(String name) {
    return values.add(name);
  }

  /** Takes a name for a node; false if it is taken already. */
  boolean reserveNode(String name) {
    return nodeNames.add(name);
  }

  /** {@code MatMul_0}, {@code MatMul_1} and so on, leaving out what is taken. */
  String node(String opType) {
    String name;
    do {
      name = opType + "_" + (nodes.merge(opType, 1, Integer::sum) - 1);
    } while (!nodeNames.add(name));
    return name;
  }

  /** {@code wanted}, with a number behind it if that is taken. */
  String value(String wanted) {
    String name = wanted;
    for (int i = 1; !values.add(name); i++) {
      name = wanted + "_" + i;
    }
    return name;
  }

  /** The name a value has in another model, or one that tells where it is from. */
  String imported(String name) {
    return values.add(name) ? name : value(name + "_imported");
  }

  /**
   * Checks a name the user gave. Characters past U+FFFF are legal in ONNX, but ONNX Runtime's Java
   * API garbles them, so that nobody could feed or fetch such a value.
   *
   * @throws IllegalArgumentException if it is null, empty or has such a character or a control one
   */
  static String check(String what, String name) {
    if (name == null || name.isEmpty()) {
      throw new IllegalArgumentException(what + " name must not be empty, got " + name);
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (Character.isISOControl(c) || Character.isSurrogate(c)) {
        throw new IllegalArgumentException(
            String.format(
                "%s name must have no control characters and none past U+FFFF,"
                    + " got \\u%04x at index %d",
                what, (int) c, i));
      }
    }
    return name;
  }
}
