package org.ortnce.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.nce.EvaluationOptions;
import org.ortnce.nce.NceModels;
import org.ortnce.nce.OutputLayer;
import org.ortnce.nce.Reduction;
import org.ortnce.tensor.Npy;
import org.ortnce.tensor.Tensor;

/** {@code ortnce eval} on a layer of twelve classes whose logits are plain to see. */
class EvalCommandTest {
  private static final int CLASSES = 12;

  /** The logit of class c is 0.25 c for every example: class 11 has rank 1, class 9 rank 3. */
  private static final double[] LOGITS = new double[CLASSES];

  /** Of the five examples the third has no label. */
  private static final long[] LABELS = {11, 9, -1, 0, 10};

  @TempDir Path directory;
  private Path inputs;
  private Path labels;

  @BeforeEach
  void writeExamples() throws IOException {
    for (int c = 0; c < CLASSES; c++) {
      LOGITS[c] = 0.25 * c;
    }
    inputs = directory.resolve("inputs.npy");
    labels = directory.resolve("labels.npy");
    Npy.write(inputs, Tensor.of(new float[][] {{1, 0}, {1, 0}, {1, 0}, {1, 0}, {1, 0}}));
    Npy.write(labels, Tensor.of(LABELS, 5));
  }

  private Path model(EvaluationOptions options) throws IOException {
    float[][] weights = new float[CLASSES][];
    for (int c = 0; c < CLASSES; c++) {
      weights[c] = new float[] {(float) LOGITS[c], 1};
    }
    Path file = directory.resolve("evaluation.onnx");
    NceModels.evaluation(OutputLayer.of(Tensor.of(weights), null), options).save(file);
    return file;
  }

  private static EvaluationOptions options(Reduction reduction) {
    return new EvaluationOptions(1, OptionalLong.of(-1), reduction);
  }

  private Path model() throws IOException {
    return model(options(Reduction.NONE).withMetrics());
  }

  private CliRun eval(Path model, Object... more) {
    Object[] first = {"eval", model, "--inputs", inputs, "--labels", labels};
    Object[] args = new Object[first.length + more.length];
    System.arraycopy(first, 0, args, 0, first.length);
    System.arraycopy(more, 0, args, first.length, more.length);
    return CliRun.of(args);
  }

  private static JsonObject json(CliRun run) {
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    return run.json();
  }

  private static double loss(long label) {
    double loss = -LOGITS[(int) label];
    for (double logit : LOGITS) {
      loss += Math.log1p(Math.exp(logit));
    }
    return loss;
  }

  private static double softmaxLoss(long label) {
    double sum = 0;
    for (double logit : LOGITS) {
      sum += Math.exp(logit);
    }
    return Math.log(sum) - LOGITS[(int) label];
  }

  @Test
  void allMetricsWhateverTheBatches() throws IOException {
    double loss = (loss(11) + loss(9) + loss(0) + loss(10)) / 4;
    double softmax = (softmaxLoss(11) + softmaxLoss(9) + softmaxLoss(0) + softmaxLoss(10)) / 4;
    Path model = model();
    for (Object[] more : new Object[][] {{}, {"--batch-size", 2}, {"--no-library"}}) {
      Object[] args = new Object[more.length + 3];
      System.arraycopy(new Object[] {"--recall-at", "3,1,12", "--json"}, 0, args, 0, 3);
      System.arraycopy(more, 0, args, 3, more.length);
      JsonObject json = json(eval(model, args));
      assertThat(json.get("loss").getAsDouble()).isCloseTo(loss, within(1e-5));
      assertThat(json.get("softmax_cross_entropy").getAsDouble()).isCloseTo(softmax, within(1e-5));
      assertThat(json.get("perplexity").getAsDouble()).isCloseTo(Math.exp(softmax), within(1e-4));
      JsonObject recall = json.getAsJsonObject("recall");
      assertThat(recall.keySet()).containsExactly("3", "1", "12");
      assertThat(recall.get("1").getAsDouble()).isEqualTo(0.25);
      assertThat(recall.get("3").getAsDouble()).isEqualTo(0.75);
      assertThat(recall.get("12").getAsDouble()).isEqualTo(1);
      assertThat(json.get("mean_reciprocal_rank").getAsDouble())
          .isCloseTo((1 + 1.0 / 3 + 1.0 / 12 + 1.0 / 2) / 4, within(1e-12));
      assertThat(json.get("examples").getAsLong()).isEqualTo(5);
      assertThat(json.get("counted_examples").getAsLong()).isEqualTo(4);
    }
  }

