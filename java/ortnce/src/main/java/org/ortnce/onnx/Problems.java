package org.ortnce.onnx;

import java.util.ArrayList;
import java.util.List;

/** What the checks of a model have found, each with the place it is at. */
final class Problems {
  /** A broken file may break a rule a million times; no one reads more than this. */
  private static final int MOST = 100;

  private final List<String> found = new ArrayList<>();

  void add(String where, String what) {
    if (found.size() < MOST) {
      found.add(where + ": " + what);
    }
  }

  /** Reports {@code what} unless it holds. */
  void require(boolean holds, String where, String what) {
    if (!holds) {
      add(where, what);
    }
  }

  List<String> found() {
    return List.copyOf(found);
  }
}
