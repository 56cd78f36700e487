package org.ortnce.cli.corpus;

/** Pairs of final ids, up to a limit; those past it are counted. */
final class PairBuilder {
  private final IntList centres = new IntList();
  private final IntList classes = new IntList();
  private final int maxPairs;
  private long dropped;

  PairBuilder(int maxPairs) {
    this.maxPairs = maxPairs;
  }

  void add(int centre, int classId) {
    if (centres.size() == maxPairs) {
      dropped++;
    } else {
      centres.add(centre);
      classes.add(classId);
    }
  }

  int[] centres() {
    return centres.toArray();
  }

  int[] classes() {
    return classes.toArray();
  }

  long dropped() {
    return dropped;
  }
}
