package org.ortnce.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.ortnce.tensor.Tensor;

class GradientClippingTest {
  private final Parameter weights = Parameter.zeros("weights", 10, 2);
  private final Parameter biases = Parameter.zeros("biases", 3);

  private ParameterGradient sparse(float... values) {
    return ParameterGradient.sparse(
        weights, Tensor.of(new long[] {3, 7}, 2), Tensor.of(values, 2, 2));
  }

  private ParameterGradient dense(float... values) {
    return ParameterGradient.dense(biases, Tensor.of(values, 3));
  }

  @Test
  void byNormLimitsEachAlone() {
    // Norms 10 and 3.
    List<ParameterGradient> gradients = List.of(sparse(1, 7, 5, 5), dense(1, 2, 2));
    List<ParameterGradient> clipped = GradientClipping.byNorm(5).clip(gradients);
    assertThat(clipped.get(0).factor()).isEqualTo(0.5f);
    assertThat(clipped.get(0).values()).isSameAs(gradients.get(0).values());
    assertThat(Math.sqrt(clipped.get(0).squaredNorm())).isCloseTo(5, within(1e-12));
    assertThat(clipped.get(1)).isSameAs(gradients.get(1));
    assertThat(GradientClipping.byNorm(10).clip(gradients)).isEqualTo(gradients);
  }

  @Test
  void byGlobalNormLimitsAllByOneFactor() {
    // Squares 6^2 * 4 = 144 and 25 together: norm 13.
    List<ParameterGradient> gradients = List.of(sparse(6, 6, 6, 6), dense(3, 0, 4));
    assertThat(GradientClipping.globalNorm(gradients)).isEqualTo(13);
    List<ParameterGradient> clipped = GradientClipping.byGlobalNorm(6.5).clip(gradients);
    assertThat(clipped).extracting(ParameterGradient::factor).containsExactly(0.5f, 0.5f);
    assertThat(GradientClipping.byGlobalNorm(13).clip(gradients))
        .extracting(ParameterGradient::factor)
        .containsExactly(1f, 1f);
  }

  @Test
  void noneAndZero() {
    List<ParameterGradient> gradients = List.of(dense(0, 0, 0));
    assertThat(GradientClipping.none().clip(gradients)).isSameAs(gradients);
    assertThat(GradientClipping.byNorm(1).clip(gradients).get(0).factor()).isEqualTo(1);
    assertThat(GradientClipping.globalNorm(List.of())).isZero();
  }

  @Test
  void squaresBeyondFloatAreSummedInDouble() {
    ParameterGradient huge = dense(3e38f, 0, 0);
    assertThat(GradientClipping.byNorm(3).clip(List.of(huge)).get(0).factor()).isEqualTo(1e-38f);
    ParameterGradient tiny = dense(1e-30f, 0, 0);
    assertThat(Math.sqrt(tiny.squaredNorm())).isCloseTo(1e-30, within(1e-36));
  }

  /** More elements than a block and no multiple of the lanes, against a plain sum. */
  @Test
  void longGradients() {
    Parameter large = Parameter.uniform("large", -1, 1, 3, 5003);
    double sum = 0;
    for (float value : large.value().toFloatArray()) {
      sum += (double) value * value;
    }
    ParameterGradient gradient = ParameterGradient.dense(large, large.value());
    assertThat(gradient.squaredNorm()).isCloseTo(sum, within(1e-13 * sum));
    assertThat(gradient.times(3).squaredNorm()).isCloseTo(9 * sum, within(1e-12 * sum));
  }

  @Test
  void brokenGradientsDoNotPassForSmallOnes() {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      List<ParameterGradient> gradients = List.of(sparse(1, 1, 1, 1), dense(0, bad, 0));
      assertThat(GradientClipping.byGlobalNorm(5).clip(gradients))
          .extracting(ParameterGradient::factor)
          .containsExactly(Float.NaN, Float.NaN);
      assertThat(GradientClipping.byNorm(5).clip(gradients))
          .extracting(ParameterGradient::factor)
          .containsExactly(1f, Float.NaN);
      assertThat(gradients.get(1).firstNonFinite()).contains("biases gradient[1] = " + bad);
      assertThat(gradients.get(0).firstNonFinite()).isEmpty();
    }
  }

  @Test
  void badLimits() {
    for (double norm : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> GradientClipping.byNorm(norm))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("clipNorm is " + norm);
      assertThatThrownBy(() -> GradientClipping.byGlobalNorm(norm))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(GradientClipping.byGlobalNorm(5)).hasToString("clip_by_global_norm(5.0)");
  }
}
