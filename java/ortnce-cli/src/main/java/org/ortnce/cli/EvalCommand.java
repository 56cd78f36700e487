package org.ortnce.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.ortnce.cli.evaluate.ClassBands;
import org.ortnce.cli.evaluate.EvaluationSummary;
import org.ortnce.cli.evaluate.ModelEvaluation;
import org.ortnce.cli.evaluate.NamedRows;
import org.ortnce.cli.evaluate.PairedExamples;
import org.ortnce.cli.plot.EvaluationReport;
import org.ortnce.cli.terminal.Console;
import org.ortnce.cli.terminal.Progress;
import org.ortnce.cli.terminal.Table;
import org.ortnce.evaluation.EvaluationMetrics;
import org.ortnce.nce.GraphNames;
import org.ortnce.session.EvaluationSession;
import org.ortnce.session.SessionConfig;
import org.ortnce.tensor.Npy;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ortnce eval}: the metrics of an evaluation model over examples in .npy files. */
@Command(
    name = "eval",
    description =
        "Evaluates over all classes: loss, perplexity, recall and reciprocal ranks of an evaluation"
            + " model (ortnce export --kind evaluation --metrics).")
final class EvalCommand extends Subcommand {
  private static final int[] USUAL = {1, 10, 100};

  @Parameters(paramLabel = "MODEL", description = "The .onnx file of an evaluation model.")
  Path model;

  @Mixin ExampleOptions files = new ExampleOptions();

  @Mixin ProviderOptions provider = new ProviderOptions();

  @Option(
      names = "--labels",
      required = true,
      paramLabel = "FILE.npy",
      description = "The target classes: int64 or int32 [examples, num_true] or [examples].")
  Path labels;

  @Option(
      names = "--recall-at",
      split = ",",
      paramLabel = "K",
      description = "Where to measure the recall (default: 1,10,100 if the model returns ranks).")
  int[] recallAt;

  @Option(
      names = "--counts",
      paramLabel = "FILE.npy",
      description =
          "How often each class was seen, int64 or int32 [classes]: bands of classes are made of"
              + " these instead of the ids.")
  Path counts;

  @Option(
      names = "--report",
      paramLabel = "DIR|FILE",
      description =
          "Also write a page of tables and plots: FILE.html, FILE.png (plots alone), or"
              + " DIR/report.html.")
  Path report;

  EvalCommand(Console console) {
    super(console);
  }

  @Override
  void run() throws Exception {
    SessionConfig config = fromOptions(() -> files.config(sessions().addCUDA(provider.cuda())));
    int[] ks = recallAt == null ? USUAL : recallAt;
    fromOptions(() -> EvaluationMetrics.withRecallAt(ks));
    if (report != null) {
      fromOptions(() -> EvaluationReport.file(report));
    }
    ClassBands bands = counts == null ? ClassBands.ofIds() : ClassBands.ofCounts(Npy.read(counts));
    EvaluationSummary found;
    try (PairedExamples examples = files.openWithLabels(labels);
        NamedRows others = files.openOthers();
        EvaluationSession session = EvaluationSession.open(model, config)) {
      if (recallAt != null && !session.model().outputs().containsKey(GraphNames.TRUE_RANKS)) {
        throw new IllegalArgumentException(
            "the model has no output "
                + GraphNames.TRUE_RANKS
                + ", so no recall: export it with --metrics");
      }
      int[] measured = report == null ? ks : withCurve(ks);
      ModelEvaluation evaluation =
          new ModelEvaluation(session, examples, others.rows(), bands, measured);
      long count = files.count(examples.size());
      try (Progress progress = progress("eval", " examples", count)) {
        found = evaluation.run(count, files.batchSize, report != null, progress);
      }
    }
    if (report != null) {
      writeReport(found, ks, bands);
    }
    print(json(found, ks, bands), () -> text(found, ks, bands));
  }

  private static int[] withCurve(int[] ks) {
    return IntStream.concat(Arrays.stream(ks), EvaluationReport.curve()).toArray();
  }

  private void writeReport(EvaluationSummary found, int[] ks, ClassBands bands) throws IOException {
    String title = "Evaluation of " + model.getFileName();
    new EvaluationReport(
            title, text(found, ks, bands), found.losses(), found.recall(), bars(found), axis(bands))
        .write(EvaluationReport.file(report));
  }

  private static Map<String, Double> bars(EvaluationSummary found) {
    Map<String, Double> bars = new LinkedHashMap<>();
    found.bands().forEach(band -> bars.put(band.name(), band.metrics().meanLoss()));
    return bars;
  }

  private static String axis(ClassBands bands) {
    return bands.areOfCounts() ? "count of the class" : "class id";
  }

  private Map<String, Object> json(EvaluationSummary found, int[] ks, ClassBands bands) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("model", model.toString());
    json.putAll(metrics(found, found.all(), ks));
    json.put("examples", found.examples());
    json.put("counted_examples", found.all().examples());
    json.put("labels", found.all().labels());
    json.put("seconds", found.seconds());
    json.put("examples_per_second", found.examplesPerSecond());
    json.put("bands_of", bands.areOfCounts() ? "counts" : "ids");
    json.put(
        "bands",
        found.bands().stream()
            .map(
                band -> {
                  Map<String, Object> one = new LinkedHashMap<>();
                  one.put("first", band.first());
                  one.put("last", band.last());
                  one.put("counted_examples", band.metrics().examples());
                  one.putAll(metrics(found, band.metrics(), ks));
                  return one;
                })
            .toList());
    if (report != null) {
      json.put("report", EvaluationReport.file(report).toString());
    }
    return json;
  }

  private static Map<String, Object> metrics(
      EvaluationSummary found, EvaluationMetrics metrics, int[] ks) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("loss", metrics.meanLoss());
    if (found.hasSoftmaxLoss()) {
      json.put("softmax_cross_entropy", metrics.softmaxCrossEntropy());
      json.put("perplexity", metrics.perplexity());
    }
    if (found.hasRanks()) {
      Map<String, Double> recall = new LinkedHashMap<>();
      for (int k : ks) {
        recall.put(Integer.toString(k), metrics.recall().get(k));
      }
      json.put("recall", recall);
      json.put("mean_reciprocal_rank", metrics.meanReciprocalRank());
    }
    return json;
  }

  private static String text(EvaluationSummary found, int[] ks, ClassBands bands) {
    EvaluationMetrics all = found.all();
    Table table = new Table("lr");
    table.row("mean loss", Table.decimal(all.meanLoss(), 6));
    if (found.hasSoftmaxLoss()) {
      table.row("softmax cross entropy", Table.decimal(all.softmaxCrossEntropy(), 6));
      table.row("perplexity", Table.decimal(all.perplexity(), 3));
    }
    if (found.hasRanks()) {
      for (int k : ks) {
        table.row("recall@" + k, Table.decimal(all.recall().get(k), 6));
      }
      table.row("mean reciprocal rank", Table.decimal(all.meanReciprocalRank(), 6));
    }
    table.row("examples", found.examples());
    if (all.ignoredExamples() > 0) {
      table.row("with a label", all.examples());
    }
    table.row("labels", all.labels());
    table.row("seconds", Table.decimal(found.seconds(), 3));
    table.row("examples/s", Table.decimal(found.examplesPerSecond(), 0));
    Table byBand = new Table("lrr");
    byBand.row(axis(bands), "examples", "mean loss");
    for (EvaluationSummary.Band band : found.bands()) {
      byBand.row(
          band.name(), band.metrics().examples(), Table.decimal(band.metrics().meanLoss(), 6));
    }
    return table.render(0) + "\n" + byBand.render(0);
  }
}
