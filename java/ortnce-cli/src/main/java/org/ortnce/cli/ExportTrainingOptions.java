package org.ortnce.cli;

import java.util.Set;
import org.ortnce.nce.ModelOptions;
import org.ortnce.nce.NceLossOptions;
import picocli.CommandLine.Option;

/** The options of {@code ortnce export} that only a training-loss model has. */
@OptionHeading("For a training-loss model")
final class ExportTrainingOptions {
  /** Their names. */
  static final Set<String> NAMES =
      Set.of(
          "--num-sampled",
          "--seed",
          "--seed2",
          "--remove-accidental-hits",
          "--subtract-log-q",
          "--given-samples",
          "--step-input",
          "--output-sample",
          "--portable");

  @Option(
      names = "--num-sampled",
      paramLabel = "S",
      description = "Candidates drawn for a batch; required unless samples are given.")
  Long numSampled;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "The sampler's first seed (default: 0; both 0 draw fresh seeds).")
  long seed;

  @Option(
      names = "--seed2",
      paramLabel = "N",
      defaultValue = "0",
      description = "The sampler's second seed (default: 0).")
  long seed2;

  @Option(
      names = "--remove-accidental-hits",
      description = "Leave out candidates that equal a target class of the example.")
  boolean removeAccidentalHits;

  @Option(
      names = "--subtract-log-q",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description =
          "Subtract the logarithms of the expected counts from the logits (default);"
              + " --no-subtract-log-q is negative sampling.")
  boolean subtractLogQ;

  @Option(
      names = "--given-samples",
      description = "Candidates and expected counts are inputs of the model.")
  boolean givenSamples;

  @Option(
      names = "--step-input",
      description = "The number of the sampler's run is an input of the model.")
  boolean stepInput;

  @Option(
      names = "--output-sample",
      description = "Candidates and expected counts are outputs of the model.")
  boolean outputSample;

  @Option(
      names = "--portable",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description =
          "Carry a function in standard ops, for ONNX Runtimes without our library (default);"
              + " works for given samples.")
  boolean portable;

  /** The attributes; the caller adds those that other models have too. */
  NceLossOptions.Builder attributes() {
    NceLossOptions.Builder builder =
        NceLossOptions.builder()
            .seed(seed, seed2)
            .removeAccidentalHits(removeAccidentalHits)
            .subtractLogQ(subtractLogQ);
    if (numSampled != null) {
      builder.numSampled(numSampled);
    } else if (!givenSamples) {
      throw new IllegalArgumentException(
          "a training-loss model needs --num-sampled, or --given-samples");
    }
    return builder;
  }

  /** The shape of the graph. */
  ModelOptions graph() {
    return new ModelOptions(givenSamples, stepInput, outputSample, portable);
  }
}
