package org.ortnce.cli.demo;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ortnce.cli.corpus.Corpus;
import org.ortnce.cli.corpus.Vocabulary;
import org.ortnce.cli.evaluate.LossSummary;
import org.ortnce.cli.terminal.Table;

/** The result of the demonstration for people and for machines. */
public final class DemoReport {
  private static final int FREQUENT_CLASSES = 3;

  private DemoReport() {}

  /** For a person. */
  public static String text(DemoResult result) {
    DemoOptions options = result.options();
    return corpus(result).render(0)
        + "\nNothing is trained yet: these are baselines, with random embeddings N(0, 1) of length "
        + options.dim()
        + " as inputs,\nand "
        + options.numSampled()
        + " candidates of the log-uniform sampler for each batch of "
        + options.batchSize()
        + ". Losses are means.\n\n"
        + losses(result).render(0)
        + "\nfull: the sigmoid cross entropy over all classes, on "
        + Table.grouped(result.models().get(0).full().examples())
        + " pairs chosen at random, in batches of "
        + Table.grouped(result.fullBatchSize())
        + ".\n\n"
        + files(result);
  }

  private static Table corpus(DemoResult result) {
    Corpus corpus = result.corpus();
    Corpus.Statistics read = corpus.statistics();
    boolean words = result.options().text().isPresent();
    Table table = new Table("lrl");
    table.row("corpus", "", corpus.description());
    if (words) {
      table.row("  lines", read.sentences(), "with a word");
      table.row("  words", read.tokens(), Table.grouped(read.distinctTokens()) + " different");
    } else {
      table.row("  class files", read.documents(), "");
      table.row("  method bodies", read.sentences(), "that call a method");
      table.row(
          "  calls", read.tokens(), "of " + Table.grouped(read.distinctTokens()) + " methods");
    }
    table.row(
        "  pairs", corpus.pairCount(), words ? "(word, neighbour)" : "(method, called method)");
    if (read.droppedPairs() > 0) {
      table.row("  pairs left out", read.droppedPairs(), "see --max-pairs");
    }
    table.row("  seconds", Table.decimal(result.mining().toMillis() / 1e3, 1), "to read");
    Vocabulary classes = corpus.classes();
    table.row("vocabulary", classes.size(), "classes by frequency; the first:");
    for (int id = 0; id < Math.min(FREQUENT_CLASSES, classes.size()); id++) {
      // Packages are long and the table is for a terminal.
      String name = classes.name(id);
      table.row("", classes.count(id), name.substring(name.lastIndexOf('/') + 1));
    }
    return table;
  }

  private static Table losses(DemoResult result) {
    Table table = new Table("lrrrrl");
    table.row("model", "NCE loss", "pairs/s", "full loss", "pairs/s", "");
    for (DemoResult.ModelResult model : result.models()) {
      table.row(
          model.name(),
          Table.decimal(model.nce().mean(), 4),
          Table.decimal(model.nce().examplesPerSecond(), 0),
          Table.decimal(model.full().mean(), 4),
          Table.decimal(model.full().examplesPerSecond(), 0),
          model.description());
    }
    table.row(
        "all zero",
        "",
        "",
        Table.decimal(result.zeroModelFullLoss(), 4),
        "",
        "by formula: V log 2");
    return table;
  }

  private static String files(DemoResult result) {
    StringBuilder text = new StringBuilder("written\n");
    for (Path file : result.files()) {
      text.append("  ").append(file).append('\n');
    }
    Path directory = result.options().outputDirectory();
    return text.append("go on with\n  tools/ortnce inspect ")
        .append(directory.resolve("unigram").resolve("training-loss.onnx"))
        .append("\n  tools/ortnce loss ")
        .append(directory.resolve("unigram").resolve("training-loss.onnx"))
        .append(" --inputs ")
        .append(directory.resolve("inputs.npy"))
        .append(" --labels ")
        .append(directory.resolve("labels.npy"))
        .append('\n')
        .toString();
  }

  /** For a machine. */
  public static Map<String, Object> json(DemoResult result) {
    Corpus corpus = result.corpus();
    Map<String, Object> json = new LinkedHashMap<>();
    Map<String, Object> read = new LinkedHashMap<>();
    read.put("description", corpus.description());
    read.put("documents", corpus.statistics().documents());
    read.put("sentences", corpus.statistics().sentences());
    read.put("tokens", corpus.statistics().tokens());
    read.put("distinct_tokens", corpus.statistics().distinctTokens());
    read.put("pairs", corpus.pairCount());
    read.put("dropped_pairs", corpus.statistics().droppedPairs());
    read.put("centres", corpus.centres().size());
    read.put("classes", corpus.classes().size());
    read.put("seconds", result.mining().toMillis() / 1e3);
    json.put("corpus", read);
    json.put("dim", result.options().dim());
    json.put("num_sampled", result.options().numSampled());
    json.put("batch_size", result.options().batchSize());
    json.put("full_batch_size", result.fullBatchSize());
    json.put("trained", false);
    List<Object> models = new ArrayList<>();
    for (DemoResult.ModelResult model : result.models()) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("name", model.name());
      entry.put("description", model.description());
      entry.put("nce", summary(model.nce()));
      entry.put("full", summary(model.full()));
      models.add(entry);
    }
    json.put("models", models);
    json.put("zero_model_full_loss", result.zeroModelFullLoss());
    json.put("files", result.files().stream().map(Path::toString).toList());
    return json;
  }

  private static Map<String, Object> summary(LossSummary summary) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("mean_loss", summary.mean());
    json.put("examples", summary.examples());
    json.put("seconds", summary.seconds());
    json.put("examples_per_second", summary.examplesPerSecond());
    return json;
  }
}
