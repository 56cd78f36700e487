package org.ortnce.cli.train;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.ortnce.cli.neighbours.NeighbourTable;
import org.ortnce.cli.train.data.Dataset;
import org.ortnce.training.DeviceBytes;

/**
 * What a training found.
 *
 * @param settings what was asked for
 * @param data what it learned from
 * @param run how it went
 * @param heldOut the losses on examples held out
 * @param neighbours of some words
 * @param files the files written
 */
public record TrainResult(
    TrainSettings settings,
    Dataset data,
    Run run,
    HeldOutLosses heldOut,
    NeighbourTable neighbours,
    List<Path> files) {
  /** Copies the list. */
  public TrainResult {
    files = List.copyOf(files);
  }

  /**
   * How a training went.
   *
   * @param steps taken, in all
   * @param resumedFrom the step whose checkpoint this process began with, if any
   * @param examples trained on by this process, with repetitions
   * @param seconds of this process, in the loop
   * @param loss the mean NCE loss of the last steps
   * @param deviceBytes what the steps of this process moved to the device and back, if they were
   *     given touched rows
   */
  public record Run(
      long steps,
      OptionalLong resumedFrom,
      long examples,
      double seconds,
      double loss,
      Optional<DeviceBytes> deviceBytes) {
    /** The steps that this process took. */
    public long ownSteps() {
      return steps - resumedFrom.orElse(0);
    }

    /** Examples a second, 0 where there were none. */
    public double examplesPerSecond() {
      return examples == 0 ? 0 : examples / Math.max(1e-9, seconds);
    }
  }

  /**
   * The mean full sigmoid loss on examples held out.
   *
   * @param examples how many; the losses of none are 0
   * @param zeros of a network that knows nothing: all logits 0
   * @param before of the network before the first step
   * @param unigram of biases that know how frequent classes are
   * @param trained of the trained network
   * @param seconds the trained network took
   */
  public record HeldOutLosses(
      long examples, double zeros, double before, double unigram, double trained, double seconds) {}
}
