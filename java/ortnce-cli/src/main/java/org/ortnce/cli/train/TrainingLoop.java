package org.ortnce.cli.train;

import ai.onnxruntime.OrtException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.ortnce.cli.plot.LossCurve;
import org.ortnce.cli.terminal.Progress;
import org.ortnce.cli.terminal.Table;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.session.SessionConfig;
import org.ortnce.training.CheckpointDirectory;
import org.ortnce.training.DeviceBytes;
import org.ortnce.training.ExampleColumn;
import org.ortnce.training.ExampleSource;
import org.ortnce.training.ShuffledBatches;
import org.ortnce.training.Trainer;
import org.ortnce.training.TrainingSession;

/** The steps of a training, with a progress bar. */
final class TrainingLoop {
  /** Memory for the examples that are shuffled together. */
  private static final long WINDOW_BYTES = 128L << 20;

  private static final int MAX_WINDOW = 1 << 24;

  /** Steps that the loss on the bar is the mean of. */
  private static final int RECENT = 100;

  private final TrainSettings settings;
  private final ExampleSource examples;
  private final Parameters parameters;
  private final ShuffledBatches batches;
  private final long steps;

  /** What the steps of this process moved, where that is known. */
  private Optional<DeviceBytes> moved = Optional.empty();

  TrainingLoop(TrainSettings settings, ExampleSource examples, Parameters parameters) {
    this.settings = settings;
    this.examples = examples;
    this.parameters = parameters;
    long bytes = examples.columns().stream().mapToLong(ExampleColumn::rowBytes).sum();
    long window = Math.min(MAX_WINDOW, Math.min(examples.size(), WINDOW_BYTES / bytes));
    this.batches =
        ShuffledBatches.builder(examples)
            .batchSize(settings.length().batchSize())
            .windowSize((int) Math.max(1, window))
            .seed(settings.seed())
            .build();
    this.steps = settings.length().steps(batches.batchesPerEpoch());
  }

  /** The steps there will be. */
  long steps() {
    return steps;
  }

  /** How it went, and the loss of every step. */
  record Finished(TrainResult.Run run, LossCurve curve) {}

  /**
   * Takes all steps.
   *
   * @param decisive what must be the same to resume
   * @throws IllegalArgumentException if the run to be resumed had other settings, or has taken more
   *     steps already
   */
  Finished run(
      NceLossOptions loss,
      Map<String, String> decisive,
      RunDirectory directory,
      SessionConfig sessions,
      Progress.Factory progress)
      throws Exception {
    boolean keeps = settings.checkpointEvery() > 0 || settings.start() == RunDirectory.Start.RESUME;
    try (CheckpointDirectory checkpoints =
            keeps ? CheckpointDirectory.open(directory.checkpoints()) : null;
        TrainingSession session = open(loss, sessions)) {
      Trainer.Builder builder =
          Trainer.builder(session, batches)
              .optimizer(settings.optimizer().kind().optimizer())
              .learningRate(settings.optimizer().rates(steps))
              .clipping(settings.optimizer().clipping());
      decisive.forEach(builder::setting);
      if (keeps) {
        long every = settings.checkpointEvery();
        builder.checkpoints(checkpoints, every > 0 ? every : Long.MAX_VALUE);
      }
      return run(builder.build(), progress);
    }
  }

  private TrainingSession open(NceLossOptions loss, SessionConfig sessions) throws OrtException {
    return settings.touchedRows()
        ? TrainingSession.openTouchedRows(parameters.network(), loss, parameters.all(), sessions)
        : TrainingSession.open(parameters.network(), loss, parameters.all(), sessions);
  }

  private Finished run(Trainer trainer, Progress.Factory progress) throws Exception {
    boolean resumed = settings.start() == RunDirectory.Start.RESUME && trainer.resume();
    long first = trainer.step();
    if (first > steps) {
      throw new IllegalArgumentException(
          "the run has taken " + first + " steps already, " + steps + " are asked for");
    }
    long start = System.nanoTime();
    // Of this process alone, so that the time left is right after a resume.
    long total = examplesOf(steps) - examplesOf(first);
    try (Progress bar = progress.start("training", " examples", total)) {
      trainer.trainTo(
          steps,
          report -> {
            report.deviceBytes().ifPresent(this::add);
            bar.at(examplesOf(report.step() + 1) - examplesOf(first), total);
            bar.message(() -> "loss " + Table.decimal(trainer.losses().meanOfLast(RECENT), 4));
          });
    }
    TrainResult.Run run =
        new TrainResult.Run(
            trainer.step(),
            resumed ? OptionalLong.of(first) : OptionalLong.empty(),
            total,
            (System.nanoTime() - start) * 1e-9,
            trainer.losses().meanOfLast(RECENT),
            moved);
    return new Finished(run, LossCurve.of(trainer.losses().toArray()));
  }

  private void add(DeviceBytes bytes) {
    moved = Optional.of(moved.map(bytes::plus).orElse(bytes));
  }

  /** Examples in the first {@code count} steps: the last batch of an epoch may be short. */
  private long examplesOf(long count) {
    long inEpoch = count % batches.batchesPerEpoch() * settings.length().batchSize();
    return count / batches.batchesPerEpoch() * examples.size() + inEpoch;
  }
}
