package org.ortnce.cli;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code ortnce train} on a small scale. */
final class TrainRun {
  private TrainRun() {}

  /** The arguments of a short training on a text. */
  static List<Object> arguments(Path text, Path out, Object... more) {
    List<Object> arguments =
        new ArrayList<>(
            List.of(
                "train",
                "--text",
                text,
                "-o",
                out,
                "--dim",
                8,
                "--num-sampled",
                8,
                "--batch-size",
                64,
                "--learning-rate",
                0.02,
                "--held-out",
                0.1,
                "--threads",
                1,
                "--json"));
    arguments.addAll(List.of(more));
    return arguments;
  }

  /** A short training on a text. */
  static CliRun text(Path text, Path out, Object... more) {
    return CliRun.of(arguments(text, out, more).toArray());
  }

  /** The full losses on what was held out, by name. */
  static Map<String, Double> heldOut(CliRun run) {
    JsonObject json = run.json().getAsJsonObject("held_out");
    Map<String, Double> losses = new TreeMap<>();
    json.entrySet().forEach(entry -> losses.put(entry.getKey(), entry.getValue().getAsDouble()));
    return losses;
  }
}
