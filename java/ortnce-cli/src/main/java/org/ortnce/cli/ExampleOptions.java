package org.ortnce.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.ortnce.cli.evaluate.NamedRows;
import org.ortnce.cli.evaluate.PairedExamples;
import org.ortnce.cli.evaluate.Rows;
import org.ortnce.session.SessionConfig;
import picocli.CommandLine.Option;

/** The options of commands that run a model over examples in .npy files. */
final class ExampleOptions {
  @Option(
      names = "--inputs",
      required = true,
      paramLabel = "FILE.npy",
      description =
          "The forward activations: [examples, dim], of the model's type; for a model that looks up"
              + " embeddings, ids: int64 or int32 [examples] or [examples, context]; for an encoder, what"
              + " its one input takes that --input does not give.")
  Path inputs;

  @Option(
      names = "--input",
      paramLabel = "NAME=FILE.npy",
      description =
          "The value of another input of the model: the same in every batch, or with a row for each"
              + " example if the model says so (true_expected_count, attention_mask).")
  Map<String, Path> otherInputs = new LinkedHashMap<>();

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      defaultValue = "1024",
      description = "Examples in one run of the model (default: ${DEFAULT-VALUE}).")
  int batchSize;

  @Option(names = "--limit", paramLabel = "N", description = "Take the first N examples only.")
  Long limit;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "Threads of ONNX Runtime (default: one per core).")
  int threads;

  @Option(
      names = "--no-library",
      description = "Run without our native library: on the functions that the model carries.")
  boolean noLibrary;

  /**
   * The configuration of the session.
   *
   * @throws IllegalArgumentException if an option has no sense
   */
  SessionConfig config(SessionConfig.Builder sessions) {
    if (batchSize < 1 || (limit != null && limit < 0)) {
      throw new IllegalArgumentException("--batch-size must be at least 1 and --limit at least 0");
    }
    return sessions.intraOpThreads(threads).registerLibrary(!noLibrary).build();
  }

  /** The inputs, open for reading. */
  Rows openInputs() throws IOException {
    return Rows.open(inputs);
  }

  /** The inputs with their labels, open for reading. */
  PairedExamples openWithLabels(Path labels) throws IOException {
    Rows opened = openInputs();
    try {
      return new PairedExamples(opened, Rows.open(labels));
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /** The values of the other inputs, open for reading. */
  NamedRows openOthers() throws IOException {
    return NamedRows.open(otherInputs);
  }

  /** How many of {@code size} examples are wanted. */
  long count(long size) {
    return limit == null ? size : Math.min(limit, size);
  }
}
