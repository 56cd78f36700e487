package org.ortnce.cli;

import org.ortnce.cli.train.NetworkSettings;
import picocli.CommandLine.Option;

/** The network that is trained and its loss. */
@OptionHeading("The network and its loss")
final class TrainNetworkOptions {
  @Option(
      names = "--dim",
      paramLabel = "D",
      defaultValue = "64",
      description = "Length of the embeddings (default: ${DEFAULT-VALUE}).")
  int dim;

  @Option(
      names = "--num-sampled",
      paramLabel = "S",
      defaultValue = "64",
      description = "Candidates drawn for a batch (default: ${DEFAULT-VALUE}).")
  int numSampled;

  @Option(
      names = "--remove-accidental-hits",
      description = "Leave out candidates that equal a label of the example.")
  boolean removeAccidentalHits;

  @Option(
      names = "--initial-biases",
      paramLabel = "KIND",
      defaultValue = "unigram",
      description =
          "What the biases begin with: ${COMPLETION-CANDIDATES}; unigram is the logarithm of the"
              + " class's share of the labels (default: ${DEFAULT-VALUE}). Weights begin with 0.")
  NetworkSettings.InitialBiases initialBiases;

  NetworkSettings settings() {
    return new NetworkSettings(dim, initialBiases, numSampled, removeAccidentalHits);
  }
}
