package org.ortnce.cli;

import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import org.ortnce.nce.SeedPair;
import org.ortnce.nce.TfSeeds;
import picocli.CommandLine.Option;

/** The options of {@code ortnce sample} that give the seeds. */
@OptionHeading("Seeds")
final class SampleSeedOptions {
  /** Their names. */
  static final Set<String> NAMES = Set.of("--seed", "--seed2", "--tf-seed", "--tf-mode");

  private static final String NONE = "none";

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "The op's first seed (default: 0; both 0 draw fresh seeds).")
  long seed;

  @Option(
      names = "--seed2",
      paramLabel = "N",
      defaultValue = "0",
      description = "The op's second seed (default: 0).")
  long seed2;

  @Option(
      names = "--tf-seed",
      paramLabel = "GLOBAL[,OP]",
      description =
          "The seeds of TensorFlow's Python instead: that of tf.random.set_seed and the sampler's"
              + " argument seed, each an integer or none. Without OP the sampler is the first op of"
              + " the program that takes an automatic seed.")
  String tfSeed;

  @Option(
      names = "--tf-mode",
      paramLabel = "MODE",
      defaultValue = "eager",
      description =
          "How TensorFlow runs the sampler: ${COMPLETION-CANDIDATES}; graph is a v1 graph or a"
              + " tf.function (default: ${DEFAULT-VALUE}).")
  TfMode tfMode;

  /** The two ways of automatic seeds. */
  enum TfMode {
    EAGER,
    GRAPH;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The seeds of the op.
   *
   * @param given the names of the options on the command line
   * @throws IllegalArgumentException if the options contradict each other or are no integers
   */
  SeedPair seeds(Set<String> given) {
    if (tfSeed == null) {
      if (given.contains("--tf-mode")) {
        throw new IllegalArgumentException("--tf-mode has no effect without --tf-seed");
      }
      return new SeedPair(seed, seed2);
    }
    if (given.contains("--seed") || given.contains("--seed2")) {
      throw new IllegalArgumentException("give --tf-seed or --seed and --seed2, not both");
    }
    String[] parts = tfSeed.split(",", -1);
    if (parts.length > 2) {
      throw new IllegalArgumentException("--tf-seed is " + tfSeed + ", expected GLOBAL[,OP]");
    }
    OptionalLong global = seed(parts[0]);
    TfSeeds program = tfMode == TfMode.EAGER ? TfSeeds.eager(global) : TfSeeds.graph(global);
    return program.withOpSeed(parts.length == 1 ? OptionalLong.empty() : seed(parts[1]));
  }

  private OptionalLong seed(String text) {
    if (text.equalsIgnoreCase(NONE)) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "--tf-seed is " + tfSeed + ", expected integers of 64 bits or none", e);
    }
  }
}
