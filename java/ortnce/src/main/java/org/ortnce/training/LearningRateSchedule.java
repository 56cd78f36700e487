package org.ortnce.training;

/**
 * The learning rate of each step (tf.keras.optimizers.schedules.LearningRateSchedule); {@link
 * LearningRateSchedules} makes those of Keras. A pure function of the step, so that a resumed
 * training goes on as it would have. Its {@code toString} should name it and its settings.
 */
@FunctionalInterface
public interface LearningRateSchedule {
  /**
   * The learning rate, finite and not negative.
   *
   * @param step the number of steps taken before, 0 for the first
   */
  double at(long step);

  /**
   * This schedule times {@code (step + 1) / steps} in the first {@code steps} steps: the first step
   * has a rate above 0, and step {@code steps - 1} that of this schedule. The schedule itself is
   * not shifted.
   *
   * @param steps 0 (no warmup) or more
   */
  default LearningRateSchedule withLinearWarmup(long steps) {
    return LearningRateSchedules.withLinearWarmup(this, steps);
  }
}
