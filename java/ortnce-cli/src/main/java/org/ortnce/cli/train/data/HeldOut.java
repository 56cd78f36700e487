package org.ortnce.cli.train.data;

/**
 * Which of many items are held out of a training, without a list of them: the items are cut into as
 * many runs of nearly equal length as items are held out, and the seed chooses one of each run. So
 * the held-out items are spread evenly, whatever the order of the items.
 */
public final class HeldOut {
  private final long size;
  private final long heldOut;
  private final long seed;
  private final long shortLength;
  private final long longerRuns;

  /**
   * Holds out {@code fraction * size} items, rounded to the nearest whole number; unless the
   * fraction is 0 at least one, and not all.
   *
   * @param size the number of items
   * @param fraction in [0, 1)
   * @throws IllegalArgumentException if the fraction is outside [0, 1), or not 0 for less than two
   *     items
   */
  public HeldOut(long size, double fraction, long seed) {
    if (!(fraction >= 0 && fraction < 1)) {
      throw new IllegalArgumentException(
          "the fraction held out must be in [0, 1), got " + fraction);
    }
    if (fraction > 0 && size < 2) {
      throw new IllegalArgumentException(
          "nothing can be held out of " + size + ": use --held-out 0, or give more");
    }
    this.size = size;
    this.heldOut = fraction == 0 ? 0 : Math.max(1, Math.min(size - 1, Math.round(fraction * size)));
    this.seed = seed;
    this.shortLength = heldOut == 0 ? 0 : size / heldOut;
    this.longerRuns = heldOut == 0 ? 0 : size % heldOut;
  }

  /** How many are held out. */
  public long heldOutSize() {
    return heldOut;
  }

  /** How many are left to train on. */
  public long trainingSize() {
    return size - heldOut;
  }

  /** The item that is number {@code index} of those held out. */
  public long heldOut(long index) {
    long first = runStart(index);
    long length = runStart(index + 1) - first;
    return first + Long.remainderUnsigned(mixed(index), length);
  }

  /** The item that is number {@code index} of those to train on. */
  public long training(long index) {
    if (heldOut == 0) {
      return index;
    }
    // Each run lacks one item; the first runs are one item longer than the others.
    long inLonger = longerRuns * shortLength;
    long run =
        index < inLonger
            ? index / shortLength
            : longerRuns + (index - inLonger) / (shortLength - 1);
    long item = index + run;
    return item < heldOut(run) ? item : item + 1;
  }

  /** The first item of a run. */
  private long runStart(long run) {
    return run * shortLength + Math.min(run, longerRuns);
  }

  /** A hash of seed and number: the finaliser of SplitMix64. */
  private long mixed(long index) {
    long z = seed + 0x9E3779B97F4A7C15L * (index + 1);
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
