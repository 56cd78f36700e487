package org.ortnce.cli.corpus;

import java.util.Objects;

/**
 * Names numbered from 0 by decreasing frequency, ties by name: the order that the log-uniform
 * candidate sampler expects of classes. Immutable.
 */
public final class Vocabulary {
  private final String[] names;
  private final long[] counts;

  Vocabulary(String[] names, long[] counts) {
    if (names.length != counts.length) {
      throw new IllegalArgumentException(names.length + " names, " + counts.length + " counts");
    }
    this.names = names;
    this.counts = counts;
  }

  /** The number of names. */
  public int size() {
    return names.length;
  }

  /**
   * The name of an id.
   *
   * @throws IndexOutOfBoundsException if the id is outside [0, size)
   */
  public String name(int id) {
    return names[Objects.checkIndex(id, names.length)];
  }

  /**
   * How often an id was seen.
   *
   * @throws IndexOutOfBoundsException if the id is outside [0, size)
   */
  public long count(int id) {
    return counts[Objects.checkIndex(id, counts.length)];
  }

  /** The sum of all counts. */
  public long totalCount() {
    long total = 0;
    for (long count : counts) {
      total += count;
    }
    return total;
  }
}
