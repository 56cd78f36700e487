package org.ortnce.cli;

import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.Set;
import org.ortnce.cli.train.data.PairFiles;
import picocli.CommandLine.Option;

/** Examples in .npy files. */
@OptionHeading("Or examples in files")
final class TrainPairOptions {
  /** Their names. */
  static final Set<String> NAMES = Set.of("--inputs", "--labels", "--num-inputs", "--num-classes");

  @Option(
      names = "--inputs",
      paramLabel = "IDS.npy",
      description =
          "Read examples from files instead of a corpus; they may be larger than the memory. Input"
              + " ids, int64 or int32: [examples], or [examples, context], whose embeddings are"
              + " averaged.")
  Path inputs;

  @Option(
      names = "--labels",
      paramLabel = "IDS.npy",
      description =
          "Classes, int64 or int32: [examples], or [examples, num_true]. Class ids should go by"
              + " decreasing frequency: the sampler draws small ids often.")
  Path labels;

  @Option(
      names = "--num-inputs",
      paramLabel = "N",
      description = "Rows of the embeddings (default: the largest input id and one).")
  Integer numInputs;

  @Option(
      names = "--num-classes",
      paramLabel = "V",
      description = "The number of classes (default: the largest label and one).")
  Integer numClasses;

  boolean given() {
    return inputs != null || labels != null;
  }

  PairFiles source() {
    if (inputs == null || labels == null) {
      throw new IllegalArgumentException("--inputs and --labels go together");
    }
    return new PairFiles(inputs, labels, optional(numInputs), optional(numClasses));
  }

  private static OptionalInt optional(Integer value) {
    return value == null ? OptionalInt.empty() : OptionalInt.of(value);
  }
}
