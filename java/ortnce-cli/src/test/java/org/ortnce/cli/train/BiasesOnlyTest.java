package org.ortnce.cli.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.ortnce.cli.train.data.ClassCounts;
import org.ortnce.tensor.Tensor;

/** Losses of biases, by hand. */
class BiasesOnlyTest {
  private static final double TOLERANCE = 1e-6;

  @Test
  void zerosCostLog2AClass() {
    BiasesOnly zeros = BiasesOnly.zeros(7);
    assertThat(zeros.loss(Tensor.of(new long[] {0, 6}, 2, 1)))
        .isEqualTo(7 * Math.log(2), within(TOLERANCE));
    assertThat(zeros.loss(Tensor.of(new long[0], 0, 1))).isZero();
    assertThat(zeros.biases().toFloatArray()).containsOnly(0f).hasSize(7);
  }

  @Test
  void unigramsAreLogShares() {
    ClassCounts counts = new ClassCounts(3);
    counts.add(0);
    counts.add(0);
    counts.add(0);
    counts.add(1);
    BiasesOnly unigram = BiasesOnly.unigram(counts);
    // Class 2 was never a label and counts as half a one.
    assertThat(unigram.biases().toFloatArray())
        .containsExactly((float) Math.log(0.75), (float) Math.log(0.25), (float) Math.log(0.125));
    double all = Math.log(1.75) + Math.log(1.25) + Math.log(1.125);
    assertThat(unigram.loss(Tensor.of(new long[] {1}, 1, 1)))
        .isEqualTo(all - Math.log(0.25), within(TOLERANCE));
    // Of two labels the mean counts.
    assertThat(unigram.loss(Tensor.of(new long[] {0, 1}, 1, 2)))
        .isEqualTo(all - (Math.log(0.75) + Math.log(0.25)) / 2, within(TOLERANCE));
  }
}
