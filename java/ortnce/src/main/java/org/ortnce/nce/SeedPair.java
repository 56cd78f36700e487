package org.ortnce.nce;

/**
 * The attributes {@code seed} and {@code seed2} of an op that draws. {@code (0, 0)} draws fresh
 * seeds for each session; every other pair gives the same candidates each time.
 *
 * @param seed the key of the random stream
 * @param seed2 the upper half of its counter
 * @see TfSeeds
 */
public record SeedPair(long seed, long seed2) {
  /** Whether a session with these seeds draws fresh ones. */
  public boolean isFresh() {
    return seed == 0 && seed2 == 0;
  }
}
