package org.ortnce.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SplitMix64Test {
  /** The published test vector of the algorithm. */
  @Test
  void knownNumbers() {
    SplitMix64 random = new SplitMix64(1234567);
    assertThat(random.next()).isEqualTo(6457827717110365317L);
    assertThat(random.next()).isEqualTo(3203168211198807973L);
    assertThat(random.next()).isEqualTo(Long.parseUnsignedLong("9817491932198370423"));
    assertThat(random.next()).isEqualTo(4593380528125082431L);
    assertThat(random.next()).isEqualTo(Long.parseUnsignedLong("16408922859458223821"));
  }

  /** Chi-squared with bound - 1 degrees of freedom: 5 standard deviations above its mean. */
  @Test
  void boundsAreUniform() {
    for (int bound : new int[] {2, 3, 7, 10, 64, 1000}) {
      SplitMix64 random = new SplitMix64(bound);
      int draws = 1000 * bound;
      int[] counts = new int[bound];
      for (int i = 0; i < draws; i++) {
        counts[random.nextInt(bound)]++;
      }
      double chi = Arrays.stream(counts).mapToDouble(c -> (c - 1000.0) * (c - 1000.0) / 1000).sum();
      assertThat(chi).isLessThan(bound - 1 + 5 * Math.sqrt(2.0 * (bound - 1)));
    }
    // A remainder of 64 bits or a product without redraws would favour the low two thirds here.
    int large = 0x60000000;
    SplitMix64 random = new SplitMix64(3);
    long low = IntStream.range(0, 90_000).filter(i -> random.nextInt(large) < large / 3).count();
    assertThat((double) low).isBetween(30_000 - 5 * 142.0, 30_000 + 5 * 142.0);
    assertThat(random.nextInt(1)).isZero();
    assertThatThrownBy(() -> random.nextInt(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void everyOrderOfFourIsEquallyLikely() {
    int[] counts = new int[256];
    SplitMix64 random = new SplitMix64(8);
    for (int i = 0; i < 24_000; i++) {
      int[] order = {0, 1, 2, 3};
      random.shuffle(order, 4);
      counts[order[0] * 64 + order[1] * 16 + order[2] * 4 + order[3]]++;
    }
    int[] seen = Arrays.stream(counts).filter(c -> c > 0).toArray();
    assertThat(seen).hasSize(24);
    double chi = Arrays.stream(seen).mapToDouble(c -> (c - 1000.0) * (c - 1000.0) / 1000).sum();
    assertThat(chi).isLessThan(23 + 5 * Math.sqrt(2.0 * 23));
  }

  @Test
  void keysThatDifferAnywhereGiveOtherStreams() {
    Set<Long> firsts = new HashSet<>();
    for (long seed = 0; seed < 30; seed++) {
      for (long epoch = 0; epoch < 30; epoch++) {
        firsts.add(SplitMix64.of(seed, epoch).next());
        firsts.add(SplitMix64.of(seed, epoch, 0).next());
      }
    }
    assertThat(firsts).hasSize(1800);
    assertThat(SplitMix64.of(5, 7).next()).isEqualTo(SplitMix64.of(5, 7).next());
  }
}
