package org.ortnce.cli.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class HistogramTest {
  @Test
  void edgesAreRoundAndEveryFiniteValueIsCounted() {
    float[] values = new float[1000];
    for (int i = 0; i < values.length; i++) {
      values[i] = 0.803f + 0.016f * i;
    }
    values[3] = Float.NaN;
    values[4] = Float.POSITIVE_INFINITY;
    Histogram histogram = Histogram.of(values);
    assertThat(histogram.edges()).hasSizeBetween(25, 52);
    assertThat(histogram.edges()[0]).isEqualTo(0.5);
    assertThat(histogram.edges()[1]).isEqualTo(1);
    double sum = 0;
    for (double count : histogram.counts()) {
      sum += count;
    }
    assertThat(sum).isEqualTo(998);
  }

  @Test
  void oneValueOrNone() {
    assertThat(Histogram.of(new float[] {-3, -3}).counts()).containsExactly(2);
    assertThat(Histogram.of(new float[] {Float.NaN}).isEmpty()).isTrue();
    assertThat(Histogram.of(new float[0]).isEmpty()).isTrue();
  }

  @Test
  void widths() {
    assertThat(Histogram.roundedUp(0.21)).isEqualTo(0.5, within(1e-15));
    assertThat(Histogram.roundedUp(1)).isEqualTo(1);
    assertThat(Histogram.roundedUp(6e4)).isEqualTo(1e5);
  }
}
