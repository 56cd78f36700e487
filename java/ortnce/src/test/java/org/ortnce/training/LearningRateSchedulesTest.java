package org.ortnce.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The formulas: {@link RecordedOptimizersTest}. */
class LearningRateSchedulesTest {
  @Test
  void constant() {
    LearningRateSchedule schedule = LearningRateSchedules.constant(0.25);
    assertThat(schedule.at(0)).isEqualTo(0.25);
    assertThat(schedule.at(Long.MAX_VALUE)).isEqualTo(0.25);
  }

  @Test
  void linearWarmup() {
    LearningRateSchedule schedule =
        LearningRateSchedules.linearDecay(1, 100, 0).withLinearWarmup(4);
    assertThat(schedule.at(0)).isEqualTo(0.25);
    assertThat(schedule.at(1)).isEqualTo(0.99 * 0.5);
    assertThat(schedule.at(3)).isEqualTo(0.97);
    assertThat(schedule.at(4)).isEqualTo(0.96);
    LearningRateSchedule constant = LearningRateSchedules.constant(1);
    assertThat(constant.withLinearWarmup(0)).isSameAs(constant);
    assertThat(constant.withLinearWarmup(2).at(0)).isEqualTo(0.5);
  }

  @Test
  void anyFunctionOfTheStepWillDo() {
    LearningRateSchedule schedule = step -> 1.0 / (step + 1);
    assertThat(schedule.withLinearWarmup(2).at(0)).isEqualTo(0.5);
    assertThat(schedule.at(3)).isEqualTo(0.25);
  }

  @Test
  void equalSettingsAreEqualAndNamed() {
    LearningRateSchedule one = LearningRateSchedules.exponentialDecay(0.1, 10, 0.5, true);
    assertThat(one).isEqualTo(LearningRateSchedules.exponentialDecay(0.1, 10, 0.5, true));
    assertThat(one)
        .hasToString(
            "ExponentialDecay[initialLearningRate=0.1, decaySteps=10, decayRate=0.5,"
                + " staircase=true]");
  }

  @Test
  void badSettings() {
    assertThatThrownBy(() -> LearningRateSchedules.constant(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("learningRate is -1.0, expected a finite number >= 0");
    assertThatThrownBy(() -> LearningRateSchedules.exponentialDecay(1, 0, 0.5, false))
        .hasMessage("decaySteps is 0, expected a positive number");
    assertThatThrownBy(() -> LearningRateSchedules.polynomialDecay(1, 1, Double.NaN, 1, false))
        .hasMessageContaining("endLearningRate is NaN");
    assertThatThrownBy(() -> LearningRateSchedules.cosineDecay(1, 1, 1.5))
        .hasMessage("alpha is 1.5, expected [0, 1]");
    assertThatThrownBy(() -> LearningRateSchedules.cosineDecay(1, 1, 0, 1, -1))
        .hasMessageContaining("warmupSteps is -1");
    assertThatThrownBy(
            () -> LearningRateSchedules.piecewiseConstantDecay(List.of(1L), List.of(1.0)))
        .hasMessage("1 values, expected one more than the 1 boundaries");
    assertThatThrownBy(
            () ->
                LearningRateSchedules.piecewiseConstantDecay(
                    List.of(5L, 5L), List.of(1.0, 2.0, 3.0)))
        .hasMessageContaining("[5, 5] are not ascending");
    LearningRateSchedule constant = LearningRateSchedules.constant(1);
    assertThatThrownBy(() -> constant.withLinearWarmup(-1)).hasMessageContaining("steps is -1");
  }
}
