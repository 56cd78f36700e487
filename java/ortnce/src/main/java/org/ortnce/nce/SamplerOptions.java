package org.ortnce.nce;

import java.util.Objects;
import java.util.OptionalLong;

/**
 * The attributes that the candidate samplers share, with TensorFlow's names. Immutable.
 *
 * <pre>{@code
 * SamplerOptions options =
 *     SamplerOptions.builder().numSampled(64).rangeMax(50_000).seed(1, 2).build();
 * }</pre>
 */
public final class SamplerOptions {
  private final int numTrue;
  private final long numSampled;
  private final boolean unique;
  private final OptionalLong rangeMax;
  private final SeedPair seeds;

  private SamplerOptions(Builder values) {
    numTrue = values.numTrue;
    numSampled = values.numSampled;
    unique = values.unique;
    rangeMax = values.rangeMax;
    seeds = values.seeds;
  }

  /** Options with every default; {@code num_sampled} and {@code range_max} have none. */
  public static Builder builder() {
    return new Builder();
  }

  /** The number of true classes of an example. */
  public int numTrue() {
    return numTrue;
  }

  /** The number of candidates. */
  public long numSampled() {
    return numSampled;
  }

  /** Whether candidates are drawn without replacement. */
  public boolean unique() {
    return unique;
  }

  /** The number of classes; absent for the sampler of all. */
  public OptionalLong rangeMax() {
    return rangeMax;
  }

  /** The seeds. */
  public SeedPair seeds() {
    return seeds;
  }

  /** Collects options. */
  public static final class Builder {
    private int numTrue = 1;
    private long numSampled;
    private boolean unique = true;
    private OptionalLong rangeMax = OptionalLong.empty();
    private SeedPair seeds = new SeedPair(0, 0);

    private Builder() {}

    /**
     * The number of true classes of an example; 1 by default.
     *
     * @throws IllegalArgumentException if not positive
     */
    public Builder numTrue(int value) {
      numTrue = (int) positive("numTrue", value);
      return this;
    }

    /**
     * The number of candidates, shared by the batch.
     *
     * @throws IllegalArgumentException if not positive
     */
    public Builder numSampled(long value) {
      numSampled = positive("numSampled", value);
      return this;
    }

    /** Whether candidates are drawn without replacement; true by default. */
    public Builder unique(boolean value) {
      unique = value;
      return this;
    }

    /**
     * The number of classes: candidates and true classes lie in [0, rangeMax).
     *
     * @throws IllegalArgumentException if not positive
     */
    public Builder rangeMax(long value) {
      rangeMax = OptionalLong.of(positive("rangeMax", value));
      return this;
    }

    /**
     * The seeds of TensorFlow's kernels; for one pair that is not (0, 0) the candidates are
     * TensorFlow's. (0, 0), the default, draws fresh seeds for each session. {@link TfSeeds} gives
     * the pair that TensorFlow makes of seeds set in Python.
     */
    public Builder seed(long seed, long seed2) {
      return seed(new SeedPair(seed, seed2));
    }

    /** The same. */
    public Builder seed(SeedPair value) {
      seeds = Objects.requireNonNull(value, "seeds");
      return this;
    }

    /**
     * The options collected so far.
     *
     * @throws IllegalStateException if {@code numSampled} was not set
     */
    public SamplerOptions build() {
      if (numSampled == 0) {
        throw new IllegalStateException("numSampled must be set");
      }
      return new SamplerOptions(this);
    }

    private static long positive(String name, long value) {
      if (value < 1) {
        throw new IllegalArgumentException(name + " must be >= 1, got " + value);
      }
      return value;
    }
  }
}
