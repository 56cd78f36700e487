package org.ortnce.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.session.InferenceSession;
import org.ortnce.tensor.Npy;
import org.ortnce.tensor.Tensor;

/** {@code ortnce train} on a text from end to end, and what it leaves. */
class TrainCommandTest {
  private static final int WORDS = TopicText.TOPICS * TopicText.WORDS_PER_TOPIC;

  @TempDir static Path directory;
  private static Path text;
  private static Path out;
  private static CliRun run;

  @BeforeAll
  static void train() throws IOException {
    text = TopicText.write(directory.resolve("text.txt"), 1000);
    out = directory.resolve("out");
    run = TrainRun.text(text, out, "--top-k", 5);
  }

  @Test
  void theLossOnWhatIsHeldOutFalls() {
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    Map<String, Double> losses = TrainRun.heldOut(run);
    assertThat(losses.get("zeros")).isEqualTo(WORDS * Math.log(2), within(1e-6));
    assertThat(losses.get("before")).isEqualTo(losses.get("unigram"));
    assertThat(losses.get("unigram")).isLessThan(losses.get("zeros") / 2);
    // A fifth of the words can follow: log 5 less than the unigrams' entropy, if all is learned.
    assertThat(losses.get("trained")).isLessThan(losses.get("unigram") - 0.8 * Math.log(5));
    JsonObject training = run.json().getAsJsonObject("training");
    assertThat(training.get("nce_loss").getAsDouble()).isLessThan(firstLoss());
    assertThat(training.get("examples_per_second").getAsDouble()).isPositive();
  }

  private static double firstLoss() {
    try {
      String line = Files.readAllLines(out.resolve("loss.csv")).get(1);
      return Double.parseDouble(line.substring(line.indexOf(',') + 1));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void wordsOfATopicAreNeighbours() {
    JsonObject neighbours = run.json().getAsJsonObject("neighbours");
    assertThat(neighbours.size()).isEqualTo(10);
    for (Map.Entry<String, JsonElement> entry : neighbours.entrySet()) {
      JsonArray near = entry.getValue().getAsJsonArray();
      assertThat(near).hasSize(5);
      for (JsonElement word : near) {
        assertThat(word.getAsJsonObject().get("word").getAsString().charAt(0))
            .as("near %s: %s", entry.getKey(), near)
            .isEqualTo(entry.getKey().charAt(0));
      }
    }
  }

  @Test
  void heldOutAndTrainedOnAreAllPairs() {
    JsonObject data = run.json().getAsJsonObject("data");
    long pairs = data.get("pairs").getAsLong();
    long heldOut = data.get("held_out").getAsLong();
    // A tenth of the lines, which are equally long.
    assertThat(heldOut).isEqualTo(pairs / 10);
    assertThat(run.json().getAsJsonObject("training").get("examples").getAsLong())
        .isEqualTo(5 * (pairs - heldOut));
  }

  @Test
  void plotsAndTablesOpen() throws Exception {
    assertThat(ImageIO.read(out.resolve("loss.png").toFile()).getWidth()).isEqualTo(900);
    byte[] svg = Files.readAllBytes(out.resolve("loss.svg"));
    assertThat(
            DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg))
                .getDocumentElement()
                .getTagName())
        .isEqualTo("svg");
    assertThat(Files.readAllLines(out.resolve("vocabulary.txt")))
        .hasSize(WORDS)
        .allMatch(line -> line.matches("[a-e]word[0-7],\\d+"));
    assertThat(Npy.read(out.resolve("embeddings.npy")).shape()).containsExactly(WORDS, 8);
    assertThat(Npy.read(out.resolve("weights.npy")).shape()).containsExactly(WORDS, 8);
    assertThat(Npy.read(out.resolve("biases.npy")).shape()).containsExactly(WORDS);
    for (JsonElement file : run.json().getAsJsonArray("files")) {
      assertThat(Path.of(file.getAsString())).isRegularFile();
    }
  }

  @Test
  void lossOfTheEvaluationModelIsTheOneReported() {
    Object[] examples = {
      "--inputs", out.resolve("held-out-inputs.npy"), "--labels", out.resolve("held-out-labels.npy")
    };
    JsonObject full = loss("evaluation.onnx", examples).json();
    Map<String, Double> losses = TrainRun.heldOut(run);
    assertThat(full.get("examples").getAsDouble()).isEqualTo(losses.get("examples"));
    assertThat(full.get("loss").getAsDouble()).isEqualTo(losses.get("trained"), within(1e-6));
    assertThat(loss("training-loss.onnx", examples).json().get("loss").getAsDouble()).isPositive();
  }

