package org.ortnce.cli;

import java.nio.file.Path;
import java.util.Set;
import org.ortnce.cli.terminal.Console;
import org.ortnce.cli.train.RunDirectory;
import org.ortnce.cli.train.TrainReport;
import org.ortnce.cli.train.TrainResult;
import org.ortnce.cli.train.TrainSettings;
import org.ortnce.cli.train.Training;
import org.ortnce.cli.train.data.DataSource;
import org.ortnce.session.SessionConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** {@code ortnce train}: embeddings and class weights by noise-contrastive estimation. */
@Command(
    name = "train",
    sortOptions = false,
    description =
        "Trains embeddings and class weights with the NCE loss on a corpus or on pairs of ids in"
            + " .npy files; measures them on held-out data, and exports models and arrays.")
final class TrainCommand extends Subcommand {
  @Option(
      names = {"-o", "--output-dir"},
      paramLabel = "DIR",
      defaultValue = "ortnce-training",
      description = "Where the results go (default: ${DEFAULT-VALUE}).")
  Path output;

  @Option(
      names = "--checkpoint-every",
      paramLabel = "STEPS",
      defaultValue = "1000",
      description =
          "Write a checkpoint into DIR/checkpoints every so many steps, and keep the last two; 0"
              + " writes none (default: ${DEFAULT-VALUE}).")
  long checkpointEvery;

  @Option(
      names = "--resume",
      description =
          "Go on from the last checkpoint in DIR, with the same options; the result is that of a run"
              + " without a break, bit for bit.")
  boolean resume;

  @Option(
      names = "--start-anew",
      description = "If DIR holds a run with checkpoints, rename it to DIR.old-N first.")
  boolean startAnew;

  @Mixin TrainCorpusOptions corpus = new TrainCorpusOptions();

  @Mixin TrainPairOptions pairs = new TrainPairOptions();

  @Mixin TrainNetworkOptions network = new TrainNetworkOptions();

  @Mixin TrainOptimizerOptions optimizer = new TrainOptimizerOptions();

  @Mixin TrainResultOptions result = new TrainResultOptions();

  @Mixin ProviderOptions provider = new ProviderOptions();

  @Option(
      names = "--touched-rows",
      description =
          "Give a step copies of the rows that its batch touches, as on a CUDA device, and count"
              + " their bytes; on the processor that is slower, with the same result.")
  boolean touchedRows;

  TrainCommand(Console console) {
    super(console);
  }

  @Override
  void run() throws Exception {
    SessionConfig sessions =
        fromOptions(
            () -> sessions().intraOpThreads(result.threads).addCUDA(provider.cuda()).build());
    DataSource source = fromOptions(this::source);
    TrainSettings settings = fromOptions(this::settings);
    TrainResult found = new Training(source, settings, sessions, this::progress).run();
    print(TrainReport.json(found), () -> TrainReport.text(found));
  }

  private DataSource source() {
    Set<String> unused = pairs.given() ? TrainCorpusOptions.NAMES : TrainPairOptions.NAMES;
    for (OptionSpec option : spec.commandLine().getParseResult().matchedOptions()) {
      if (unused.contains(option.longestName())) {
        throw new IllegalArgumentException(
            option.longestName()
                + " has no effect with"
                + (pairs.given() ? " --inputs and --labels" : "out --inputs and --labels"));
      }
    }
    return pairs.given() ? pairs.source() : corpus.source();
  }

  private TrainSettings settings() {
    if (resume && startAnew) {
      throw new IllegalArgumentException("--resume and --start-anew exclude each other");
    }
    return new TrainSettings(
        network.settings(),
        optimizer.settings(),
        optimizer.length(),
        result.settings(),
        result.heldOut,
        result.seed,
        output,
        resume
            ? RunDirectory.Start.RESUME
            : startAnew ? RunDirectory.Start.ANEW : RunDirectory.Start.NEW,
        checkpointEvery,
        touchedRows);
  }
}
