package org.ortnce.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.tensor.Npy;
import org.ortnce.tensor.Tensor;

/**
 * {@code ortnce demo} from end to end, with the native library; the models it leaves behind then go
 * through {@code inspect} and {@code loss}.
 */
class DemoTest {
  @TempDir static Path directory;
  private static CliRun run;

  @BeforeAll
  static void demo() throws IOException {
    Random random = new Random(1);
    StringBuilder text = new StringBuilder();
    for (int line = 0; line < 200; line++) {
      for (int word = 0; word < 12; word++) {
        // Squares: a few words are frequent, most are not.
        text.append('w').append((int) (150 * Math.pow(random.nextDouble(), 3))).append(' ');
      }
      text.append('\n');
    }
    Path file = Files.writeString(directory.resolve("text.txt"), text);
    run = demo(file, directory.resolve("out"), "--json");
  }

  private static CliRun demo(Path text, Path out, Object... more) {
    Object[] first = {
      "demo",
      "--text",
      text,
      "--output-dir",
      out,
      "--dim",
      8,
      "--num-sampled",
      16,
      "--batch-size",
      128,
      "--limit",
      1000
    };
    Object[] args = new Object[first.length + more.length];
    System.arraycopy(first, 0, args, 0, first.length);
    System.arraycopy(more, 0, args, first.length, more.length);
    return CliRun.of(args);
  }

  private static JsonObject model(String name) {
    for (JsonElement model : run.json().getAsJsonArray("models")) {
      if (model.getAsJsonObject().get("name").getAsString().equals(name)) {
        return model.getAsJsonObject();
      }
    }
    throw new AssertionError("no model " + name + " in " + run.out());
  }

  private static double mean(String model, String loss) {
    return model(model).getAsJsonObject(loss).get("mean_loss").getAsDouble();
  }

  @Test
  void evaluatesBothLossesOfBothBaselines() {
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    JsonObject corpus = run.json().getAsJsonObject("corpus");
    long classes = corpus.get("classes").getAsLong();
    assertThat(classes).isBetween(100L, 150L);
    long pairs = corpus.get("pairs").getAsLong();
    assertThat(pairs).isGreaterThan(10_000);
    for (String name : new String[] {"random", "unigram"}) {
      JsonObject nce = model(name).getAsJsonObject("nce");
      assertThat(nce.get("examples").getAsLong()).isEqualTo(pairs);
      assertThat(nce.get("examples_per_second").getAsDouble()).isPositive();
      assertThat(model(name).getAsJsonObject("full").get("examples").getAsLong()).isEqualTo(1000);
    }
    assertThat(run.json().get("zero_model_full_loss").getAsDouble())
        .isEqualTo(classes * Math.log(2), within(1e-9));
  }

  @Test
  void knowingTheFrequenciesBeatsKnowingNothing() {
    assertThat(mean("unigram", "full")).isPositive().isLessThan(mean("random", "full") / 2);
    assertThat(mean("unigram", "nce")).isPositive().isLessThan(mean("random", "nce"));
    // The full loss of independent classes with shares p is near the sum of their entropies, and
    // that is below 1 + the entropy of a class, at most log V.
    double bound = 1 + Math.log(run.json().getAsJsonObject("corpus").get("classes").getAsDouble());
    assertThat(mean("unigram", "full")).isLessThan(bound);
  }

  @Test
  void theSameSeedGivesTheSameLosses() {
    CliRun again = demo(directory.resolve("text.txt"), directory.resolve("again"), "--json");
    assertThat(again.status()).isZero();
    for (int i = 0; i < 2; i++) {
      for (String loss : new String[] {"nce", "full"}) {
        assertThat(meanOf(again, i, loss)).isEqualTo(meanOf(run, i, loss));
      }
    }
  }

  private static double meanOf(CliRun run, int model, String loss) {
    JsonObject json = run.json().getAsJsonArray("models").get(model).getAsJsonObject();
    return json.getAsJsonObject(loss).get("mean_loss").getAsDouble();
  }

  @Test
  void textIsATable() {
    CliRun text = demo(directory.resolve("text.txt"), directory.resolve("text"));
    assertThat(text.status()).isZero();
    assertThat(text.err()).isEmpty();
    assertThat(text.out())
        .contains("Nothing is trained yet", "(word, neighbour)", "vocabulary", "the most frequent:")
        .containsPattern("random +[\\d,.]+ +[\\d,]+ +[\\d,.]+ +[\\d,]+  weights N")
        .containsPattern("unigram +[\\d,.]+ +[\\d,]+ +[\\d,.]+ +[\\d,]+  weights 0")
        .contains("ortnce loss ");
    assertThat(text.out().lines()).allMatch(line -> line.length() < 250);
  }

