package org.ortnce.cli;

import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.ortnce.cli.train.LengthSettings;
import org.ortnce.cli.train.OptimizerKind;
import org.ortnce.cli.train.OptimizerSettings;
import org.ortnce.cli.train.ScheduleKind;
import picocli.CommandLine.Option;

/** How gradients become updates, and for how long. */
@OptionHeading("The training")
final class TrainOptimizerOptions {
  private static final double DEFAULT_EPOCHS = 5;

  @Option(
      names = "--optimizer",
      paramLabel = "KIND",
      defaultValue = "adam",
      description =
          "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}); rows without a gradient stay as"
              + " they are.")
  OptimizerKind optimizer;

  @Option(
      names = "--learning-rate",
      paramLabel = "X",
      description =
          "For the mean loss of a batch (default: sgd 10, momentum 1, adagrad 5, adam 0.005).")
  Double learningRate;

  @Option(
      names = "--schedule",
      paramLabel = "KIND",
      defaultValue = "linear",
      description =
          "How the learning rate falls: ${COMPLETION-CANDIDATES}; linear and cosine end at 0,"
              + " exponential at a hundredth (default: ${DEFAULT-VALUE}).")
  ScheduleKind schedule;

  @Option(
      names = "--warmup",
      paramLabel = "STEPS",
      defaultValue = "0",
      description = "Steps in which the learning rate first rises (default: ${DEFAULT-VALUE}).")
  long warmup;

  @Option(
      names = "--clip-norm",
      paramLabel = "X",
      description = "The highest norm of all gradients of a step together (default: none).")
  Double clipNorm;

  @Option(
      names = "--batch-size",
      paramLabel = "B",
      defaultValue = "1024",
      description = "Examples in a step (default: ${DEFAULT-VALUE}).")
  int batchSize;

  @Option(
      names = "--epochs",
      paramLabel = "X",
      description = "Times that every example is seen (default: 5).")
  Double epochs;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Train this many steps instead of epochs.")
  Long steps;

  OptimizerSettings settings() {
    return new OptimizerSettings(
        optimizer,
        learningRate == null ? optimizer.defaultLearningRate() : learningRate,
        schedule,
        warmup,
        clipNorm == null ? OptionalDouble.empty() : OptionalDouble.of(clipNorm));
  }

  LengthSettings length() {
    if (epochs != null && steps != null) {
      throw new IllegalArgumentException("--epochs and --steps exclude each other");
    }
    return new LengthSettings(
        batchSize,
        epochs == null ? DEFAULT_EPOCHS : epochs,
        steps == null ? OptionalLong.empty() : OptionalLong.of(steps));
  }
}
