package org.ortnce.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.ortnce.cli.corpus.CorpusOptions;
import org.ortnce.cli.train.data.CorpusSource;
import picocli.CommandLine.Option;

/** Which corpus is read and what is kept of it. */
@OptionHeading("A corpus")
final class TrainCorpusOptions {
  /** Their names. */
  static final Set<String> NAMES =
      Set.of("--text", "--window", "--min-count", "--max-vocabulary", "--max-pairs");

  @Option(
      names = "--text",
      paramLabel = "FILE",
      description =
          "Read the words of this UTF-8 text instead of the method calls of the running JDK."
              + " A line is a sentence; in the JDK a method body is one.")
  Path text;

  @Option(
      names = "--window",
      paramLabel = "N",
      defaultValue = "5",
      description = "Words this near to each other are a pair (default: ${DEFAULT-VALUE}).")
  int window;

  @Option(
      names = "--min-count",
      paramLabel = "N",
      description = "Leave out words seen less often (default: 5, of the JDK's methods 10).")
  Integer minCount;

  @Option(
      names = "--max-vocabulary",
      paramLabel = "N",
      description = "Keep the N most frequent words (default: all).")
  Integer maxVocabulary;

  @Option(
      names = "--max-pairs",
      paramLabel = "N",
      defaultValue = "20000000",
      description = "Keep the first N pairs (default: ${DEFAULT-VALUE}).")
  int maxPairs;

  CorpusSource source() {
    int least = minCount != null ? minCount : text != null ? 5 : 10;
    int vocabulary = maxVocabulary == null ? Integer.MAX_VALUE : maxVocabulary;
    return new CorpusSource(
        Optional.ofNullable(text), new CorpusOptions(least, vocabulary, window, maxPairs));
  }
}
