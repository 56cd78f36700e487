package org.ortnce.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.ortnce.tensor.Tensor;

class ParameterTest {
  @Test
  void heapTensorsAreCopiedAndDirectOnesShared() {
    float[] heap = {1, 2, 3, 4, 5, 6};
    Parameter copied = Parameter.of("weights", Tensor.of(heap, 3, 2));
    heap[0] = 9;
    assertThat(copied.value().isDirect()).isTrue();
    assertThat(copied.value().toFloatArray()).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(copied.rows()).isEqualTo(3);
    assertThat(copied.rowSize()).isEqualTo(2);
    assertThat(copied).hasToString("weights float[3, 2]");

    Tensor direct = Tensor.allocateFloats(3, 2);
    Parameter shared = Parameter.of("weights", direct);
    direct.floats().put(4, 7);
    assertThat(shared.value().floats().get(4)).isEqualTo(7);

    Tensor readOnly = Tensor.of(direct.floats().asReadOnlyBuffer(), 3, 2);
    Parameter writable = Parameter.of("weights", readOnly);
    writable.value().floats().put(0, 5);
    assertThat(direct.floats().get(0)).isZero();
  }

  @Test
  void rowsAreAllAfterTheFirstDimension() {
    assertThat(Parameter.zeros("biases", 7).rowSize()).isEqualTo(1);
    assertThat(Parameter.zeros("filters", 2, 3, 4).rowSize()).isEqualTo(12);
    assertThat(Parameter.zeros("none", 0, 4).rowSize()).isZero();
  }

  @Test
  void badParameters() {
    assertThatThrownBy(() -> Parameter.of("w", Tensor.scalar(1f)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("parameter 'w' is float[], expected float[rows, ...]");
    assertThatThrownBy(() -> Parameter.of("w", Tensor.of(new long[] {1}, 1)))
        .hasMessageContaining("is int64[1]");
    assertThatThrownBy(() -> Parameter.zeros(" ", 1)).hasMessageContaining("blank");
    assertThatThrownBy(() -> Parameter.uniform("w", 1, 0, 0, 1)).hasMessageContaining("[1.0, 0.0)");
    assertThatThrownBy(() -> Parameter.uniform("w", 0, Double.NaN, 0, 1))
        .hasMessageContaining("no finite range");
    assertThatThrownBy(() -> Parameter.normal("w", -1, 0, 1))
        .hasMessageContaining("stddev is -1.0");
  }

  /** Means and variances within 5 standard errors; n = 100000 (more than one block). */
  @Test
  void initialisers() {
    int n = 100_000;
    float[] uniform = Parameter.uniform("w", -1, 3, 5, n).value().toFloatArray();
    assertMoments(uniform, 1, 16.0 / 12);
    for (float value : uniform) {
      assertThat(value).isBetween(-1f, 3f);
    }
    assertMoments(Parameter.normal("w", 2, 5, n).value().toFloatArray(), 0, 4);
    float[] truncated = Parameter.truncatedNormal("w", 2, 5, n).value().toFloatArray();
    // The variance of a normal cut at two standard deviations is 0.7737 of the whole one's.
    assertMoments(truncated, 0, 4 * 0.7737413);
    for (float value : truncated) {
      assertThat(value).isBetween(-4f, 4f);
    }
  }

  private static void assertMoments(float[] values, double mean, double variance) {
    double sum = 0;
    double squares = 0;
    for (float value : values) {
      sum += value - mean;
      squares += (value - mean) * (value - mean);
    }
    int n = values.length;
    assertThat(Math.abs(sum / n)).isLessThan(5 * Math.sqrt(variance / n));
    // The fourth moment of a normal is the largest here: the variance of squares is 2 variance^2.
    assertThat(Math.abs(squares / n - variance)).isLessThan(5 * variance * Math.sqrt(2.0 / n));
  }

  /** Hashes of the numbers an independent implementation gives: a seed means these for ever. */
  @Test
  void seedsAreForEver() {
    assertThat(hash(Parameter.uniform("w", -1, 1, 42, 50, 100))).isEqualTo(UNIFORM);
    assertThat(hash(Parameter.normal("w", 1, 42, 50, 100))).isEqualTo(NORMAL);
    assertThat(hash(Parameter.truncatedNormal("w", 1, 42, 50, 100))).isEqualTo(TRUNCATED);
    assertThat(hash(Parameter.uniform("w", -1, 1, 43, 50, 100))).isNotEqualTo(UNIFORM);
  }

  private static final int UNIFORM = -1709483626;
  private static final int NORMAL = 568762585;
  private static final int TRUNCATED = 129066605;

  private static int hash(Parameter parameter) {
    return Arrays.hashCode(parameter.value().toFloatArray());
  }
}
