package org.ortnce.nce;

import java.util.Objects;
import java.util.OptionalLong;

/**
 * The attributes of {@code NceLoss}: the parameters of {@code tf.nn.nce_loss} that are no tensors,
 * with TensorFlow's names and defaults, and those this op adds. Immutable.
 */
public final class NceLossOptions {
  private final Builder values;

  private NceLossOptions(Builder values) {
    this.values = values.copy();
  }

  /** Options with every default; {@code num_sampled} has none. */
  public static Builder builder() {
    return new Builder();
  }

  /** The same options with {@code num_sampled} candidates, drawn by the op. */
  public static NceLossOptions ofNumSampled(long numSampled) {
    return builder().numSampled(numSampled).build();
  }

  /** A builder that starts with these options. */
  public Builder toBuilder() {
    return values.copy();
  }

  /** The number of candidates; absent means as many as are given. */
  public OptionalLong numSampled() {
    return values.numSampled;
  }

  /** The number of classes; absent means the rows of the weights. */
  public OptionalLong numClasses() {
    return values.numClasses;
  }

  /** The number of target classes of an example. */
  public int numTrue() {
    return values.numTrue;
  }

  /** Whether candidates that equal a target class of an example are left out of its loss. */
  public boolean removeAccidentalHits() {
    return values.removeAccidentalHits;
  }

  /** How classes are spread over the partitions of the weights. */
  public PartitionStrategy partitionStrategy() {
    return values.partitionStrategy;
  }

  /** Whether the logarithms of the expected counts are subtracted from the logits. */
  public boolean subtractLogQ() {
    return values.subtractLogQ;
  }

  /** The label that marks padding. */
  public OptionalLong ignoreIndex() {
    return values.ignoreIndex;
  }

  /** How the losses of a batch are reduced. */
  public Reduction reduction() {
    return values.reduction;
  }

  /** Whether a CUDA device may round float products to TF32. */
  public boolean allowTf32() {
    return values.allowTf32;
  }

  /** The first seed of the sampler. */
  public long seed() {
    return values.seed;
  }

  /** The second seed of the sampler. */
  public long seed2() {
    return values.seed2;
  }

  /** Collects options. */
  public static final class Builder {
    private OptionalLong numSampled = OptionalLong.empty();
    private OptionalLong numClasses = OptionalLong.empty();
    private int numTrue = 1;
    private boolean removeAccidentalHits;
    private PartitionStrategy partitionStrategy = PartitionStrategy.DIV;
    private boolean subtractLogQ = true;
    private OptionalLong ignoreIndex = OptionalLong.empty();
    private Reduction reduction = Reduction.NONE;
    private long seed;
    private long seed2;
    private boolean allowTf32;

    private Builder() {}

    private Builder copy() {
      Builder copy = new Builder();
      copy.numSampled = numSampled;
      copy.numClasses = numClasses;
      copy.numTrue = numTrue;
      copy.removeAccidentalHits = removeAccidentalHits;
      copy.partitionStrategy = partitionStrategy;
      copy.subtractLogQ = subtractLogQ;
      copy.ignoreIndex = ignoreIndex;
      copy.reduction = reduction;
      copy.seed = seed;
      copy.seed2 = seed2;
      copy.allowTf32 = allowTf32;
      return copy;
    }

    /**
     * The number of candidates, shared by the batch. Required unless sampled values are given.
     *
     * @throws IllegalArgumentException if negative
     */
    public Builder numSampled(long value) {
      numSampled = OptionalLong.of(atLeast("numSampled", value, 0));
      return this;
    }

    /**
     * The number of classes, if fewer than the rows of the weights: rows past it are padding.
     *
     * @throws IllegalArgumentException if not positive
     */
    public Builder numClasses(long value) {
      numClasses = OptionalLong.of(atLeast("numClasses", value, 1));
      return this;
    }

    /**
     * The number of target classes of an example; 1 by default.
     *
     * @throws IllegalArgumentException if not positive
     */
    public Builder numTrue(int value) {
      numTrue = (int) atLeast("numTrue", value, 1);
      return this;
    }

    /** Whether to leave accidental hits out; false by default. */
    public Builder removeAccidentalHits(boolean value) {
      removeAccidentalHits = value;
      return this;
    }

    /** Div (TensorFlow 2's only strategy) by default. */
    public Builder partitionStrategy(PartitionStrategy value) {
      partitionStrategy = Objects.requireNonNull(value, "partitionStrategy");
      return this;
    }

    /** True by default; false is negative sampling (Mikolov et al., NeurIPS 2013). */
    public Builder subtractLogQ(boolean value) {
      subtractLogQ = value;
      return this;
    }

    /** Labels equal to this are padding: an example may have fewer than {@code num_true}. */
    public Builder ignoreIndex(long value) {
      ignoreIndex = OptionalLong.of(value);
      return this;
    }

    /** None by default, as in TensorFlow. */
    public Builder reduction(Reduction value) {
      reduction = Objects.requireNonNull(value, "reduction");
      return this;
    }

    /**
     * Whether float inputs and weights may be rounded to TF32 (10 bits of fraction) for the tensor
     * cores of a CUDA device, where its session allows it too; false by default. No other provider
     * does.
     */
    public Builder allowTf32(boolean value) {
      allowTf32 = value;
      return this;
    }

    /**
     * The two seeds of TensorFlow's sampler kernels; for one pair that is not (0, 0) the candidates
     * are TensorFlow's. (0, 0), the default, draws fresh seeds for each session.
     */
    public Builder seed(long first, long second) {
      seed = first;
      seed2 = second;
      return this;
    }

    /** The same. */
    public Builder seed(SeedPair seeds) {
      return seed(seeds.seed(), seeds.seed2());
    }

    /** The options collected so far. */
    public NceLossOptions build() {
      return new NceLossOptions(this);
    }

    private static long atLeast(String name, long value, long least) {
      if (value < least) {
        throw new IllegalArgumentException(name + " must be >= " + least + ", got " + value);
      }
      return value;
    }
  }
}
