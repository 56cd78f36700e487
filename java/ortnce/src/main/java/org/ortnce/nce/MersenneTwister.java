package org.ortnce.nce;

/**
 * MT19937 (Matsumoto and Nishimura, ACM TOMACS 8, 1998) with initialization by array: the generator
 * that Python seeds with an integer.
 */
final class MersenneTwister {
  private static final int N = 624;
  private static final int M = 397;
  private static final int UPPER = 0x80000000;
  private static final int MATRIX = 0x9908b0df;

  private final int[] state = new int[N];
  private int next = N;

  /**
   * @param key 32-bit words, least significant first, at least one
   */
  MersenneTwister(int... key) {
    state[0] = 19650218;
    for (int i = 1; i < N; i++) {
      state[i] = 1812433253 * mixed(i - 1) + i;
    }
    int i = 1;
    int j = 0;
    for (int k = Math.max(N, key.length); k > 0; k--) {
      state[i] = (state[i] ^ (1664525 * mixed(i - 1))) + key[j] + j;
      i = following(i);
      j = (j + 1) % key.length;
    }
    for (int k = N - 1; k > 0; k--) {
      state[i] = (state[i] ^ (1566083941 * mixed(i - 1))) - i;
      i = following(i);
    }
    state[0] = UPPER;
  }

  /** The next 32 random bits. */
  int nextWord() {
    if (next == N) {
      refill();
    }
    int y = state[next++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return y ^ (y >>> 18);
  }

  private void refill() {
    for (int k = 0; k < N; k++) {
      int y = (state[k] & UPPER) | (state[(k + 1) % N] & ~UPPER);
      state[k] = state[(k + M) % N] ^ (y >>> 1) ^ ((y & 1) == 0 ? 0 : MATRIX);
    }
    next = 0;
  }

  private int mixed(int index) {
    return state[index] ^ (state[index] >>> 30);
  }

  /** The index after {@code i} in [1, N), which leaves the last word in place of the first. */
  private int following(int i) {
    if (i < N - 1) {
      return i + 1;
    }
    state[0] = state[N - 1];
    return 1;
  }
}
