package org.ortnce.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.tensor.Npy;
import org.ortnce.tensor.Tensor;

/**
 * {@code ortnce demo} from end to end, with the native library; the models it leaves behind then go
 * through {@code inspect}, {@code export} and {@code loss}.
 */
class DemoTest {
  @TempDir static Path directory;
  private static Path text;
  private static CliRun run;

  @BeforeAll
  static void demo() throws IOException {
    text = TopicText.write(directory.resolve("text.txt"), 400);
    run = demo("out");
  }

  private static CliRun demo(String out) {
    return CliRun.of(
        "demo",
        "--text",
        text,
        "--output-dir",
        directory.resolve(out),
        "--dim",
        8,
        "--num-sampled",
        16,
        "--batch-size",
        128,
        "--learning-rate",
        0.02,
        "--json");
  }

  @Test
  void trainingBeatsKnowingTheFrequencies() {
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    Map<String, Double> losses = TrainRun.heldOut(run);
    assertThat(losses.get("unigram")).isLessThan(losses.get("zeros") / 2);
    assertThat(losses.get("trained")).isLessThan(losses.get("unigram") - 1);
  }

  @Test
  void againReplacesItsResults() {
    CliRun again = demo("out");
    assertThat(again.status()).isZero();
    assertThat(TrainRun.heldOut(again).get("trained"))
        .isEqualTo(TrainRun.heldOut(run).get("trained"));
    assertThat(directory.resolve("out/checkpoints")).doesNotExist();
  }

  @Test
  void aTrainingIsNotReplaced() {
    Path out = directory.resolve("training");
    assertThat(TrainRun.text(text, out, "--steps", 2).status()).isZero();
    CliRun refused = demo("training");
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains("holds a run with checkpoints");
  }

  @Test
  void inspectSaysThatTheLibraryRunsTheModel() {
    Path model = directory.resolve("out/training-loss.onnx");
    JsonObject kernels = CliRun.of("inspect", model, "--json").json().getAsJsonObject("kernels");
    assertThat(kernels.getAsJsonObject("with_library").get("opened").getAsBoolean()).isTrue();
    assertThat(kernels.getAsJsonArray("nodes").toString()).contains("NceLoss", "native library");
    assertThat(kernels.get("library").getAsString()).contains("libortnce");
    CliRun told = CliRun.of("inspect", model);
    assertThat(told.out())
        .contains("org.ortnce:NceLoss", "num_sampled", "runs on: native library")
        .containsPattern("with it +a session opens");
  }

  @Test
  void theOutputLayerCanBeExportedAnew() throws IOException {
    Path out = directory.resolve("out");
    long classes = Npy.read(out.resolve("biases.npy")).dim(0);
    Npy.write(directory.resolve("x.npy"), Tensor.of(new float[60 * 8], 60, 8));
    long[] labels = new long[60];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = i % classes;
    }
    Npy.write(directory.resolve("y.npy"), Tensor.of(labels, 60, 1));
    double[] means = new double[2];
    for (int i = 0; i < 2; i++) {
      Path model = directory.resolve("again.onnx");
      CliRun exported =
          CliRun.of(
              "export",
              "--weights",
              out.resolve("weights.npy"),
              "--biases",
              out.resolve("biases.npy"),
              "--num-sampled",
              4,
              "--seed",
              3,
              "--reduction",
              i == 0 ? "sum" : "mean",
              "-o",
              model);
      assertThat(exported.status()).isZero();
      means[i] = loss(model).json().get("loss").getAsDouble();
    }
    assertThat(means[1]).isEqualTo(means[0], within(1e-5 * means[0]));
  }

  private static CliRun loss(Path model) {
    CliRun loss =
        CliRun.of(
            "loss",
            model,
            "--inputs",
            directory.resolve("x.npy"),
            "--labels",
            directory.resolve("y.npy"),
            "--batch-size",
            25,
            "--json");
    assertThat(loss.err()).isEmpty();
    return loss;
  }

  @Test
  void aLabelOutOfRangeIsAFailureInOneLine() throws IOException {
    Npy.write(directory.resolve("bad.npy"), Tensor.of(new long[] {10_000}, 1));
    Path out = directory.resolve("out");
    CliRun failed =
        CliRun.of(
            "loss",
            out.resolve("training-loss.onnx"),
            "--inputs",
            directory.resolve("bad.npy"),
            "--labels",
            directory.resolve("bad.npy"));
    assertThat(failed.status()).isEqualTo(1);
    assertThat(failed.out()).isEmpty();
    assertThat(failed.err()).contains("10000").hasLineCount(1);
  }

  @Test
  void wrongUsage() {
    CliRun wrong = CliRun.of("demo", "--dim", 0);
    assertThat(wrong.status()).isEqualTo(2);
    assertThat(wrong.err()).contains("dim must be at least 1, got 0", "ortnce demo --help");
    CliRun unknown = CliRun.of("demo", "--resume");
    assertThat(unknown.status()).isEqualTo(2);
  }
}
