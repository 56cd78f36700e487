package org.ortnce.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.ortnce.tensor.Tensor;

class BoundOptimizerTest {
  static final List<Optimizer> ALL =
      List.of(
          Optimizers.sgd(),
          Optimizers.momentum(0.9, false),
          Optimizers.momentum(0.5, true),
          Optimizers.adagrad(),
          Optimizers.adam());

  private static Parameter uniform(long seed, long... shape) {
    return Parameter.uniform("w", -1, 1, seed, shape);
  }

  /** All that an optimizer changes: the parameter, then its slots. */
  private static float[][] everything(BoundOptimizer bound) {
    return java.util.stream.Stream.concat(
            bound.parameters().stream().map(Parameter::value), bound.slots().values().stream())
        .map(Tensor::toFloatArray)
        .toArray(float[][]::new);
  }

  /**
   * Sparse rows give, bit for bit, what each would give as a dense parameter of its own, for row
   * sizes around those at which copies change (8, a block of 2048), with neighbours and gaps.
   */
  @Test
  void sparseRowsAreUpdatedAsDenseOnes() {
    for (Optimizer optimizer : ALL) {
      for (int rowSize : new int[] {1, 3, 7, 8, 9, 64, 100, 1500, 2048, 2049, 5000}) {
        int rows = rowSize == 1 ? 6000 : 40;
        long[] touched =
            LongStream.range(0, rows).filter(r -> r % 7 < 3 || r == rows - 1).toArray();
        Parameter whole = uniform(1, rows, rowSize);
        float[] before = whole.value().toFloatArray();
        Parameter part =
            Parameter.of(
                "part", Tensor.of(rows(before, touched, rowSize), touched.length, rowSize));
        BoundOptimizer sparse = optimizer.bind(List.of(whole));
        BoundOptimizer dense = optimizer.bind(List.of(part));
        for (int step = 0; step < 3; step++) {
          Tensor gradient = uniform(10 + step, touched.length, rowSize).value();
          ParameterGradient rowsAlone =
              ParameterGradient.sparse(whole, Tensor.of(touched, touched.length), gradient);
          sparse.apply(List.of(rowsAlone), 0.1, step);
          dense.apply(List.of(ParameterGradient.dense(part, gradient)), 0.1, step);
        }
        float[] after = whole.value().toFloatArray();
        assertThat(rows(after, touched, rowSize)).isEqualTo(part.value().toFloatArray());
        for (String slot : optimizer.slotNames()) {
          assertThat(rows(sparse.slots().get("w/" + slot).toFloatArray(), touched, rowSize))
              .isEqualTo(dense.slots().get("part/" + slot).toFloatArray());
        }
        for (int row = 0; row < rows; row++) {
          boolean same =
              Arrays.equals(
                  before,
                  row * rowSize,
                  (row + 1) * rowSize,
                  after,
                  row * rowSize,
                  (row + 1) * rowSize);
          assertThat(same).isEqualTo(Arrays.binarySearch(touched, row) < 0);
        }
      }
    }
  }

