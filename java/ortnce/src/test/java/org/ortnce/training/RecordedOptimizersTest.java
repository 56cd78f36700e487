package org.ortnce.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.DoubleBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ortnce.tensor.Npz;
import org.ortnce.tensor.Tensor;

/**
 * Optimizers and schedules against what Keras computed in float64 from the same float inputs
 * (models/golden/optimizers, tools/golden/make_optimizer_cases.py).
 *
 * <p>Tolerance of values and slots, relative to the largest element of the tensor: a step rounds an
 * element at most 8 times to float, errors add up over steps, and gradients there are up to a few
 * hundred times a typical element's: 8 (step + 1) 2^-24 of the largest covers that.
 */
class RecordedOptimizersTest {
  private static final Path ROOT = Path.of("..", "..", "models", "golden", "optimizers");
  private static final int STEPS = 7;
  private static final double HALF_ULP = 0x1p-24;

  private static Optimizer optimizer(String name) {
    return switch (name) {
      case "sgd" -> Optimizers.sgd();
      case "momentum" -> Optimizers.momentum(0.9, false);
      case "nesterov" -> Optimizers.momentum(0.9, true);
      case "adagrad" -> Optimizers.adagrad();
      case "adam" -> Optimizers.adam();
      default -> throw new IllegalArgumentException(name);
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"sgd", "momentum", "nesterov", "adagrad", "adam"})
  void everyStepIsThatOfKeras(String name) throws IOException {
    for (String kind : List.of("dense", "sparse")) {
      Map<String, Tensor> golden = Npz.read(ROOT.resolve(name + "_" + kind + ".npz"));
      Parameter weights = Parameter.of("w", golden.get("initial"));
      BoundOptimizer bound = optimizer(name).bind(List.of(weights));
      double rate = golden.get("learning_rate").doubles().get(0);
      for (int step = 0; step < STEPS; step++) {
        Tensor indices = golden.get("indices_" + step);
        Tensor gradient = golden.get("gradient_" + step);
        bound.apply(
            List.of(
                indices == null
                    ? ParameterGradient.dense(weights, gradient)
                    : ParameterGradient.sparse(weights, indices, gradient)),
            rate,
            step);
        double tolerance = 8 * (step + 1) * HALF_ULP;
        assertClose(weights.value(), golden.get("values_" + step), tolerance);
        for (String slot : bound.optimizer().slotNames()) {
          assertClose(bound.slots().get("w/" + slot), golden.get(slot + "_" + step), tolerance);
        }
      }
      assertThat(golden).containsKey("values_" + (STEPS - 1)).doesNotContainKey("values_" + STEPS);
    }
  }

  private static void assertClose(Tensor found, Tensor expected, double tolerance) {
    float[] values = found.toFloatArray();
    DoubleBuffer wanted = expected.doubles();
    assertThat(wanted.limit()).isEqualTo(values.length);
    double largest = 0;
    for (int i = 0; i < values.length; i++) {
      largest = Math.max(largest, Math.abs(wanted.get(i)));
    }
    for (int i = 0; i < values.length; i++) {
      assertThat(Math.abs(values[i] - wanted.get(i)))
          .as("element %d: %s, Keras has %s", i, values[i], wanted.get(i))
          .isLessThanOrEqualTo(tolerance * largest);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "exponential",
    "exponential_staircase",
    "polynomial",
    "polynomial_cycle",
    "linear",
    "cosine",
    "cosine_warmup",
    "inverse_time",
    "inverse_time_staircase",
    "piecewise"
  })
  void everyRateIsThatOfKeras(String name) throws IOException {
    LearningRateSchedule schedule =
        switch (name) {
          case "exponential" -> LearningRateSchedules.exponentialDecay(0.1, 1000, 0.96, false);
          case "exponential_staircase" ->
              LearningRateSchedules.exponentialDecay(0.1, 1000, 0.96, true);
          case "polynomial" -> LearningRateSchedules.polynomialDecay(0.1, 1000, 0.01, 2, false);
          case "polynomial_cycle" ->
              LearningRateSchedules.polynomialDecay(0.1, 1000, 0.01, 0.5, true);
          case "linear" -> LearningRateSchedules.linearDecay(0.1, 1000, 0.0001);
          case "cosine" -> LearningRateSchedules.cosineDecay(0.1, 1000, 0.1);
          case "cosine_warmup" -> LearningRateSchedules.cosineDecay(0.01, 1000, 0.1, 0.2, 300);
          case "inverse_time" -> LearningRateSchedules.inverseTimeDecay(0.1, 1000, 0.5, false);
          case "inverse_time_staircase" ->
              LearningRateSchedules.inverseTimeDecay(0.1, 1000, 0.5, true);
          case "piecewise" ->
              LearningRateSchedules.piecewiseConstantDecay(
                  List.of(100L, 1000L), List.of(1.0, 0.5, 0.1));
          default -> throw new IllegalArgumentException(name);
        };
    Map<String, Tensor> golden = Npz.read(ROOT.resolve("schedules.npz"));
    long[] steps = golden.get("steps").toLongArray();
    DoubleBuffer rates = golden.get(name).doubles();
    for (int i = 0; i < steps.length; i++) {
      // Double rounding of 1 - p near p = 1 and of the power decide the last digits.
      assertThat(schedule.at(steps[i]))
          .as("step %d", steps[i])
          .isCloseTo(rates.get(i), org.assertj.core.data.Offset.offset(1e-15));
    }
  }
}
