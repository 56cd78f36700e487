package org.ortnce.training;

import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import org.ortnce.tensor.Tensor;

/**
 * An endless stream of batches, epoch after epoch, each example once in an epoch, in an order that
 * is a pure function of seed and epoch: a stream that continues at a step gives what it would have
 * given without a stop, on any machine.
 *
 * <p>Sources larger than memory are shuffled in two stages: blocks of {@code blockSize} consecutive
 * examples are put in random order, and within windows of about {@code windowSize} examples, made
 * of such blocks, the examples are. A source that fits one window is shuffled uniformly. A window
 * is in memory at a time. Random numbers are SplitMix64's; shuffles are Fisher and Yates's.
 *
 * <p>Not for several threads at once. The source stays the caller's to close.
 */
public final class ShuffledBatches {
  private final ExampleSource source;
  private final Settings settings;
  private final int blocksPerWindow;
  private final long batchesPerEpoch;
  private final BatchBuffers window;
  private final int[] order;
  private final BatchBuffers batch;
  private final Map<String, Tensor> wholeBatch;

  private long position;
  private EpochOrder epochOrder;
  private long orderedEpoch = -1;
  private int loadedWindow = -1;

  private ShuffledBatches(ExampleSource source, Settings settings) {
    this.source = source;
    this.settings = settings;
    long size = source.size();
    int batchSize = settings.batchSize();
    boolean part = !settings.dropRemainder() && size % batchSize > 0;
    this.batchesPerEpoch = size / batchSize + (part ? 1 : 0);
    if (batchesPerEpoch == 0) {
      throw new IllegalArgumentException(
          "the source has " + size + " examples: not one batch of " + batchSize);
    }
    long blocks = (size - 1) / settings.blockSize() + 1;
    if (blocks > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "blockSize " + settings.blockSize() + " makes " + blocks + " blocks, too many to order");
    }
    this.blocksPerWindow =
        (int) Math.min(blocks, (settings.windowSize() - 1) / settings.blockSize() + 1);
    long inWindow = Math.min(size, (long) blocksPerWindow * settings.blockSize());
    this.window = new BatchBuffers(source.columns(), inWindow, "windowSize");
    this.order = new int[Math.toIntExact(inWindow)];
    this.batch = new BatchBuffers(source.columns(), Math.min(size, batchSize), "batchSize");
    this.wholeBatch = size < batchSize ? Map.of() : Map.copyOf(batch.tensors(batchSize));
  }

  /** A builder of batches of examples of {@code source}. */
  public static Builder builder(ExampleSource source) {
    return new Builder(source);
  }

  /** The number of batches of an epoch. */
  public long batchesPerEpoch() {
    return batchesPerEpoch;
  }

  /** The number of the next batch, counted over all epochs: the step that it is for. */
  public long position() {
    return position;
  }

  /**
   * Continues at batch {@code step}, counted over all epochs. What is needed of the source is read
   * by {@link #next}: at most a window.
   */
  public void seek(long step) {
    if (step < 0) {
      throw new IllegalArgumentException("step is " + step + ", expected 0 or more");
    }
    position = step;
  }

  /**
   * The next batch. Its tensors are valid until the next call.
   *
   * @throws IOException if the source cannot be read; the position is then unchanged
   */
  public Batch next() throws IOException {
    long epoch = position / batchesPerEpoch;
    long index = position % batchesPerEpoch;
    long from = index * settings.batchSize();
    int count = (int) Math.min(settings.batchSize(), source.size() - from);
    if (epoch != orderedEpoch) {
      epochOrder =
          new EpochOrder(
              source.size(),
              settings.blockSize(),
              blocksPerWindow,
              settings.shuffle(),
              settings.seed(),
              epoch);
      orderedEpoch = epoch;
      loadedWindow = -1;
    }
    for (int done = 0; done < count; ) {
      int wanted = epochOrder.windowAt(from + done);
      load(wanted);
      int inWindow = (int) (from + done - epochOrder.start(wanted));
      int most = (int) (epochOrder.start(wanted + 1) - (from + done));
      int size = Math.min(count - done, most);
      batch.gather(window, order, inWindow, done, size);
      done += size;
    }
    position++;
    return new Batch(
        epoch, index, count == settings.batchSize() ? wholeBatch : batch.tensors(count));
  }

  private void load(int wanted) throws IOException {
    if (wanted == loadedWindow) {
      return;
    }
    loadedWindow = -1;
    int row = 0;
    for (int i = epochOrder.firstBlock(wanted); i < epochOrder.endBlock(wanted); i++) {
      window.read(source, epochOrder.firstExample(i), row, epochOrder.blockLength(i));
      row += epochOrder.blockLength(i);
    }
    epochOrder.orderWithin(wanted, order);
    loadedWindow = wanted;
  }

  /** What decides the batches: the number of examples and the settings, for a checkpoint. */
  @Override
  public String toString() {
    return "ShuffledBatches[examples=" + source.size() + ", " + settings + "]";
  }

  private record Settings(
      int batchSize,
      boolean shuffle,
      long seed,
      int blockSize,
      int windowSize,
      boolean dropRemainder) {
    @Override
    public String toString() {
      return "batchSize="
          + batchSize
          + ", shuffle="
          + shuffle
          + ", seed="
          + seed
          + ", blockSize="
          + blockSize
          + ", windowSize="
          + windowSize
          + ", dropRemainder="
          + dropRemainder;
    }
  }

  /** Settings of a stream. */
  public static final class Builder {
    private final ExampleSource source;
    private int batchSize = 1024;
    private boolean shuffle = true;
    private long seed;
    private int blockSize = 1024;
    private int windowSize = 1 << 18;
    private boolean dropRemainder;

    private Builder(ExampleSource source) {
      this.source = Objects.requireNonNull(source, "source");
    }

    /** Examples of a batch; 1024 unless set. */
    public Builder batchSize(int batchSize) {
      this.batchSize = positive("batchSize", batchSize);
      return this;
    }

    /** Whether the order is random (the default) or that of the source. */
    public Builder shuffle(boolean shuffle) {
      this.shuffle = shuffle;
      return this;
    }

    /** Decides the order; 0 unless set. */
    public Builder seed(long seed) {
      this.seed = seed;
      return this;
    }

    /**
     * Examples that stay together on the way to a window: what is read at once; 1024 unless set.
     */
    public Builder blockSize(int blockSize) {
      this.blockSize = positive("blockSize", blockSize);
      return this;
    }

    /** Examples shuffled together, rounded up to whole blocks, in memory; 262144 unless set. */
    public Builder windowSize(int windowSize) {
      this.windowSize = positive("windowSize", windowSize);
      return this;
    }

    /**
     * Whether the last examples of an epoch that make no whole batch are left out; not by default.
     */
    public Builder dropRemainder(boolean dropRemainder) {
      this.dropRemainder = dropRemainder;
      return this;
    }

    /**
     * The stream, at step 0.
     *
     * @throws IllegalArgumentException if the source has no whole batch, or a batch or window takes
     *     2 GiB or more in one column
     */
    public ShuffledBatches build() {
      return new ShuffledBatches(
          source, new Settings(batchSize, shuffle, seed, blockSize, windowSize, dropRemainder));
    }

    private static int positive(String argument, int value) {
      if (value <= 0) {
        throw new IllegalArgumentException(
            argument + " is " + value + ", expected a positive number");
      }
      return value;
    }
  }
}
