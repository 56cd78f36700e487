package org.ortnce.cli;

import java.nio.file.Path;
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
import picocli.CommandLine.Option;

/** {@code ortnce demo}: the whole way on real data. */
@Command(
    name = "demo",
    sortOptions = false,
    description =
        "Mines the running JDK (or a text), trains embeddings on it with the NCE loss, and shows"
            + " what they learned. As train, with fewer options; takes a minute.")
final class DemoCommand extends Subcommand {
  private static final String EXPLANATION =
      """
      Every method body of the JDK is a sentence whose words are the methods it calls. A pair is two
      calls near each other; the network learns to tell the one from the other: an embedding for each
      method as the input, weights and a bias for each as the class, and for each batch some noise
      from the log-uniform sampler to tell the true classes from.

      """;

  @Option(
      names = {"-o", "--output-dir"},
      paramLabel = "DIR",
      defaultValue = "ortnce-demo",
      description =
          "Where the results go; those of an earlier demo are replaced"
              + " (default: ${DEFAULT-VALUE}).")
  Path output;

  @Mixin TrainCorpusOptions corpus = new TrainCorpusOptions();

  @Mixin TrainNetworkOptions network = new TrainNetworkOptions();

  @Mixin TrainOptimizerOptions optimizer = new TrainOptimizerOptions();

  @Mixin TrainResultOptions result = new TrainResultOptions();

  DemoCommand(Console console) {
    super(console);
  }

  @Override
  void run() throws Exception {
    SessionConfig sessions = fromOptions(() -> sessions().intraOpThreads(result.threads).build());
    DataSource source = fromOptions(corpus::source);
    TrainSettings settings = fromOptions(this::settings);
    TrainResult found = new Training(source, settings, sessions, this::progress).run();
    print(TrainReport.json(found), () -> explanation() + TrainReport.text(found));
  }

  private String explanation() {
    return corpus.text == null ? EXPLANATION : "";
  }

  private TrainSettings settings() {
    return new TrainSettings(
        network.settings(),
        optimizer.settings(),
        optimizer.length(),
        result.settings(),
        result.heldOut,
        result.seed,
        output,
        RunDirectory.Start.NEW,
        0,
        false);
  }
}
