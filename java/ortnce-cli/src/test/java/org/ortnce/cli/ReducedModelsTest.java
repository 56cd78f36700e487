package org.ortnce.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.tensor.Npy;
import org.ortnce.tensor.Tensor;

/**
 * Models that reduce a batch give the same mean and sum over all examples as models that do not,
 * whatever the batches and the padding.
 */
class ReducedModelsTest {
  private static final int EXAMPLES = 7;
  private static final int CLASSES = 11;
  private static final int DIM = 3;

  /** Examples 1, 4 and 5 have no label: batches of 2 hold two, one, none and one that count. */
  private static final long[] LABELS = {3, -1, 0, 10, -1, -1, 7};

  @TempDir Path directory;
  private final Random random = new Random(3);

  @BeforeEach
  void writeFiles() throws IOException {
    Npy.write(file("weights"), normal(CLASSES, DIM));
    Npy.write(file("inputs"), normal(EXAMPLES, DIM));
    Npy.write(file("labels"), Tensor.of(LABELS, EXAMPLES));
  }

  private Tensor normal(int rows, int columns) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.of(values, rows, columns);
  }

  private Path file(String name) {
    return directory.resolve(name + ".npy");
  }

  private Path model(String kind, String reduction) {
    Path model = directory.resolve(kind + "-" + reduction + ".onnx");
    List<Object> args = new ArrayList<>(List.of("export", "--kind", kind, "-o", model));
    args.addAll(List.of("--weights", file("weights"), "--ignore-index", -1));
    args.addAll(List.of("--reduction", reduction));
    if (kind.equals("training-loss")) {
      args.addAll(List.of("--num-sampled", 4, "--seed", 1, "--step-input"));
    }
    CliRun run = CliRun.of(args.toArray());
    assertThat(run.status()).as("%s", run).isZero();
    return model;
  }

  private double loss(Path model, String wanted) {
    CliRun run =
        CliRun.of(
            "loss",
            model,
            "--inputs",
            file("inputs"),
            "--labels",
            file("labels"),
            "--batch-size",
            2,
            "--reduction",
            wanted,
            "--json");
    assertThat(run.status()).as("%s", run).isZero();
    assertThat(run.json().get("counted_examples").getAsLong()).isEqualTo(4);
    return run.json().get("loss").getAsDouble();
  }

  @ParameterizedTest
  @CsvSource({
    "evaluation,mean",
    "evaluation,sum",
    "training-loss,mean",
    "training-loss,sum",
  })
  void theSameLossOverAll(String kind, String reduction) {
    Path each = model(kind, "none");
    Path reduced = model(kind, reduction);
    for (String wanted : List.of("mean", "sum")) {
      double expected = loss(each, wanted);
      assertThat(expected).isPositive();
      // Some losses of one batch, added up in float.
      assertThat(loss(reduced, wanted)).isCloseTo(expected, within(1e-5 * expected));
    }
  }

  @Test
  void modelsSayHowTheyReduce() throws IOException {
    assertThat(OnnxModel.load(model("evaluation", "sum")).metadata())
        .containsEntry("ortnce.reduction", "sum")
        .containsEntry("ortnce.ignore_index", "-1");
    assertThat(OnnxModel.load(model("training-loss", "mean")).metadata())
        .containsEntry("ortnce.reduction", "mean")
        .containsEntry("ortnce.ignore_index", "-1");
    assertThat(CliRun.of("inspect", model("evaluation", "mean"), "--no-session").out())
        .contains("ortnce.reduction = mean");
    Path inference = directory.resolve("inference.onnx");
    CliRun.of("export", "--kind", "inference", "--weights", file("weights"), "-o", inference);
    assertThat(OnnxModel.load(inference).metadata())
        .containsOnlyKeys("ortnce.sha256", "ortnce.manifest");
  }
}
