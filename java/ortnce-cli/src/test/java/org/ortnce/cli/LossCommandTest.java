package org.ortnce.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.nce.MetadataKeys;
import org.ortnce.tensor.Npy;
import org.ortnce.tensor.Tensor;

/** {@code ortnce loss} on models whose loss is plain to see. */
class LossCommandTest {
  @TempDir Path directory;
  private Path inputs;
  private Path labels;

  @BeforeEach
  void writeExamples() throws IOException {
    inputs = directory.resolve("inputs.npy");
    labels = directory.resolve("labels.npy");
    Npy.write(inputs, Tensor.of(new float[][] {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, 1, 1}}));
    Npy.write(labels, Tensor.of(new long[] {1, 2, 3, 4}, 4, 1));
  }

  private CliRun loss(Path model, Object... more) {
    Object[] args = new Object[more.length + 7];
    Object[] first = {"loss", model, "--no-library", "--inputs", inputs, "--labels", labels};
    System.arraycopy(first, 0, args, 0, first.length);
    System.arraycopy(more, 0, args, first.length, more.length);
    return CliRun.of(args);
  }

  private Path model() throws IOException {
    return SmallModels.perExample(directory.resolve("model.onnx"));
  }

  @Test
  void meanIsThatOfAllBatches() throws IOException {
    for (int batchSize = 1; batchSize < 6; batchSize++) {
      CliRun run = loss(model(), "--batch-size", batchSize, "--json");
      assertThat(run.err()).isEmpty();
      assertThat(run.status()).isZero();
      JsonObject json = run.json();
      // Losses are 2, 12, 103, 115.
      assertThat(json.get("loss").getAsDouble()).isEqualTo(58);
      assertThat(json.get("examples").getAsLong()).isEqualTo(4);
      assertThat(json.get("examples_per_second").getAsDouble()).isPositive();
    }
  }

  @Test
  void sumAndNone() throws IOException {
    JsonObject sum = loss(model(), "--reduction", "sum", "--json").json();
    assertThat(sum.get("loss").getAsDouble()).isEqualTo(232);
    assertThat(loss(model(), "--reduction", "none").out()).isEqualTo("2.0\n12.0\n103.0\n115.0\n");
    JsonObject none = loss(model(), "--reduction", "NONE", "--json").json();
    assertThat(none.getAsJsonArray("loss").get(2).getAsDouble()).isEqualTo(103);
  }

  @Test
  void textIsForPeople() throws IOException {
    CliRun run = loss(model(), "--limit", 2);
    assertThat(run.out()).contains("mean loss   7.000000\n", "examples           2\n");
  }

  @Test
  void lossesOfAllExamplesGoToAFile() throws IOException {
    Path out = directory.resolve("losses.npy");
    CliRun run = loss(model(), "--per-example", out, "--batch-size", "3");
    assertThat(run.status()).isZero();
    Tensor losses = Npy.read(out);
    assertThat(losses.toString()).isEqualTo("float[4]");
    assertThat(losses.toFloatArray()).containsExactly(2, 12, 103, 115);
  }

  @Test
  void int32LabelsAndOneLabelEachAreRead() throws IOException {
    Npy.write(labels, Tensor.of(new int[] {1, 2, 3, 4}, 4));
    assertThat(loss(model(), "--json").json().get("loss").getAsDouble()).isEqualTo(58);
  }

  @Test
  void stepCountsUpFromTheFirst() throws IOException {
    Path model = SmallModels.withStep(directory.resolve("step.onnx"));
    assertThat(loss(model, "--batch-size", "2", "--reduction", "none").out())
        .isEqualTo("2.0\n12.0\n104.0\n116.0\n");
    assertThat(loss(model, "--batch-size", "2", "--reduction", "none", "--first-step", "5").out())
        .isEqualTo("7.0\n17.0\n109.0\n121.0\n");
    Path step = directory.resolve("step.npy");
    Npy.write(step, Tensor.scalar(7L));
    assertThat(loss(model, "--input", "step=" + step, "--reduction", "none").out())
        .isEqualTo("9.0\n19.0\n110.0\n122.0\n");
    CliRun wrong = loss(model(), "--first-step", "5");
    assertThat(wrong.status()).isEqualTo(1);
    assertThat(wrong.err()).contains("no input step");
  }

  @Test
  void aReducedLossCannotBePutTogetherBlindly() throws IOException {
    CliRun run = loss(SmallModels.mean(directory.resolve("mean.onnx"), Map.of()));
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("ortnce.reduction", "export it with reduction none");
  }

  @Test
  void metadataSayHowALossIsReduced() throws IOException {
    Path model = SmallModels.mean(directory.resolve("mean.onnx"), metadata("mean"));
    JsonObject mean = loss(model, "--batch-size", "3", "--json").json();
    assertThat(mean.get("loss").getAsDouble()).isCloseTo(58, within(1e-4));
    CliRun each = loss(model, "--reduction", "none");
    assertThat(each.status()).isEqualTo(1);
    assertThat(each.err()).contains("gives the mean of a batch").hasLineCount(1);
  }

  @Test
  void metadataThatMakeNoSenseAreRefused() throws IOException {
    Path file = directory.resolve("mean.onnx");
    CliRun unknown = loss(SmallModels.mean(file, metadata("median")));
    assertThat(unknown.status()).isEqualTo(1);
    assertThat(unknown.err()).contains("reduction is median", "mean").hasLineCount(1);
    CliRun none = loss(SmallModels.mean(file, metadata("none")));
    assertThat(none.status()).isEqualTo(1);
    assertThat(none.err()).contains("loss of shape []", "reduction none").hasLineCount(1);
    Map<String, String> label =
        Map.of(MetadataKeys.REDUCTION, "mean", MetadataKeys.IGNORE_INDEX, "x");
    CliRun padding = loss(SmallModels.mean(file, label));
    assertThat(padding.status()).isEqualTo(1);
    assertThat(padding.err()).contains("ortnce.ignore_index is x").hasLineCount(1);
  }

  private static Map<String, String> metadata(String reduction) {
    return Map.of(MetadataKeys.REDUCTION, reduction);
  }

  @Test
  void progressIsDrawnOnATerminalOnly() throws IOException {
    Path model = model();
    Object[] args = {"loss", model, "--no-library", "--inputs", inputs, "--labels", labels};
    assertThat(CliRun.of(args).err()).isEmpty();
    CliRun drawn = CliRun.onTerminal(args);
    assertThat(drawn.err()).contains("4/4 examples");
    assertThat(drawn.out()).contains("mean loss").doesNotContain("4/4");
  }

  @Test
  void badFilesAreFailures() throws IOException {
    Path model = model();
    Path missing = directory.resolve("missing");
    CliRun run = CliRun.of("loss", missing, "--inputs", inputs, "--labels", labels);
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).startsWith("ortnce: ").contains("missing").hasLineCount(1);
    assertThat(run.out()).isEmpty();

    run = CliRun.of("loss", model, "--inputs", missing, "--labels", labels);
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("missing").hasLineCount(1);

    run = CliRun.of("loss", model, "--inputs", labels, "--labels", labels, "--no-library");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("inputs").hasLineCount(1);

    run = loss(Files.writeString(directory.resolve("text.onnx"), "no model at all"));
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).hasLineCount(1);
  }

  @Test
  void stackTracesComeWhenWanted() throws IOException {
    Path missing = directory.resolve("missing");
    CliRun run =
        CliRun.of("loss", model(), "--inputs", missing, "--labels", labels, "--stacktrace");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("at org.ortnce.cli.LossCommand");
  }

  @Test
  void wrongUsageHasStatusTwo() throws IOException {
    Path model = model();
    CliRun run = CliRun.of("loss", model);
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("--inputs").contains("Try 'ortnce loss --help'.");
    for (Object[] more :
        new Object[][] {
          {"--batch-size", "0"},
          {"--batch-size", "many"},
          {"--threads", "-1"},
          {"--limit", "-1"},
          {"--reduction", "median"},
          {"--input", "step"},
          {"--unknown"}
        }) {
      CliRun wrong = loss(model, more);
      assertThat(wrong.status()).as("%s", wrong).isEqualTo(2);
      assertThat(wrong.out()).isEmpty();
    }
  }
}
