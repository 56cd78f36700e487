package org.ortnce.nce;

import java.util.ArrayList;
import java.util.List;

/**
 * The classes [begin, end) of {@code numClasses}: a shard of an output layer whose evaluation is
 * spread over processes or machines. Sums are formed over chunks of {@link #CHUNK} classes, and
 * ranges end where chunks end, so that shards add up to the bits of the whole.
 *
 * @param begin the first class, a multiple of {@link #CHUNK}
 * @param end the class after the last, a multiple of {@link #CHUNK} or {@code numClasses}
 * @param numClasses the number of all classes
 */
public record ClassRange(long begin, long end, long numClasses) {
  /** The classes of a chunk; part of the contract of {@code FullSigmoidLossShard}. */
  public static final long CHUNK = 8192;

  /** Checks the bounds. */
  public ClassRange {
    if (begin < 0 || begin % CHUNK != 0) {
      throw new IllegalArgumentException(
          "begin must be a multiple of " + CHUNK + " and >= 0, got " + begin);
    }
    if (end <= begin || end > numClasses || (end % CHUNK != 0 && end != numClasses)) {
      throw new IllegalArgumentException(
          "end must be a multiple of "
              + CHUNK
              + " or numClasses, and in ("
              + begin
              + ", numClasses = "
              + numClasses
              + "], got "
              + end);
    }
  }

  /** All classes. */
  public static ClassRange all(long numClasses) {
    return new ClassRange(0, numClasses, numClasses);
  }

  /**
   * All classes in this many ranges, as even as chunks allow.
   *
   * @throws IllegalArgumentException if there are fewer chunks than ranges, or no class
   */
  public static List<ClassRange> split(long numClasses, int ranges) {
    long chunks = chunks(numClasses);
    if (ranges < 1 || ranges > chunks) {
      throw new IllegalArgumentException(
          "ranges must be in [1, chunks of " + CHUNK + " classes = " + chunks + "], got " + ranges);
    }
    List<ClassRange> split = new ArrayList<>();
    long begin = 0;
    for (long size : PartitionStrategy.evenSizes(chunks, ranges)) {
      long end = Math.min(numClasses, begin + size * CHUNK);
      split.add(new ClassRange(begin, end, numClasses));
      begin = end;
    }
    return List.copyOf(split);
  }

  /** The number of classes of the range. */
  public long size() {
    return end - begin;
  }

  /** The number of chunks of the range. */
  public long chunks() {
    return chunks(size());
  }

  private static long chunks(long classes) {
    return classes / CHUNK + (classes % CHUNK == 0 ? 0 : 1);
  }
}
