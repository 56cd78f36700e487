package org.ortnce.training;

/**
 * The order of the examples of one epoch, a pure function of (seed, epoch) and the sizes: blocks of
 * consecutive examples are put in random order, consecutive blocks make windows, and the examples
 * of a window are put in random order.
 *
 * <p>All blocks have {@code blockSize} examples but the last of the source, which may be short; so
 * all windows are full but that with the short block and the last.
 */
final class EpochOrder {
  private final long size;
  private final int blockSize;
  private final int blocksPerWindow;
  private final boolean shuffled;
  private final long seed;
  private final long epoch;

  /** Block numbers in the order of the epoch. */
  private final int[] blocks;

  /** What the last block of the source lacks, and the window it lies in. */
  private final int missing;

  private final int shortWindow;

  EpochOrder(
      long size, int blockSize, int blocksPerWindow, boolean shuffled, long seed, long epoch) {
    this.size = size;
    this.blockSize = blockSize;
    this.blocksPerWindow = blocksPerWindow;
    this.shuffled = shuffled;
    this.seed = seed;
    this.epoch = epoch;
    this.blocks = new int[Math.toIntExact((size + blockSize - 1) / blockSize)];
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = i;
    }
    if (shuffled) {
      SplitMix64.of(seed, epoch).shuffle(blocks, blocks.length);
    }
    this.missing = (int) ((long) blocks.length * blockSize - size);
    int place = 0;
    while (blocks[place] != blocks.length - 1) {
      place++;
    }
    this.shortWindow = place / blocksPerWindow;
  }

  /** The number of windows. */
  int windows() {
    return (blocks.length - 1) / blocksPerWindow + 1;
  }

  /** The position in the epoch of a window's first example; for {@code windows()} the size. */
  long start(int window) {
    if (window == windows()) {
      return size;
    }
    return (long) window * blocksPerWindow * blockSize - (window > shortWindow ? missing : 0);
  }

  /** The window of the example at a position of the epoch. */
  int windowAt(long position) {
    int window = (int) (position / ((long) blocksPerWindow * blockSize));
    return window + 1 < windows() && position >= start(window + 1) ? window + 1 : window;
  }

  /** The number of a window's first block in the order of the epoch. */
  int firstBlock(int window) {
    return window * blocksPerWindow;
  }

  /** The end of a window's blocks in the order of the epoch. */
  int endBlock(int window) {
    return Math.min(blocks.length, (window + 1) * blocksPerWindow);
  }

  /** The source's number of the first example of the epoch's block {@code i}. */
  long firstExample(int i) {
    return (long) blocks[i] * blockSize;
  }

  /** The examples of the epoch's block {@code i}. */
  int blockLength(int i) {
    return blocks[i] == blocks.length - 1 ? blockSize - missing : blockSize;
  }

  /**
   * The order of the rows of a window, whose blocks lie one after the other; into {@code order}.
   */
  void orderWithin(int window, int[] order) {
    int count = (int) (start(window + 1) - start(window));
    for (int i = 0; i < count; i++) {
      order[i] = i;
    }
    if (shuffled) {
      SplitMix64.of(seed, epoch, window).shuffle(order, count);
    }
  }
}
