package org.ortnce.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.ortnce.nce.FixedUnigramOptions;
import org.ortnce.nce.UnigramVocabulary;
import org.ortnce.tensor.Npy;
import org.ortnce.tensor.Tensor;
import picocli.CommandLine.Option;

/** The options of {@code ortnce sample} that only the fixed unigram sampler has. */
@OptionHeading("For --sampler fixed-unigram")
final class SampleUnigramOptions {
  /** Their names. */
  static final Set<String> NAMES =
      Set.of(
          "--unigrams",
          "--vocabulary",
          "--distortion",
          "--num-reserved-ids",
          "--num-shards",
          "--shard");

  @Option(
      names = "--unigrams",
      paramLabel = "FILE.npy",
      description = "The weights of the classes, float [num_unigrams].")
  Path unigrams;

  @Option(
      names = "--vocabulary",
      paramLabel = "FILE",
      description =
          "The weights as in TensorFlow's vocab_file: a line for each class, that ends with its"
              + " weight, after a comma if there is more in it.")
  Path vocabulary;

  @Option(
      names = "--distortion",
      paramLabel = "X",
      defaultValue = "1",
      description = "Weights are raised to this power (default: ${DEFAULT-VALUE}).")
  float distortion;

  @Option(
      names = "--num-reserved-ids",
      paramLabel = "N",
      defaultValue = "0",
      description = "Classes before those with weights, never drawn (default: ${DEFAULT-VALUE}).")
  long numReservedIds;

  @Option(
      names = "--num-shards",
      paramLabel = "N",
      defaultValue = "1",
      description = "Shards that classes are dealt to, in turn (default: ${DEFAULT-VALUE}).")
  long numShards;

  @Option(
      names = "--shard",
      paramLabel = "N",
      defaultValue = "0",
      description = "The shard to draw from, from 0 (default: ${DEFAULT-VALUE}).")
  long shard;

  /**
   * The attributes.
   *
   * @throws IllegalArgumentException if the options contradict each other
   */
  FixedUnigramOptions attributes() {
    if ((unigrams == null) == (vocabulary == null)) {
      throw new IllegalArgumentException(
          "--sampler fixed-unigram needs its weights: give either --unigrams or --vocabulary");
    }
    return new FixedUnigramOptions(distortion, numReservedIds, numShards, shard);
  }

  /** The weights, float [num_unigrams] if the file is right. */
  Tensor weights() throws IOException {
    return unigrams == null ? UnigramVocabulary.read(vocabulary) : Npy.read(unigrams);
  }
}
