package org.ortnce.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ortnce.cli.evaluate.ClassNames;
import org.ortnce.cli.evaluate.ModelTopK;
import org.ortnce.cli.evaluate.NamedRows;
import org.ortnce.cli.evaluate.PairedExamples;
import org.ortnce.cli.evaluate.Rows;
import org.ortnce.cli.terminal.Console;
import org.ortnce.cli.terminal.Progress;
import org.ortnce.cli.terminal.Table;
import org.ortnce.session.InferenceSession;
import org.ortnce.session.SessionConfig;
import org.ortnce.tensor.Npy;
import org.ortnce.tensor.Tensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ortnce topk}: the most probable classes of examples in .npy files. */
@Command(name = "topk", description = "Prints or saves the most probable classes of each example.")
final class TopKCommand extends Subcommand {
  @Parameters(paramLabel = "MODEL", description = "The .onnx file of an inference model.")
  Path model;

  @Mixin ExampleOptions files = new ExampleOptions();

  @Mixin ProviderOptions provider = new ProviderOptions();

  @Option(
      names = "--k",
      paramLabel = "K",
      description = "The best K of those that the model returns (default: all of them).")
  Integer k;

  @Option(
      names = "--names",
      paramLabel = "FILE",
      description =
          "What the classes are called: a line for each, in order; what follows its last comma is a"
              + " count (vocabulary.txt of ortnce train).")
  Path names;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      description =
          "Write classes.npy, probabilities.npy and logits.npy, [examples, k], instead of"
              + " printing.")
  Path output;

  TopKCommand(Console console) {
    super(console);
  }

  @Override
  void run() throws Exception {
    SessionConfig config = fromOptions(() -> files.config(sessions().addCUDA(provider.cuda())));
    if (k != null && k < 1) {
      throw wrongUsage("--k must be at least 1, got " + k);
    }
    ClassNames called = names == null ? null : ClassNames.read(names);
    ModelTopK.Found found;
    try (Rows inputs = files.openInputs();
        NamedRows others = files.openOthers();
        InferenceSession session = InferenceSession.open(model, config)) {
      PairedExamples.checkInputs(inputs);
      ModelTopK topK = new ModelTopK(session, inputs, others.rows(), k);
      long count = files.count(inputs.size());
      try (Progress progress = progress("topk", " examples", count)) {
        found = topK.run(count, files.batchSize, progress);
      }
    }
    if (output != null) {
      Map<String, Path> written = write(found);
      print(written(found, written), () -> text(written));
    } else {
      print(json(found, called), () -> text(found, called));
    }
  }

  private Map<String, Path> write(ModelTopK.Found found) throws IOException {
    Files.createDirectories(output);
    Map<String, Path> written = new LinkedHashMap<>();
    for (Map.Entry<String, Tensor> entry : found.tensors().entrySet()) {
      Path file = output.resolve(entry.getKey() + ".npy");
      Npy.write(file, entry.getValue());
      written.put(entry.getKey(), file);
    }
    return written;
  }

  private Map<String, Object> written(ModelTopK.Found found, Map<String, Path> written) {
    Map<String, Object> json = header(found);
    written.forEach((name, file) -> json.put(name, file.toString()));
    return json;
  }

  private static String text(Map<String, Path> written) {
    Table table = new Table("ll");
    written.forEach((name, file) -> table.row(name, file));
    return table.render(0);
  }

  private Map<String, Object> header(ModelTopK.Found found) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("model", model.toString());
    json.put("k", found.k());
    json.put("examples", found.examples());
    return json;
  }

  private Map<String, Object> json(ModelTopK.Found found, ClassNames called) {
    Map<String, Object> json = header(found);
    List<List<Map<String, Object>>> rows = new ArrayList<>();
    for (int i = 0; i < found.examples(); i++) {
      List<Map<String, Object>> row = new ArrayList<>();
      for (int j = 0; j < found.k(); j++) {
        Map<String, Object> best = new LinkedHashMap<>();
        best.put("class", found.classOf(i, j));
        if (called != null) {
          best.put("name", called.name(found.classOf(i, j)));
        }
        best.put("probability", (double) found.probability(i, j));
        if (found.hasLogits()) {
          best.put("logit", (double) found.logit(i, j));
        }
        row.add(best);
      }
      rows.add(row);
    }
    json.put("top_k", rows);
    return json;
  }

  private static String text(ModelTopK.Found found, ClassNames called) {
    Table table = new Table("rrrrl");
    table.row("example", "class", "probability", found.hasLogits() ? "logit" : "", "");
    for (int i = 0; i < found.examples(); i++) {
      for (int j = 0; j < found.k(); j++) {
        table.row(
            Integer.toString(i),
            Long.toString(found.classOf(i, j)),
            Table.decimal(found.probability(i, j), 6),
            found.hasLogits() ? Table.decimal(found.logit(i, j), 4) : "",
            called == null ? "" : called.name(found.classOf(i, j)));
      }
    }
    return table.render(0);
  }
}