  private static CliRun loss(String model, Object... examples) {
    CliRun loss =
        CliRun.of(
            "loss",
            out.resolve(model),
            examples[0],
            examples[1],
            examples[2],
            examples[3],
            "--json");
    assertThat(loss.err()).isEmpty();
    return loss;
  }

  @Test
  void theInferenceModelNamesWordsOfTheTopic() throws Exception {
    List<String> words = Files.readAllLines(out.resolve("vocabulary.txt"));
    long[] ids = new long[WORDS];
    for (int id = 0; id < WORDS; id++) {
      ids[id] = id;
    }
    try (InferenceSession session = InferenceSession.open(out.resolve("inference.onnx"))) {
      Tensor classes = session.topK(Tensor.of(ids, WORDS)).classes();
      assertThat(classes.shape()).containsExactly(WORDS, 5);
      for (int i = 0; i < WORDS * 5; i++) {
        String found = words.get((int) classes.longs().get(i));
        assertThat(found.charAt(0)).isEqualTo(words.get(i / 5).charAt(0));
      }
    }
  }

  @Test
  void theSameSeedGivesTheSameBitsForAnyThreads() throws IOException {
    CliRun again = TrainRun.text(text, directory.resolve("again"), "--top-k", 5, "--threads", 3);
    assertThat(TrainRun.heldOut(again).get("unigram"))
        .isEqualTo(TrainRun.heldOut(run).get("unigram"));
    assertThat(Files.mismatch(out.resolve("weights.npy"), file("again", "weights.npy")))
        .isEqualTo(-1);
    TrainRun.text(text, directory.resolve("other"), "--seed", 2);
    assertThat(Files.mismatch(out.resolve("weights.npy"), file("other", "weights.npy")))
        .isNotEqualTo(-1);
  }

  private static Path file(String run, String name) {
    return directory.resolve(run).resolve(name);
  }

  @Test
  void everyOptimizerAndScheduleLearns() {
    String[][] kinds = {
      {"sgd", "linear"}, {"momentum", "cosine"}, {"adagrad", "exponential"}, {"adam", "constant"}
    };
    for (String[] kind : kinds) {
      Object[] arguments = {
        "train",
        "--text",
        text,
        "-o",
        directory.resolve(kind[0]),
        "--optimizer",
        kind[0],
        "--schedule",
        kind[1],
        "--num-sampled",
        8,
        "--dim",
        8,
        "--clip-norm",
        1,
        "--warmup",
        20,
        "--batch-size",
        64,
        "--remove-accidental-hits",
        "--json"
      };
      CliRun trained = CliRun.of(arguments);
      assertThat(trained.err()).isEmpty();
      Map<String, Double> losses = TrainRun.heldOut(trained);
      assertThat(losses.get("trained"))
          .as("%s: %s", kind[0], losses)
          .isLessThan(losses.get("unigram") - 0.5);
    }
  }

  @Test
  void textIsForPeople() {
    Object[] arguments =
        TrainRun.arguments(text, directory.resolve("text"), "--steps", 30).toArray();
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = arguments[i].equals("--json") ? "--no-progress" : arguments[i];
    }
    CliRun told = CliRun.of(arguments);
    assertThat(told.err()).isEmpty();
    assertThat(told.out())
        .contains("(word, word near it)", "pairs, never trained on", "adam, learning rate 0.02")
        .containsPattern("steps +30\n")
        .containsPattern("before training +[\\d.]+  unigram: weights 0")
        .containsPattern("trained +[\\d.]+\n")
        .containsPattern("aword\\d +aword\\d, ")
        .contains("written\n", "loss.svg\n", "tools/ortnce loss ");
    assertThat(told.out().lines()).allMatch(line -> line.length() < 300);
  }

  @Test
  void progressShowsLossAndSpeed() {
    Object[] arguments =
        TrainRun.arguments(text, directory.resolve("bar"), "--steps", 50).toArray();
    CliRun told = CliRun.onTerminal(arguments);
    assertThat(told.status()).isZero();
    assertThat(told.err()).contains("reading text", "training", "examples", "loss ");
  }
}