  private static float[] rows(float[] table, long[] rows, int rowSize) {
    float[] some = new float[rows.length * rowSize];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(table, (int) rows[i] * rowSize, some, i * rowSize, rowSize);
    }
    return some;
  }

  @Test
  void slotsHaveKerassNamesAndInitialValues() {
    Parameter weights = Parameter.zeros("weights", 3, 2);
    Parameter biases = Parameter.zeros("biases", 3);
    BoundOptimizer adagrad = Optimizers.adagrad(0.25, 1e-7).bind(List.of(weights, biases));
    assertThat(adagrad.slots().keySet())
        .containsExactly("weights/accumulator", "biases/accumulator");
    assertThat(adagrad.slots().get("weights/accumulator").toFloatArray()).containsOnly(0.25f);
    assertThat(adagrad.slots().get("weights/accumulator").shape()).containsExactly(3, 2);
    assertThat(adagrad.slots().get("weights/accumulator").isDirect()).isTrue();
    assertThat(Optimizers.adam().bind(List.of(biases)).slots().keySet())
        .containsExactly("biases/momentum", "biases/velocity");
    assertThat(Optimizers.momentum(0.9, true).slotNames()).containsExactly("momentum");
    assertThat(Optimizers.sgd().bind(List.of(weights)).slots()).isEmpty();
  }

  @Test
  void writtenSlotsAreTheState() {
    Parameter one = Parameter.zeros("w", 1);
    BoundOptimizer momentum = Optimizers.momentum(0.5, false).bind(List.of(one));
    momentum.slots().get("w/momentum").floats().put(0, 8);
    momentum.apply(List.of(ParameterGradient.dense(one, Tensor.of(new float[] {2}, 1))), 0.25, 0);
    assertThat(one.value().toFloatArray()).containsExactly(8 * 0.5f - 2 * 0.25f);
  }

  @Test
  void theFactorMultipliesTheGradient() {
    for (Optimizer optimizer : ALL) {
      Parameter a = uniform(1, 30, 100);
      Parameter b = uniform(1, 30, 100);
      Tensor gradient = uniform(2, 30, 100).value();
      Tensor halved = uniform(2, 30, 100).value();
      for (int i = 0; i < 3000; i++) {
        halved.floats().put(i, halved.floats().get(i) / 2);
      }
      optimizer
          .bind(List.of(a))
          .apply(List.of(ParameterGradient.dense(a, gradient).times(0.5f)), 0.1, 0);
      optimizer.bind(List.of(b)).apply(List.of(ParameterGradient.dense(b, halved)), 0.1, 0);
      assertThat(a.value().toFloatArray()).isEqualTo(b.value().toFloatArray());
    }
  }

  @Test
  void emptyGradientsAndParameters() {
    Parameter weights = uniform(1, 4, 3);
    Parameter none = Parameter.zeros("none", 0, 3);
    float[] before = weights.value().toFloatArray();
    Optimizers.adam()
        .bind(List.of(weights, none))
        .apply(
            List.of(
                ParameterGradient.sparse(
                    weights, Tensor.of(new long[0], 0), Tensor.of(new float[0], 0, 3)),
                ParameterGradient.sparse(
                    none, Tensor.of(new long[0], 0), Tensor.of(new float[0], 0, 3))),
            0.1,
            0);
    assertThat(weights.value().toFloatArray()).isEqualTo(before);
  }

  @Test
  void nonFiniteGradientsMeetTheirElementAlone() {
    for (Optimizer optimizer : ALL) {
      Parameter weights = Parameter.zeros("w", 2, 3);
      Tensor gradient = Tensor.of(new float[] {1, Float.NaN, 1, 1, 1, 1}, 2, 3);
      ParameterGradient dense = ParameterGradient.dense(weights, gradient);
      assertThat(dense.firstNonFinite()).contains("w gradient[1] = NaN");
      optimizer.bind(List.of(weights)).apply(List.of(dense), 0.1, 0);
      for (int i = 0; i < 6; i++) {
        assertThat(Float.isNaN(weights.value().floats().get(i))).isEqualTo(i == 1);
      }
    }
  }

  /** Every check comes before the first write, also where an earlier gradient is sound. */
  @Test
  void badStepsChangeNothing() {
    Parameter weights = uniform(1, 4, 3);
    Parameter biases = Parameter.uniform("b", -1, 1, 2, 4);
    BoundOptimizer bound = Optimizers.adagrad().bind(List.of(weights, biases));
    float[][] before = everything(bound);
    ParameterGradient good =
        ParameterGradient.dense(biases, Tensor.of(new float[] {1, 1, 1, 1}, 4));
    assertRefused(
        bound,
        List.of(good, rows(weights, 0, 4)),
        "'w': gradient indices[1] = 4 is outside [0, 4)");
    assertRefused(bound, List.of(good, rows(weights, -1)), "indices[0] = -1 is outside [0, 4)");
    assertRefused(
        bound,
        List.of(good, rows(weights, 1, 1)),
        "indices[1] = 1 is not above indices[0] = 1: expected ascending, unique indices");
    assertRefused(bound, List.of(good, rows(weights, 2, 1)), "indices[1] = 1 is not above");
    assertRefused(
        bound, List.of(good, rows(weights, Long.MAX_VALUE)), "9223372036854775807 is outside");
    assertRefused(bound, List.of(good, good), "parameter 'b' has two gradients");
    Parameter other = uniform(1, 4, 3);
    assertRefused(bound, List.of(good, rows(other, 1)), "parameter 'w' is not bound");
    for (double rate : new double[] {Double.NaN, -0.1, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> bound.apply(List.of(good), rate, 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("learningRate is " + rate);
    }
    assertThatThrownBy(() -> bound.apply(List.of(good), 0.1, -1))
        .hasMessageContaining("step is -1");
    assertThat(everything(bound)).isDeepEqualTo(before);
    bound.apply(List.of(good, rows(weights, 0, 3)), 0.1, 0);
    assertThat(everything(bound)[0]).isNotEqualTo(before[0]);
  }

  private static ParameterGradient rows(Parameter parameter, long... indices) {
    float[] values = new float[indices.length * parameter.rowSize()];
    Arrays.fill(values, 1);
    return ParameterGradient.sparse(
        parameter,
        Tensor.of(indices, indices.length),
        Tensor.of(values, indices.length, parameter.rowSize()));
  }

  private static void assertRefused(
      BoundOptimizer bound, List<ParameterGradient> gradients, String message) {
    assertThatThrownBy(() -> bound.apply(gradients, 0.1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void badGradients() {
    Parameter weights = uniform(1, 4, 3);
    Tensor floats = Tensor.of(new float[6], 2, 3);
    assertThatThrownBy(() -> ParameterGradient.dense(weights, floats))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("parameter 'w': gradient is float[2, 3], expected float[4, 3]");
    assertThatThrownBy(() -> ParameterGradient.sparse(weights, Tensor.of(new long[3], 3), floats))
        .hasMessage("parameter 'w': gradient values is float[2, 3], expected float[3, 3]");
    assertThatThrownBy(() -> ParameterGradient.sparse(weights, Tensor.of(new int[2], 2), floats))
        .hasMessage("parameter 'w': gradient indices are int32[2], expected int64[U]");
    assertThatThrownBy(
            () -> ParameterGradient.sparse(weights, Tensor.of(new long[2], 1, 2), floats))
        .hasMessageContaining("int64[1, 2]");
    assertThatThrownBy(() -> ParameterGradient.dense(weights, Tensor.of(new double[12], 4, 3)))
        .hasMessageContaining("double[4, 3]");
  }

  @Test
  void badSettings() {
    assertThatThrownBy(() -> Optimizers.momentum(1, false)).hasMessageContaining("momentum is 1.0");
    assertThatThrownBy(() -> Optimizers.adam(0.9, -0.1, 0)).hasMessageContaining("beta2 is -0.1");
    assertThatThrownBy(() -> Optimizers.adam(Double.NaN, 0.9, 0)).hasMessageContaining("beta1");
    assertThatThrownBy(() -> Optimizers.adagrad(-1, 0)).hasMessageContaining("is -1.0");
    assertThatThrownBy(() -> Optimizers.adagrad(0.1, Double.NaN)).hasMessageContaining("epsilon");
    Parameter weights = uniform(1, 1);
    assertThatThrownBy(() -> Optimizers.sgd().bind(List.of(weights, uniform(2, 1))))
        .hasMessage("two parameters are named 'w'");
    assertThat(Optimizers.adam()).hasToString("adam(beta_1=0.9, beta_2=0.999, epsilon=1.0E-7)");
  }
}
