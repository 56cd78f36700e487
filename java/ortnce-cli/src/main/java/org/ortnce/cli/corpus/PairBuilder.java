package org.ortnce.cli.corpus;

/** Pairs of final ids in passages, up to a limit; those past it are counted. */
final class PairBuilder {
  private final IntList centres = new IntList();
  private final IntList classes = new IntList();
  private final IntList passageEnds = new IntList();
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

  /** Ends a passage; one without a pair is none. */
  void endPassage() {
    int passages = passageEnds.size();
    if (centres.size() > (passages == 0 ? 0 : passageEnds.get(passages - 1))) {
      passageEnds.add(centres.size());
    }
  }

  int size() {
    return centres.size();
  }

  int[] centres() {
    return centres.toArray();
  }

  int[] classes() {
    return classes.toArray();
  }

  /** For each passage the number of pairs up to its end. */
  int[] passageEnds() {
    return passageEnds.toArray();
  }

  long dropped() {
    return dropped;
  }
}
