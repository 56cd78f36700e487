package org.ortnce.cli.neighbours;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.ortnce.cli.neighbours.Neighbours.Neighbour;
import org.ortnce.tensor.Tensor;

/** Nearest by angle, not by length. */
class NeighboursTest {
  private static final Neighbours TABLE =
      new Neighbours(
          Tensor.of(
              new float[][] {
                {1, 0}, {9, 1}, {0, 1}, {-1, 0}, {0.1f, 0.1f}, {0, 0}, {Float.NaN, 1}, {2, 2}
              }));

  private static List<Integer> ids(List<Neighbour> neighbours) {
    return neighbours.stream().map(Neighbour::id).toList();
  }

  @Test
  void nearestFirstTiesByNumberWithoutItself() {
    assertThat(ids(TABLE.of(0, 3))).containsExactly(1, 4, 7);
    assertThat(ids(TABLE.of(0, 10))).containsExactly(1, 4, 7, 2, 3);
    assertThat(ids(TABLE.of(4, 1))).containsExactly(7);
    assertThat(TABLE.of(0, 0)).isEmpty();
  }

  @Test
  void cosines() {
    List<Neighbour> neighbours = TABLE.of(0, 10);
    assertThat(neighbours.get(0).cosine()).isEqualTo(9 / Math.sqrt(82), within(1e-12));
    assertThat(neighbours.get(1).cosine()).isEqualTo(Math.sqrt(0.5), within(1e-7));
    assertThat(neighbours.get(4).cosine()).isEqualTo(-1);
  }

  @Test
  void zerosAndNanAreNearToNothing() {
    assertThat(TABLE.of(5, 3)).isEmpty();
    assertThat(TABLE.of(6, 3)).isEmpty();
  }
}
