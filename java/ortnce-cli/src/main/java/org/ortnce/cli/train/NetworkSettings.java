package org.ortnce.cli.train;

import java.util.Locale;

/**
 * The network and its loss.
 *
 * @param dim length of the embeddings; at least 1
 * @param initialBiases what the biases begin with
 * @param numSampled candidates drawn for a batch; at least 1
 * @param removeAccidentalHits whether candidates that equal a label are left out
 */
public record NetworkSettings(
    int dim, InitialBiases initialBiases, int numSampled, boolean removeAccidentalHits) {

  /** What the biases begin with. */
  public enum InitialBiases {
    /** Logarithms of the classes' shares in the labels: no step is spent on learning them. */
    UNIGRAM,
    ZEROS;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException naming the value that is out of range
   */
  public NetworkSettings {
    Ranges.atLeast("dim", dim, 1);
    Ranges.atLeast("num_sampled", numSampled, 1);
  }
}
