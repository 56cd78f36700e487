package org.ortnce.nce;

/**
 * What a fixed unigram sampler takes besides {@link SamplerOptions}, with TensorFlow's names.
 *
 * <p>With several shards {@code range_max} is the size of this shard, and candidates, true classes
 * and probabilities are positions in it, not ids of the whole.
 *
 * @param distortion each weight is raised to this power; 1 leaves weights as they are, 0 makes all
 *     equal, those of 0 included
 * @param numReservedIds how many ids before the first weight are reserved: never drawn
 * @param numShards the number of shards that ids are dealt to, in turn
 * @param shard the one of this sampler, from 0
 */
public record FixedUnigramOptions(
    float distortion, long numReservedIds, long numShards, long shard) {
  /** Checks the values. */
  public FixedUnigramOptions {
    check(Float.isFinite(distortion), "distortion", "finite", distortion);
    check(numReservedIds >= 0, "numReservedIds", ">= 0", numReservedIds);
    check(numShards >= 1, "numShards", ">= 1", numShards);
    check(shard >= 0 && shard < numShards, "shard", "in [0, numShards = " + numShards + ")", shard);
  }

  /** No distortion, no reserved id, one shard. */
  public static FixedUnigramOptions defaults() {
    return new FixedUnigramOptions(1f, 0, 1, 0);
  }

  /** The same with another distortion. */
  public FixedUnigramOptions withDistortion(float newDistortion) {
    return new FixedUnigramOptions(newDistortion, numReservedIds, numShards, shard);
  }

  /** The same with another number of reserved ids. */
  public FixedUnigramOptions withNumReservedIds(long newNumReservedIds) {
    return new FixedUnigramOptions(distortion, newNumReservedIds, numShards, shard);
  }

  /** The same for one of several shards. */
  public FixedUnigramOptions withShard(long newShard, long newNumShards) {
    return new FixedUnigramOptions(distortion, numReservedIds, newNumShards, newShard);
  }

  /**
   * The {@code range_max} of a sampler of these weights: the weights and reserved ids that fall to
   * this shard.
   *
   * @param numUnigrams the number of weights, of all shards
   * @throws IllegalArgumentException if there are more than 2^63 - 1
   */
  public long rangeMax(long numUnigrams) {
    check(
        numUnigrams <= Long.MAX_VALUE - numReservedIds,
        "numReservedIds",
        "at most 2^63 - 1 with " + numUnigrams + " weights",
        numReservedIds);
    return reservedOfShard() + weightsOfShard(numUnigrams);
  }

  /** How many reserved ids fall to this shard. */
  long reservedOfShard() {
    return idsOfShardBelow(numReservedIds);
  }

  /**
   * How many of {@code numUnigrams} weights fall to this shard. Like TensorFlow this numbers them
   * from the reserved ids of this shard, not of all.
   */
  long weightsOfShard(long numUnigrams) {
    long first = reservedOfShard();
    return idsOfShardBelow(first + numUnigrams) - idsOfShardBelow(first);
  }

  /** Whether weight {@code index} falls to this shard. */
  boolean isOfShard(long index) {
    return (reservedOfShard() + index) % numShards == shard;
  }

  private long idsOfShardBelow(long limit) {
    return limit <= shard ? 0 : (limit - shard - 1) / numShards + 1;
  }

  private static void check(boolean fits, String name, String expected, Object found) {
    if (!fits) {
      throw new IllegalArgumentException(name + " must be " + expected + ", got " + found);
    }
  }
}
