package org.ortnce.cli.evaluate;

import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * Bands of classes by powers of ten: of their ids, which say how frequent a class is where ids are
 * ordered by frequency, or of their counts. Immutable.
 */
public final class ClassBands {
  private final Tensor counts;

  private ClassBands(Tensor counts) {
    this.counts = counts;
  }

  /** Ids 0 to 9, 10 to 99 and so on. */
  public static ClassBands ofIds() {
    return new ClassBands(null);
  }

  /**
   * Counts 0, 1 to 9, 10 to 99 and so on.
   *
   * @param counts int64 or int32 [classes]
   * @throws IllegalArgumentException if they are no such tensor
   */
  public static ClassBands ofCounts(Tensor counts) {
    boolean integers =
        counts.elementType() == ElementType.INT64 || counts.elementType() == ElementType.INT32;
    if (!integers || counts.rank() != 1) {
      throw new IllegalArgumentException(
          "counts are " + counts + ", expected int64 or int32 [classes]");
    }
    return new ClassBands(counts);
  }

  /** Whether the bands are of counts. */
  public boolean areOfCounts() {
    return counts != null;
  }

  /**
   * The band of a class; bands are ordered as their numbers.
   *
   * @throws IllegalArgumentException if the class has no count, or a negative one
   */
  public int band(long id) {
    if (counts == null) {
      return Long.toString(id).length();
    }
    if (id < 0 || id >= counts.dim(0)) {
      throw new IllegalArgumentException(
          "label " + id + " has no count: there are " + counts.dim(0) + " counts");
    }
    long count =
        counts.elementType() == ElementType.INT64
            ? counts.longs().get((int) id)
            : counts.ints().get((int) id);
    if (count < 0) {
      throw new IllegalArgumentException("class " + id + " has count " + count);
    }
    return count == 0 ? 0 : Long.toString(count).length();
  }

  /** The first id or count of a band. */
  public long first(int band) {
    return band == 0 || (band == 1 && counts == null) ? 0 : power(band - 1);
  }

  /** The last id or count of a band. */
  public long last(int band) {
    return band == 0 ? 0 : band > 18 ? Long.MAX_VALUE : power(band) - 1;
  }

  private static long power(int exponent) {
    long power = 1;
    for (int i = 0; i < exponent; i++) {
      power *= 10;
    }
    return power;
  }
}