  @Test
  void inspectSaysThatTheLibraryRunsTheModel() {
    Path model = directory.resolve("out/random/training-loss.onnx");
    JsonObject kernels = CliRun.of("inspect", model, "--json").json().getAsJsonObject("kernels");
    assertThat(kernels.getAsJsonObject("with_library").get("opened").getAsBoolean()).isTrue();
    JsonObject node = kernels.getAsJsonArray("nodes").get(0).getAsJsonObject();
    assertThat(node.get("op").getAsString()).isEqualTo("NceLoss");
    assertThat(node.get("runs_on").getAsString()).isEqualTo("native library");
    assertThat(kernels.get("library").getAsString()).contains("libortnce");
    CliRun text = CliRun.of("inspect", model);
    assertThat(text.out())
        .contains("org.ortnce:NceLoss", "num_sampled", "runs on: native library")
        .containsPattern("with it +a session opens");
  }

  @Test
  void lossRepeatsAPartOfTheDemo() {
    Path out = directory.resolve("out");
    CliRun loss =
        CliRun.of(
            "loss",
            out.resolve("unigram/evaluation.onnx"),
            "--inputs",
            out.resolve("inputs.npy"),
            "--labels",
            out.resolve("labels.npy"),
            "--json");
    assertThat(loss.err()).isEmpty();
    JsonObject json = loss.json();
    assertThat(json.get("examples").getAsLong()).isEqualTo(128);
    // 128 of the 1000 examples that the demo's mean is over.
    assertThat(json.get("loss").getAsDouble()).isEqualTo(mean("unigram", "full"), within(1.0));
  }

  @Test
  void reducedModelsArePutTogether() {
    Path out = directory.resolve("out");
    Path weights = out.resolve("inputs.npy");
    double[] means = new double[2];
    for (int i = 0; i < 2; i++) {
      String reduction = i == 0 ? "sum" : "mean";
      Path model = directory.resolve(reduction + ".onnx");
      assertThat(
              CliRun.of(
                      "export",
                      "--weights",
                      weights,
                      "--num-sampled",
                      4,
                      "--seed",
                      3,
                      "-o",
                      model,
                      "--reduction",
                      reduction)
                  .status())
          .isZero();
      CliRun loss =
          CliRun.of(
              "loss",
              model,
              "--inputs",
              weights,
              "--labels",
              labelsBelow(128),
              "--batch-size",
              48,
              "--json");
      assertThat(loss.err()).isEmpty();
      means[i] = loss.json().get("loss").getAsDouble();
    }
    assertThat(means[1]).isEqualTo(means[0], within(1e-5 * means[0]));
  }

  private static Path labelsBelow(int classes) {
    Path file = directory.resolve("labels.npy");
    long[] labels = new long[128];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = i * 7L % classes;
    }
    try {
      Npy.write(file, Tensor.of(labels, 128, 1));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return file;
  }

  @Test
  void aLabelOutOfRangeIsAFailureInOneLine() throws IOException {
    Path labels = labelsBelow(10_000);
    Path out = directory.resolve("out");
    CliRun run =
        CliRun.of(
            "loss",
            out.resolve("random/training-loss.onnx"),
            "--inputs",
            out.resolve("inputs.npy"),
            "--labels",
            labels);
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("labels[", "outside [0, ").hasLineCount(1);
  }

  @Test
  void wrongUsageAndFailures() throws IOException {
    Path text = directory.resolve("text.txt");
    for (Object[] wrong :
        new Object[][] {
          {"--dim", 0, "dim must be at least 1, got 0"},
          {"--seed", 0, "seed must not be 0"},
          {"--window", 0, "window must be at least 1, got 0"},
          {"--min-count", 0, "minCount must be at least 1, got 0"},
          {"--limit", -1, "limit must be at least 0, got -1"},
          {"--max-vocabulary", 0, "maxVocabulary must be at least 1, got 0"},
          {"--batch-size", "x", "'x' is not an int"}
        }) {
      CliRun run = demo(text, directory.resolve("unused"), wrong[0], wrong[1]);
      assertThat(run.status()).as("%s", run).isEqualTo(2);
      assertThat(run.err()).contains((String) wrong[2]);
    }
    CliRun few = demo(text, directory.resolve("few"), "--max-vocabulary", 5);
    assertThat(few.status()).isEqualTo(1);
    assertThat(few.err()).contains("num_sampled is 16, the vocabulary has 5");
    CliRun missing = demo(directory.resolve("none.txt"), directory.resolve("few"));
    assertThat(missing.status()).isEqualTo(1);
    assertThat(missing.err()).contains("none.txt: no such file").hasLineCount(1);
    CliRun taken = demo(text, text);
    assertThat(taken.status()).isEqualTo(1);
    assertThat(taken.err()).contains("text.txt").hasLineCount(1);
  }
}
