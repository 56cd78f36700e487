package org.ortnce.cli.train;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a training does, apart from what it learns from.
 *
 * @param network the network and its loss
 * @param optimizer how gradients become updates
 * @param length how long it takes
 * @param evaluation what is found out about the result
 * @param heldOut the fraction of the data that is never trained on; in [0, 1)
 * @param seed of what is held out, the first embeddings, the order of the examples and the sampler;
 *     not 0
 * @param output where its files go; made if missing
 * @param start what becomes of a run that is there already
 * @param checkpointEvery steps from one checkpoint to the next; 0 for none
 * @param touchedRows whether a step is given the rows that its batch touches even where it could
 *     read whole tables in place
 */
public record TrainSettings(
    NetworkSettings network,
    OptimizerSettings optimizer,
    LengthSettings length,
    EvaluationSettings evaluation,
    double heldOut,
    long seed,
    Path output,
    RunDirectory.Start start,
    long checkpointEvery,
    boolean touchedRows) {
  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException naming the value that is out of range
   */
  public TrainSettings {
    if (!(heldOut >= 0 && heldOut < 1)) {
      throw new IllegalArgumentException("held-out fraction must be in [0, 1), got " + heldOut);
    }
    if (seed == 0) {
      // The sampler draws a fresh seed for (0, 0), and no two runs would agree.
      throw new IllegalArgumentException("seed must not be 0");
    }
    Ranges.atLeast("checkpoint-every", checkpointEvery, 0);
  }

  /** What the trained numbers depend on, by the names of the options. */
  Map<String, String> decisive(long steps) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("--dim", Integer.toString(network.dim()));
    values.put("--initial-biases", network.initialBiases().toString());
    values.put("--num-sampled", Integer.toString(network.numSampled()));
    values.put("--remove-accidental-hits", Boolean.toString(network.removeAccidentalHits()));
    values.put("--optimizer", optimizer.kind().toString());
    values.put("--learning-rate", Double.toString(optimizer.learningRate()));
    values.put("--schedule", optimizer.schedule().toString());
    values.put("--warmup", Long.toString(optimizer.warmup()));
    values.put(
        "--clip-norm",
        optimizer.clipNorm().isPresent()
            ? Double.toString(optimizer.clipNorm().getAsDouble())
            : "none");
    values.put("--batch-size", Integer.toString(length.batchSize()));
    if (optimizer.schedule() != ScheduleKind.CONSTANT) {
      // The rate of every step depends on the last one; a constant rate may go on for longer.
      values.put("--steps", Long.toString(steps));
    }
    values.put("--held-out", Double.toString(heldOut));
    values.put("--seed", Long.toString(seed));
    return values;
  }
}
