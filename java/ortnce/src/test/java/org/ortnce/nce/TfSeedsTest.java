package org.ortnce.nce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.ortnce.golden.RecordedSampling;

/** TensorFlow's seeds, as recorded and as Python's documentation of its generator has them. */
class TfSeedsTest {
  @TestFactory
  Stream<DynamicTest> recordedTables() throws IOException {
    List<RecordedSampling.SeedTable> tables = RecordedSampling.read().seedTables();
    assertThat(tables).hasSize(14);
    return tables.stream().map(t -> DynamicTest.dynamicTest(t.toString(), () -> check(t)));
  }

  private static void check(RecordedSampling.SeedTable table) {
    TfSeeds seeds =
        table.mode.equals("eager")
            ? TfSeeds.eager(table.globalSeed())
            : TfSeeds.graph(table.globalSeed());
    for (int op = 0; op < table.size(); op++) {
      assertThat(seeds.withOpSeed(table.opSeed(op)))
          .as("op " + op)
          .isEqualTo(new SeedPair(table.attrs[op][0], table.attrs[op][1]));
    }
  }

  @Test
  void eagerSequences() {
    assertThat(automatic(1, 4)).containsExactly(577090037L, 271041745L, 1095513148L, 506456969L);
    assertThat(automatic(1234, 3)).containsExactly(1892932127L, 501869158L, 32175636L);
    assertThat(automatic(-1234, 3)).as("the sign is ignored").isEqualTo(automatic(1234, 3));
  }

  /** Python's random.Random(-2**63).randint(0, 2**31 - 1), twice. */
  @Test
  void leastLong() {
    assertThat(automatic(Long.MIN_VALUE, 2)).containsExactly(1691753470L, 899083848L);
  }

  /**
   * Words 0, 1 and 999 of the reference implementation's list for the key 0x123 0x234 0x345 0x456.
   */
  @Test
  void mersenneTwisterOfFourWords() {
    MersenneTwister random = new MersenneTwister(0x123, 0x234, 0x345, 0x456);
    int[] words = IntStream.range(0, 1000).map(i -> random.nextWord()).toArray();
    assertThat(words[0]).isEqualTo((int) 1067595299L);
    assertThat(words[1]).isEqualTo((int) 955945823L);
    assertThat(words[999]).isEqualTo((int) 3460025646L);
  }

  @Test
  void accidentalHitsTakeASeed() {
    TfSeeds graph = TfSeeds.graph(OptionalLong.of(5));
    assertThat(graph.nceLoss(true)).isEqualTo(new SeedPair(5, 0));
    assertThat(graph.nceLoss(true)).isEqualTo(new SeedPair(5, 2));
    TfSeeds without = TfSeeds.graph(OptionalLong.of(5));
    assertThat(without.nceLoss(false)).isEqualTo(new SeedPair(5, 0));
    assertThat(without.nceLoss(false)).isEqualTo(new SeedPair(5, 1));
    assertThat(TfSeeds.eager(OptionalLong.empty()).nceLoss(true).isFresh()).isTrue();
  }

  @Test
  void opSeedsTakeNoAutomaticSeed() {
    TfSeeds eager = TfSeeds.eager(OptionalLong.of(1));
    eager.withOpSeed(99);
    assertThat(eager.next()).isEqualTo(new SeedPair(1, 577090037));
  }

  @Test
  void bothZeroWouldMeanFreshSeeds() {
    SeedPair pair = TfSeeds.graph(OptionalLong.of(0)).next();
    assertThat(pair).isEqualTo(new SeedPair(0, Integer.MAX_VALUE));
    assertThat(pair.isFresh()).isFalse();
    assertThat(new SeedPair(0, 0).isFresh()).isTrue();
  }

  @Test
  void nullIsRefused() {
    assertThatThrownBy(() -> TfSeeds.graph(null)).hasMessage("globalSeed");
    assertThatThrownBy(() -> TfSeeds.eager(null)).hasMessage("globalSeed");
  }

  private static List<Long> automatic(long globalSeed, int count) {
    TfSeeds seeds = TfSeeds.eager(OptionalLong.of(globalSeed));
    return Stream.generate(() -> seeds.next().seed2()).limit(count).toList();
  }
}
