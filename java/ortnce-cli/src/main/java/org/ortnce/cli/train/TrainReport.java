package org.ortnce.cli.train;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.ortnce.cli.terminal.Table;
import org.ortnce.cli.train.TrainResult.HeldOutLosses;
import org.ortnce.cli.train.TrainResult.Run;

/** The result of a training for people and for machines. */
public final class TrainReport {
  private TrainReport() {}

  /** For a person. */
  public static String text(TrainResult result) {
    StringBuilder text = new StringBuilder(result.data().table().render(0));
    text.append('\n').append(run(result).render(0));
    if (result.heldOut().examples() > 0) {
      text.append("\nfull sigmoid loss on ")
          .append(Table.grouped(result.heldOut().examples()))
          .append(" examples held out\n")
          .append(losses(result).render(0));
    }
    if (!result.neighbours().rows().isEmpty()) {
      text.append("\nnearest neighbours, by the cosine of the embeddings\n")
          .append(result.neighbours().text());
    }
    text.append("\nwritten\n");
    result.files().forEach(file -> text.append("  ").append(file).append('\n'));
    return text.append(goOn(result)).toString();
  }

  private static Table run(TrainResult result) {
    Run run = result.run();
    OptimizerSettings optimizer = result.settings().optimizer();
    NetworkSettings network = result.settings().network();
    Table table = new Table("lrl");
    table.row(
        "training",
        "",
        optimizer.kind()
            + ", learning rate "
            + optimizer.learningRate()
            + " ("
            + optimizer.schedule()
            + "), "
            + network.numSampled()
            + " candidates for "
            + result.settings().length().batchSize()
            + " examples");
    table.row("  parameters", parameters(result), "embeddings of length " + network.dim());
    table.row(
        "  steps",
        run.steps(),
        run.resumedFrom().isPresent()
            ? "resumed after " + Table.grouped(run.resumedFrom().getAsLong())
            : "");
    table.row("  seconds", Table.decimal(run.seconds(), 1), "");
    table.row("  examples/s", Table.decimal(run.examplesPerSecond(), 0), "");
    table.row("  NCE loss", Table.decimal(run.loss(), 4), "mean of the last steps");
    run.deviceBytes()
        .ifPresent(
            bytes ->
                table.row(
                    "  bytes/step",
                    bytes.total() / Math.max(1, run.ownSteps()),
                    "to the device and back, where there is one: "
                        + Table.grouped(bytes.toDevice())
                        + " and "
                        + Table.grouped(bytes.fromDevice())
                        + " in all"));
    return table;
  }

  private static long parameters(TrainResult result) {
    long dim = result.settings().network().dim();
    return result.data().numInputs() * dim + result.data().numClasses() * (dim + 1L);
  }

  private static Table losses(TrainResult result) {
    HeldOutLosses losses = result.heldOut();
    boolean startsThere =
        result.settings().network().initialBiases() == NetworkSettings.InitialBiases.UNIGRAM;
    Table table = new Table("lrl");
    table.row("  all zero", Table.decimal(losses.zeros(), 4), "number of classes times log 2");
    if (!startsThere) {
      table.row("  before training", Table.decimal(losses.before(), 4), "weights and biases 0");
    }
    table.row(
        startsThere ? "  before training" : "  unigram",
        Table.decimal(losses.unigram(), 4),
        "unigram: weights 0, biases log of the class's share");
    table.row("  trained", Table.decimal(losses.trained(), 4), "");
    return table;
  }

  private static String goOn(TrainResult result) {
    Path directory = result.settings().output();
    String text = "go on with\n  tools/ortnce inspect " + directory.resolve(Outputs.TRAINING_LOSS);
    if (result.heldOut().examples() > 0) {
      text +=
          "\n  tools/ortnce loss "
              + directory.resolve(Outputs.EVALUATION)
              + " --inputs "
              + directory.resolve(Outputs.HELD_OUT_INPUTS)
              + " --labels "
              + directory.resolve(Outputs.HELD_OUT_LABELS);
    }
    return text + "\n";
  }

  /** For a machine. */
  public static Map<String, Object> json(TrainResult result) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("data", result.data().json());
    json.put(
        "settings",
        result.settings().decisive(result.run().steps()).entrySet().stream()
            .collect(
                Collectors.toMap(
                    entry -> entry.getKey().substring(2).replace('-', '_'),
                    Map.Entry::getValue,
                    (a, b) -> b,
                    LinkedHashMap::new)));
    Run run = result.run();
    Map<String, Object> training = new LinkedHashMap<>();
    training.put("steps", run.steps());
    run.resumedFrom().ifPresent(step -> training.put("resumed_from", step));
    training.put("examples", run.examples());
    training.put("seconds", run.seconds());
    training.put("examples_per_second", run.examplesPerSecond());
    training.put("nce_loss", run.loss());
    run.deviceBytes()
        .ifPresent(
            bytes -> {
              training.put("bytes_to_device", bytes.toDevice());
              training.put("bytes_from_device", bytes.fromDevice());
            });
    json.put("training", training);
    json.put("held_out", result.heldOut());
    json.put("neighbours", neighbours(result));
    json.put("files", result.files().stream().map(Path::toString).toList());
    return json;
  }

  private static Map<String, Object> neighbours(TrainResult result) {
    Map<String, Object> json = new LinkedHashMap<>();
    result.neighbours().rows().forEach(row -> json.put(row.word(), List.copyOf(row.neighbours())));
    return json;
  }
}
