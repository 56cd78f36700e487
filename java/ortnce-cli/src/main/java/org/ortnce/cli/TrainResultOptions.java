package org.ortnce.cli;

import java.util.List;
import org.ortnce.cli.train.EvaluationSettings;
import picocli.CommandLine.Option;

/** What is found out about a trained network, and what all of it depends on. */
@OptionHeading("The result")
final class TrainResultOptions {
  @Option(
      names = "--held-out",
      paramLabel = "X",
      defaultValue = "0.02",
      description =
          "The fraction of the data that is never trained on, chosen by the seed: of a corpus"
              + " whole sentences, of files examples (default: ${DEFAULT-VALUE}).")
  double heldOut;

  @Option(
      names = "--eval-limit",
      paramLabel = "N",
      defaultValue = "4096",
      description =
          "Held-out examples for the full sigmoid loss, which takes time proportional to the"
              + " classes (default: ${DEFAULT-VALUE}).")
  long evalLimit;

  @Option(
      names = "--neighbours",
      split = ",",
      paramLabel = "WORD",
      description = "Show the neighbours of these words, or input ids (default: some we choose).")
  List<String> tokens = List.of();

  @Option(
      names = "--top-k",
      paramLabel = "K",
      defaultValue = "10",
      description =
          "How many neighbours, and how many classes the inference model returns"
              + " (default: ${DEFAULT-VALUE}).")
  int topK;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Threads of ONNX Runtime (default: one per core); the result does not depend on it.")
  int threads;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Everything random depends on this (default: ${DEFAULT-VALUE}).")
  long seed;

  EvaluationSettings settings() {
    return new EvaluationSettings(evalLimit, tokens, topK);
  }
}
