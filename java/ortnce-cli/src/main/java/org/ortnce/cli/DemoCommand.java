package org.ortnce.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.ortnce.cli.corpus.CorpusOptions;
import org.ortnce.cli.demo.Demo;
import org.ortnce.cli.demo.DemoOptions;
import org.ortnce.cli.demo.DemoReport;
import org.ortnce.cli.demo.DemoResult;
import org.ortnce.cli.terminal.Console;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ortnce demo}: the whole way on real data. */
@Command(
    name = "demo",
    description =
        "Mines the running JDK (or a text), exports a training-loss and an evaluation model over its"
            + " vocabulary, and evaluates both losses on its pairs. Nothing is trained.")
final class DemoCommand extends Subcommand {
  @Option(
      names = "--text",
      paramLabel = "FILE",
      description = "Read the words of this UTF-8 text instead of the calls of the JDK's methods.")
  Path text;

  @Option(
      names = "--window",
      paramLabel = "N",
      defaultValue = "5",
      description = "In a text, words this near to each other are a pair (default: 5).")
  int window;

  @Option(
      names = "--min-count",
      paramLabel = "N",
      defaultValue = "1",
      description = "Leave out classes seen less often (default: ${DEFAULT-VALUE}).")
  int minCount;

  @Option(
      names = "--max-vocabulary",
      paramLabel = "N",
      description = "Keep the N most frequent classes (default: all).")
  Integer maxVocabulary;

  @Option(
      names = "--max-pairs",
      paramLabel = "N",
      defaultValue = "20000000",
      description = "Keep the first N pairs (default: ${DEFAULT-VALUE}).")
  int maxPairs;

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
      names = "--batch-size",
      paramLabel = "B",
      defaultValue = "1024",
      description =
          "Examples in a batch (default: ${DEFAULT-VALUE}); the full loss takes fewer if the"
              + " vocabulary is large, to bound its memory.")
  int batchSize;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "10000",
      description =
          "Examples for the full loss, chosen at random; the NCE loss sees all"
              + " (default: ${DEFAULT-VALUE}).")
  long limit;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "Threads of ONNX Runtime (default: one per core).")
  int threads;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Everything random depends on this (default: ${DEFAULT-VALUE}).")
  long seed;

  @Option(
      names = "--output-dir",
      paramLabel = "DIR",
      defaultValue = "ortnce-demo",
      description = "Where the models go (default: ${DEFAULT-VALUE}).")
  Path outputDirectory;

  DemoCommand(Console console) {
    super(console);
  }

  @Override
  void run() throws Exception {
    DemoResult result = new Demo(fromOptions(this::options), this::progress).run();
    print(DemoReport.json(result), () -> DemoReport.text(result));
  }

  private DemoOptions options() {
    int vocabulary = maxVocabulary == null ? Integer.MAX_VALUE : maxVocabulary;
    return new DemoOptions(
        Optional.ofNullable(text),
        new CorpusOptions(minCount, vocabulary, window, maxPairs),
        dim,
        numSampled,
        batchSize,
        limit,
        threads,
        seed,
        outputDirectory);
  }
}
