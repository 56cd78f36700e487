package org.ortnce.cli.evaluate;

import java.time.Duration;

/**
 * What an evaluation found.
 *
 * @param examples examples evaluated
 * @param counted examples with at least one label that is not padding
 * @param sum the sum of the losses
 * @param time wall time in the sessions, without reading or preparing the examples
 */
public record LossSummary(long examples, long counted, double sum, Duration time) {

  /** The mean over the examples that count; 0 when none does, as the op has it. */
  public double mean() {
    return counted == 0 ? 0 : sum / counted;
  }

  /** Examples a second; 0 when nothing was evaluated. */
  public double examplesPerSecond() {
    return examples == 0 ? 0 : examples / Math.max(1e-9, seconds());
  }

  /** {@link #time} in seconds. */
  public double seconds() {
    return time.toNanos() * 1e-9;
  }
}
