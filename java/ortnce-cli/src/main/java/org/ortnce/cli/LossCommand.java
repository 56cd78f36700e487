package org.ortnce.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.ortnce.cli.evaluate.Examples;
import org.ortnce.cli.evaluate.LossEvaluation;
import org.ortnce.cli.evaluate.LossSummary;
import org.ortnce.cli.evaluate.ModelLoss;
import org.ortnce.cli.evaluate.ModelReduction;
import org.ortnce.cli.evaluate.NamedRows;
import org.ortnce.cli.evaluate.PairedExamples;
import org.ortnce.cli.terminal.Console;
import org.ortnce.cli.terminal.Progress;
import org.ortnce.cli.terminal.Table;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.session.ModelSession;
import org.ortnce.session.SessionConfig;
import org.ortnce.tensor.Npy;
import org.ortnce.tensor.Tensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ortnce loss}: a model's loss over examples in .npy files. */
@Command(
    name = "loss",
    description = "Evaluates a training-loss or evaluation model over examples in .npy files.")
final class LossCommand extends Subcommand {
  @Parameters(paramLabel = "MODEL", description = "The .onnx file, with an output named loss.")
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
      names = "--first-step",
      paramLabel = "N",
      description = "The value of input step for the first batch; it counts up (default: 0).")
  Long firstStep;

  @Option(
      names = "--reduction",
      defaultValue = "mean",
      description =
          "What to print: ${COMPLETION-CANDIDATES}; none prints the loss of every example"
              + " (default: ${DEFAULT-VALUE}).")
  ModelReduction.Kind reduction;

  @Option(
      names = "--per-example",
      paramLabel = "FILE.npy",
      description = "Also write the loss of every example, float [examples].")
  Path perExample;

  LossCommand(Console console) {
    super(console);
  }

  @Override
  void run() throws Exception {
    // The model that is loaded here is compared with its sum: the session need not do it again.
    SessionConfig config =
        fromOptions(() -> files.config(sessions().verifyModel(false).addCUDA(provider.cuda())));
    try (PairedExamples examples = files.openWithLabels(labels);
        NamedRows others = files.openOthers()) {
      OnnxModel loaded = OnnxModel.load(model);
      try (ModelSession session = ModelSession.open(model, config)) {
        OptionalLong step = firstStep == null ? OptionalLong.empty() : OptionalLong.of(firstStep);
        ModelLoss loss = new ModelLoss(session, examples.size(), others.rows(), step);
        ModelReduction reduced = ModelReduction.of(loaded, loss.isPerExample());
        evaluate(examples, files.count(examples.size()), loss, reduced);
      }
    }
  }

  private void evaluate(Examples examples, long count, ModelLoss loss, ModelReduction reduced)
      throws Exception {
    boolean wantsEach = perExample != null || reduction == ModelReduction.Kind.NONE;
    if (wantsEach && reduced.kind() != ModelReduction.Kind.NONE) {
      throw new IllegalArgumentException(
          "the model gives the " + reduced.kind() + " of a batch, not the loss of each example");
    }
    float[] each = new float[wantsEach ? Math.toIntExact(count) : 0];
    LossSummary summary;
    try (Progress progress = progress("loss", " examples", count)) {
      summary =
          new LossEvaluation(loss, reduced, files.batchSize)
              .run(
                  examples,
                  count,
                  wantsEach
                      ? (first, losses) -> losses.get(each, (int) first, losses.remaining())
                      : LossEvaluation.PerExample.NONE,
                  progress);
    }
    if (perExample != null) {
      Npy.write(perExample, Tensor.of(each, each.length));
    }
    print(json(summary, each), () -> text(summary, each));
  }

  private double value(LossSummary summary) {
    return reduction == ModelReduction.Kind.SUM ? summary.sum() : summary.mean();
  }

  private Map<String, Object> json(LossSummary summary, float[] each) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("model", model.toString());
    json.put("reduction", reduction.toString());
    if (reduction == ModelReduction.Kind.NONE) {
      double[] losses = new double[each.length];
      for (int i = 0; i < each.length; i++) {
        losses[i] = each[i];
      }
      json.put("loss", losses);
    } else {
      json.put("loss", value(summary));
    }
    json.put("examples", summary.examples());
    json.put("counted_examples", summary.counted());
    json.put("seconds", summary.seconds());
    json.put("examples_per_second", summary.examplesPerSecond());
    if (perExample != null) {
      json.put("per_example", perExample.toString());
    }
    return json;
  }

  private String text(LossSummary summary, float[] each) {
    if (reduction == ModelReduction.Kind.NONE) {
      StringBuilder lines = new StringBuilder();
      for (float loss : each) {
        lines.append(loss).append('\n');
      }
      return lines.toString();
    }
    Table table = new Table("lr");
    table.row(reduction + " loss", Table.decimal(value(summary), 6));
    table.row("examples", summary.examples());
    if (summary.counted() != summary.examples()) {
      table.row("with a label", summary.counted());
    }
    table.row("seconds", Table.decimal(summary.seconds(), 3));
    table.row("examples/s", Table.decimal(summary.examplesPerSecond(), 0));
    return table.render(0);
  }
}