  @Test
  void bandsAreOfIdsOrOfCounts() throws IOException {
    JsonArray ids = json(eval(model(), "--json")).getAsJsonArray("bands");
    assertThat(ids).hasSize(2);
    JsonObject low = ids.get(0).getAsJsonObject();
    assertThat(low.get("first").getAsLong()).isZero();
    assertThat(low.get("last").getAsLong()).isEqualTo(9);
    assertThat(low.get("counted_examples").getAsLong()).isEqualTo(2);
    assertThat(low.get("loss").getAsDouble()).isCloseTo((loss(9) + loss(0)) / 2, within(1e-5));

    Path counts = directory.resolve("counts.npy");
    Npy.write(counts, Tensor.of(new int[] {0, 1, 1, 1, 1, 1, 1, 1, 1, 9, 100, 999}, CLASSES));
    JsonObject json = json(eval(model(), "--counts", counts, "--json"));
    assertThat(json.get("bands_of").getAsString()).isEqualTo("counts");
    assertThat(json.getAsJsonArray("bands"))
        .extracting(
            band -> band.getAsJsonObject().get("first") + "-" + band.getAsJsonObject().get("last"))
        .containsExactly("0-0", "1-9", "100-999");

    Npy.write(counts, Tensor.of(new long[] {1, 2}, 2));
    CliRun few = eval(model(), "--counts", counts);
    assertThat(few.status()).isEqualTo(1);
    assertThat(few.err()).contains("label 11 has no count").hasLineCount(1);
  }

  @Test
  void textIsForPeople() throws IOException {
    CliRun run = eval(model(), "--limit", 2, "--recall-at", 1);
    assertThat(run.out())
        .containsPattern("recall@1 +0\\.500000\n")
        .containsPattern("examples +2\n")
        .containsPattern("class id +examples +mean loss\n0 to 9 +1 ")
        .doesNotContain("recall@10");
  }

  @Test
  void aModelOfTheLossAloneHasThatAlone() throws IOException {
    Path model = model(options(Reduction.NONE));
    JsonObject json = json(eval(model, "--json"));
    assertThat(json.keySet()).contains("loss").doesNotContain("perplexity", "recall");
    CliRun recall = eval(model, "--recall-at", 5);
    assertThat(recall.status()).isEqualTo(1);
    assertThat(recall.err()).contains("true_ranks", "--metrics").hasLineCount(1);
  }

  @Test
  void reportsArePagesOrImages() throws IOException {
    Path model = model();
    Path folder = directory.resolve("report");
    JsonObject json = json(eval(model, "--report", folder, "--json"));
    Path page = folder.resolve("report.html");
    assertThat(json.get("report").getAsString()).isEqualTo(page.toString());
    assertThat(Files.readString(page))
        .startsWith("<!DOCTYPE html>")
        .contains("perplexity", "alt=\"Recall at k\"", "alt=\"Mean loss by class id\"")
        .containsPattern("(?s)(data:image/svg.*){3}")
        .doesNotContain("http");
    // Two charts for a model without ranks.
    json(eval(model(options(Reduction.NONE)), "--report", directory.resolve("r.PNG"), "--json"));
    BufferedImage image = ImageIO.read(directory.resolve("r.PNG").toFile());
    assertThat(image.getHeight()).isEqualTo(2 * 540);
    assertThat(json.getAsJsonObject("recall").keySet()).containsExactly("1", "10", "100");
  }

  @Test
  void whatCannotBeEvaluatedIsAFailure() throws IOException {
    CliRun reduced = eval(model(options(Reduction.MEAN)));
    assertThat(reduced.status()).isEqualTo(1);
    assertThat(reduced.err()).contains("reduction none").hasLineCount(1);
    CliRun other = eval(SmallModels.withStep(directory.resolve("step.onnx")));
    assertThat(other.status()).isEqualTo(1);
    assertThat(other.err()).hasLineCount(1);
    CliRun nothing = eval(model(), "--limit", 0);
    assertThat(nothing.status()).isEqualTo(1);
    assertThat(nothing.err()).contains("no example has a label that counts");
    Npy.write(labels, Tensor.of(new long[] {1, 2, 3, 4, 12}, 5));
    CliRun label = eval(model(), "--batch-size", 4);
    assertThat(label.status()).isEqualTo(1);
    assertThat(label.err()).contains("examples 4 to 4", "12").hasLineCount(1);
  }

  @Test
  void wrongUsageHasStatusTwo() throws IOException {
    Path model = model();
    for (Object[] more :
        new Object[][] {
          {"--batch-size", 0},
          {"--limit", -1},
          {"--threads", -1},
          {"--recall-at", 0},
          {"--recall-at", "a"},
          {"--report", "report.pdf"}
        }) {
      CliRun run = eval(model, more);
      assertThat(run.status()).as("%s", run).isEqualTo(2);
      assertThat(run.out()).isEmpty();
    }
  }
}
