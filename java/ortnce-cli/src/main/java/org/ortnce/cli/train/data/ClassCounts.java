package org.ortnce.cli.train.data;

/** How often each class is a label of the examples trained on. */
public final class ClassCounts {
  private final long[] counts;
  private long total;

  /** No class was seen yet. */
  public ClassCounts(int classes) {
    this.counts = new long[classes];
  }

  /** Counts a label. */
  public void add(int id) {
    counts[id]++;
    total++;
  }

  /** The number of classes. */
  public int size() {
    return counts.length;
  }

  /** How often a class is a label. */
  public long count(int id) {
    return counts[id];
  }

  /** The share of a class in all labels; one that was never a label counts as half a label. */
  public double share(int id) {
    return (counts[id] == 0 ? 0.5 : (double) counts[id]) / total;
  }
}
