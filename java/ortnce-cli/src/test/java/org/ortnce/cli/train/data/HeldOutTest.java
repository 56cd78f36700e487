package org.ortnce.cli.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Held out and trained on: every item is one of the two, once. */
class HeldOutTest {
  private static List<Long> heldOut(HeldOut split) {
    List<Long> items = new ArrayList<>();
    for (long i = 0; i < split.heldOutSize(); i++) {
      items.add(split.heldOut(i));
    }
    return items;
  }

  @Test
  void everyItemIsInOneOfTheTwoAndBothAscend() {
    for (long size : new long[] {1, 2, 3, 7, 10, 99, 1000, 1001}) {
      for (long count = 0; count < size; count++) {
        HeldOut split = new HeldOut(size, (double) count / size, 5);
        assertThat(split.heldOutSize()).isEqualTo(count);
        List<Long> training = new ArrayList<>();
        for (long i = 0; i < split.trainingSize(); i++) {
          training.add(split.training(i));
        }
        List<Long> heldOut = heldOut(split);
        assertThat(training).isSorted();
        assertThat(heldOut).isSorted();
        List<Long> all = new ArrayList<>(training);
        all.addAll(heldOut);
        assertThat(all).hasSize((int) size).doesNotHaveDuplicates();
        assertThat(all).allMatch(item -> item >= 0 && item < size);
      }
    }
  }

  @Test
  void theSeedChooses() {
    assertThat(heldOut(new HeldOut(1000, 0.1, 1))).isEqualTo(heldOut(new HeldOut(1000, 0.1, 1)));
    assertThat(heldOut(new HeldOut(1000, 0.1, 1))).isNotEqualTo(heldOut(new HeldOut(1000, 0.1, 2)));
    long[] places = new long[10];
    for (long seed = 0; seed < 1000; seed++) {
      places[(int) new HeldOut(10, 0.1, seed).heldOut(0)]++;
    }
    // 100 each; seven standard deviations of a binomial count.
    for (long count : places) {
      assertThat(count).isBetween(34L, 166L);
    }
  }

  @Test
  void hugeSizesDoNotOverflow() {
    long size = 1L << 61;
    HeldOut split = new HeldOut(size, 0.5, 3);
    assertThat(split.heldOut(split.heldOutSize() - 1)).isBetween(size - 2, size - 1);
    assertThat(split.training(split.trainingSize() - 1)).isBetween(size - 2, size - 1);
  }

  @Test
  void fractionsThatSplitNothingAreRefused() {
    for (double fraction : new double[] {-0.1, 1, 1.5, Double.NaN}) {
      assertThatThrownBy(() -> new HeldOut(10, fraction, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("[0, 1)");
    }
    assertThatThrownBy(() -> new HeldOut(1, 0.5, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("nothing can be held out of 1: use --held-out 0, or give more");
    assertThat(new HeldOut(10, 0.01, 1).heldOutSize()).isEqualTo(1);
    assertThat(new HeldOut(10, 0.99, 1).trainingSize()).isEqualTo(1);
    assertThat(new HeldOut(0, 0, 1).trainingSize()).isZero();
  }
}
