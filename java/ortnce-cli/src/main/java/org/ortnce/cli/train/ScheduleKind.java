package org.ortnce.cli.train;

import java.util.Locale;
import org.ortnce.training.LearningRateSchedule;
import org.ortnce.training.LearningRateSchedules;

/** How the learning rate changes until the last step. */
public enum ScheduleKind {
  /** It does not. */
  CONSTANT,
  /** It falls along a line to 0. */
  LINEAR,
  /** It falls along half a cosine to 0. */
  COSINE,
  /** It falls by the same factor in each step, to a hundredth. */
  EXPONENTIAL;

  private static final double LAST_EXPONENTIAL = 0.01;

  /** The schedule from {@code learningRate} at the first step on. */
  LearningRateSchedule schedule(double learningRate, long steps) {
    return switch (this) {
      case CONSTANT -> LearningRateSchedules.constant(learningRate);
      case LINEAR -> LearningRateSchedules.linearDecay(learningRate, steps, 0);
      case COSINE -> LearningRateSchedules.cosineDecay(learningRate, steps, 0);
      case EXPONENTIAL ->
          LearningRateSchedules.exponentialDecay(learningRate, steps, LAST_EXPONENTIAL, false);
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
