package org.ortnce.nce;

import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * TensorFlow's Python-level seeds as the attributes {@code seed} and {@code seed2} of its ops: what
 * {@code tf.compat.v1.get_seed} computes from the global seed ({@code tf.random.set_seed}) and the
 * {@code seed} argument of an op.
 *
 * <p>Ask once for each op that TensorFlow's program creates, in its order: an op without a seed of
 * its own takes the next automatic seed. That includes ops that draw nothing: {@code
 * compute_accidental_hits} asks for a seed and ignores it, so {@code tf.nn.nce_loss} with {@code
 * remove_accidental_hits} takes two ({@link #nceLoss}).
 *
 * <pre>{@code
 * TfSeeds seeds = TfSeeds.graph(OptionalLong.of(5));     // tf.random.set_seed(5) in a graph
 * SeedPair sampler = seeds.withOpSeed(42);               // log_uniform_candidate_sampler(seed=42)
 * SeedPair loss = seeds.nceLoss(true);                   // nce_loss(remove_accidental_hits=True)
 * }</pre>
 *
 * <p>Not safe for concurrent use.
 */
public final class TfSeeds {
  private static final long MODULUS = Integer.MAX_VALUE;
  private static final long DEFAULT_GLOBAL_SEED = 87654321;

  private final OptionalLong globalSeed;
  private final LongSupplier automatic;

  private TfSeeds(OptionalLong globalSeed, LongSupplier automatic) {
    this.globalSeed = globalSeed;
    this.automatic = automatic;
  }

  /**
   * Seeds of the ops of one graph: a v1 graph, or one traced {@code tf.function}. Automatic seeds
   * count from 0.
   *
   * @param globalSeed the seed of the graph, empty if none was set
   */
  public static TfSeeds graph(OptionalLong globalSeed) {
    long[] count = {0};
    return new TfSeeds(Objects.requireNonNull(globalSeed, "globalSeed"), () -> count[0]++);
  }

  /**
   * Seeds of ops that run eagerly after {@code tf.random.set_seed}. Automatic seeds are those of
   * Python's {@code random.Random(globalSeed).randint(0, 2**31 - 1)}; setting the global seed again
   * starts them over, as a new object does.
   *
   * @param globalSeed the global seed, empty if none was set
   */
  public static TfSeeds eager(OptionalLong globalSeed) {
    Objects.requireNonNull(globalSeed, "globalSeed");
    MersenneTwister random = globalSeed.isPresent() ? python(globalSeed.getAsLong()) : null;
    return new TfSeeds(
        globalSeed,
        () -> {
          int word = random.nextWord();
          while (word < 0) {
            word = random.nextWord();
          }
          return word;
        });
  }

  /** The generator that Python seeds with this integer: its magnitude in 32-bit words. */
  private static MersenneTwister python(long seed) {
    // The magnitude of the least long does not fit a long, but its bits are right.
    long magnitude = Math.abs(seed);
    int low = (int) magnitude;
    int high = (int) (magnitude >>> 32);
    return high == 0 ? new MersenneTwister(low) : new MersenneTwister(low, high);
  }

  /** The seeds of the next op without a seed of its own; fresh ones if no global seed is set. */
  public SeedPair next() {
    if (globalSeed.isEmpty()) {
      return new SeedPair(0, 0);
    }
    return pair(globalSeed.getAsLong(), automatic.getAsLong());
  }

  /** The seeds of an op with a seed of its own; takes no automatic seed. */
  public SeedPair withOpSeed(long opSeed) {
    return pair(globalSeed.orElse(DEFAULT_GLOBAL_SEED), opSeed);
  }

  /**
   * The seeds of an op whose seed may be unset, as in Python.
   *
   * @param opSeed the seed of the op, empty for Python's {@code None}
   */
  public SeedPair withOpSeed(OptionalLong opSeed) {
    return opSeed.isPresent() ? withOpSeed(opSeed.getAsLong()) : next();
  }

  /**
   * The seeds of the sampler in the next {@code tf.nn.nce_loss} without sampled values. The loss
   * takes one automatic seed, and one more for its accidental hits.
   */
  public SeedPair nceLoss(boolean removeAccidentalHits) {
    SeedPair sampler = next();
    if (removeAccidentalHits) {
      next();
    }
    return sampler;
  }

  private static SeedPair pair(long global, long op) {
    long seed = Math.floorMod(global, MODULUS);
    long seed2 = Math.floorMod(op, MODULUS);
    // (0, 0) would mean fresh seeds, which nobody asked for.
    return seed == 0 && seed2 == 0 ? new SeedPair(0, MODULUS) : new SeedPair(seed, seed2);
  }
}
