package org.ortnce.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.tensor.Npy;
import org.ortnce.tensor.Tensor;

/** {@code ortnce train} on pairs of ids in .npy files. */
class TrainPairsTest {
  private static final int EXAMPLES = 4000;

  @TempDir Path directory;

  private CliRun train(Tensor inputs, Tensor labels, Object... more) throws IOException {
    Npy.write(directory.resolve("inputs.npy"), inputs);
    Npy.write(directory.resolve("labels.npy"), labels);
    List<Object> arguments =
        new ArrayList<>(
            List.of(
                "train",
                "--inputs",
                directory.resolve("inputs.npy"),
                "--labels",
                directory.resolve("labels.npy"),
                "-o",
                directory.resolve("out"),
                "--checkpoint-every",
                0,
                "--dim",
                8,
                "--num-sampled",
                6,
                "--batch-size",
                32,
                "--learning-rate",
                0.02,
                "--json"));
    arguments.addAll(List.of(more));
    return CliRun.of(arguments.toArray());
  }

  /** Inputs of six parities of labels: the label has the input's remainder by 3. */
  private static int label(Random random, long input) {
    return (int) (input % 3) + 3 * random.nextInt(4);
  }

  @Test
  void idsOfOneRemainderFindEachOther() throws IOException {
    Random random = new Random(1);
    int[] inputs = random.ints(EXAMPLES, 0, 30).toArray();
    int[] labels = new int[EXAMPLES];
    for (int i = 0; i < EXAMPLES; i++) {
      labels[i] = label(random, inputs[i]);
    }
    CliRun run =
        train(
            Tensor.of(inputs, EXAMPLES),
            Tensor.of(labels, EXAMPLES),
            "--neighbours",
            "4,20",
            "--top-k",
            9);
    assertThat(run.err()).isEmpty();
    JsonObject data = run.json().getAsJsonObject("data");
    assertThat(data.get("num_inputs").getAsInt()).isEqualTo(30);
    assertThat(data.get("num_classes").getAsInt()).isEqualTo(12);
    assertThat(data.get("held_out").getAsInt()).isEqualTo(80);
    Map<String, Double> losses = TrainRun.heldOut(run);
    assertThat(losses.get("trained")).isLessThan(losses.get("unigram") - 0.8 * Math.log(3));
    JsonObject neighbours = run.json().getAsJsonObject("neighbours");
    assertThat(neighbours.keySet()).containsExactly("4", "20");
    for (Map.Entry<String, JsonElement> entry : neighbours.entrySet()) {
      JsonArray near = entry.getValue().getAsJsonArray();
      assertThat(near).hasSize(9);
      for (JsonElement neighbour : near) {
        int id = neighbour.getAsJsonObject().get("word").getAsInt();
        assertThat(id % 3).isEqualTo(Integer.parseInt(entry.getKey()) % 3);
      }
    }
  }

  @Test
  void touchedRowsGiveTheSameResultAndTheirBytes() throws IOException {
    Random random = new Random(3);
    int examples = 640;
    Tensor inputs = Tensor.of(random.ints(examples, 0, 30).toArray(), examples);
    Tensor labels = Tensor.of(random.ints(examples, 0, 12).toArray(), examples);
    List<String> results = new ArrayList<>();
    for (boolean touched : new boolean[] {false, true}) {
      CliRun run =
          touched
              ? train(inputs, labels, "--steps", 20, "--start-anew", "--touched-rows")
              : train(inputs, labels, "--steps", 20);
      assertThat(run.err()).isEmpty();
      JsonObject training = run.json().getAsJsonObject("training");
      results.add(training.get("nce_loss") + " " + TrainRun.heldOut(run).get("trained"));
      assertThat(training.has("bytes_to_device")).isEqualTo(touched);
      if (touched) {
        // 12 classes at most with their biases, embeddings and labels of 32 examples.
        long rows = 4 * (12 * 9 + 32 * 8);
        assertThat(training.get("bytes_from_device").getAsLong() / 20)
            .isBetween(rows / 2, rows + 4);
        assertThat(training.get("bytes_to_device").getAsLong() / 20)
            .isGreaterThan(training.get("bytes_from_device").getAsLong() / 20);
      }
    }
    assertThat(results.get(1)).isEqualTo(results.get(0));
    assertThat(CliRun.of(textArguments()).out())
        .containsPattern("bytes/step +[\\d,]+ +to the device");
  }

  private Object[] textArguments() {
    return new Object[] {
      "train",
      "--inputs",
      directory.resolve("inputs.npy"),
      "--labels",
      directory.resolve("labels.npy"),
      "-o",
      directory.resolve("text"),
      "--checkpoint-every",
      0,
      "--steps",
      2,
      "--dim",
      8,
      "--num-sampled",
      6,
      "--touched-rows"
    };
  }

  @Test
  void contextsAreAveragedAndLabelsMayBeSeveral() throws IOException {
    Random random = new Random(2);
    long[] inputs = new long[EXAMPLES * 4];
    long[] labels = new long[EXAMPLES * 2];
    for (int i = 0; i < EXAMPLES; i++) {
      long remainder = random.nextInt(3);
      for (int c = 0; c < 4; c++) {
        inputs[4 * i + c] = remainder + 3L * random.nextInt(5);
      }
      labels[2 * i] = label(random, remainder);
      labels[2 * i + 1] = label(random, remainder);
    }
    CliRun run =
        train(
            Tensor.of(inputs, EXAMPLES, 4),
            Tensor.of(labels, EXAMPLES, 2),
            "--num-inputs",
            20,
            "--num-classes",
            13);
    assertThat(run.err()).isEmpty();
    JsonObject data = run.json().getAsJsonObject("data");
    assertThat(data.get("context").getAsInt()).isEqualTo(4);
    assertThat(data.get("num_true").getAsInt()).isEqualTo(2);
    Map<String, Double> losses = TrainRun.heldOut(run);
    assertThat(losses.get("zeros")).isEqualTo(13 * Math.log(2), within(1e-6));
    assertThat(losses.get("trained")).isLessThan(losses.get("unigram") - 0.8 * Math.log(3));
    Path out = directory.resolve("out");
    assertThat(Npy.read(out.resolve("embeddings.npy")).shape()).containsExactly(20, 8);
    assertThat(OnnxModel.load(out.resolve("inference.onnx")).inputs().get(0).toString())
        .contains("input_ids", "4]");
    JsonObject full =
        CliRun.of(
                "loss",
                out.resolve("evaluation.onnx"),
                "--inputs",
                out.resolve("held-out-inputs.npy"),
                "--labels",
                out.resolve("held-out-labels.npy"),
                "--json")
            .json();
    assertThat(full.get("loss").getAsDouble()).isEqualTo(losses.get("trained"), within(1e-6));
  }

  @Test
  void biasesMayBeginWithZeros() throws IOException {
    Random random = new Random(3);
    long[] ids = random.longs(200, 0, 9).toArray();
    CliRun run =
        train(
            Tensor.of(ids, 200),
            Tensor.of(ids, 200),
            "--initial-biases",
            "zeros",
            "--steps",
            1,
            "--learning-rate",
            1e-9);
    Map<String, Double> losses = TrainRun.heldOut(run);
    assertThat(losses.get("before")).isEqualTo(losses.get("zeros"));
    assertThat(losses.get("trained")).isEqualTo(losses.get("zeros"), within(1e-4));
  }

  @Test
  void nothingNeedBeHeldOut() throws IOException {
    long[] ids = {0, 1, 2, 3, 4, 5, 6, 7};
    CliRun run = train(Tensor.of(ids, 8), Tensor.of(ids, 8, 1), "--held-out", 0, "--steps", 3);
    assertThat(run.err()).isEmpty();
    assertThat(TrainRun.heldOut(run)).containsEntry("examples", 0.0).containsEntry("trained", 0.0);
    assertThat(run.json().getAsJsonObject("training").get("examples").getAsInt()).isEqualTo(24);
    assertThat(directory.resolve("out/held-out-inputs.npy")).doesNotExist();
  }

  @Test
  void filesThatDoNotFitAreNamed() throws IOException {
    Tensor good = Tensor.of(new long[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 10);
    Object[][] bad = {
      {good, Tensor.of(new long[] {0, 1}, 2), "labels.npy", "has 2 rows"},
      {good, Tensor.of(new float[10], 10), "labels.npy", "float"},
      {Tensor.of(new double[10], 10), good, "inputs.npy", "double"},
      {Tensor.of(new long[20], 10, 2, 1), good, "inputs.npy", "[examples, context]"},
      {good, Tensor.of(new long[0], 10, 0), "labels.npy", "[examples, num_true]"},
      {Tensor.of(new long[0], 0), Tensor.of(new long[0], 0), "inputs.npy has no examples", ""},
      {id(-1), good, "inputs.npy row 6 has id -1, expected 0 or more", ""},
      {good, id(-7), "labels.npy row 6 has id -7, expected 0 or more", ""},
      {good, id(1L << 40), "labels.npy row 6 has id 1099511627776, expected less than", ""},
      {id(11), good, "inputs.npy row 6 has id 11, expected less than --num-inputs = 11", ""},
      {good, id(12), "labels.npy row 6 has id 12, expected less than --num-classes = 12", ""},
    };
    for (Object[] files : bad) {
      boolean limits = ((String) files[2]).contains("--num");
      CliRun run =
          limits
              ? train((Tensor) files[0], (Tensor) files[1], "--num-inputs", 11, "--num-classes", 12)
              : train((Tensor) files[0], (Tensor) files[1]);
      assertThat(run.status()).as("%s", run).isEqualTo(1);
      assertThat(run.err()).contains((String) files[2], (String) files[3]).hasLineCount(1);
      assertThat(directory.resolve("out/weights.npy")).doesNotExist();
    }
  }

  /** Ten ids, the seventh of which is this. */
  private static Tensor id(long odd) {
    long[] ids = {0, 1, 2, 3, 4, 5, odd, 7, 8, 9};
    return Tensor.of(ids, 10);
  }

  @Test
  void aMissingFileIsNamed() throws IOException {
    Tensor good = Tensor.of(new long[] {0, 1, 2}, 3);
    CliRun run = train(good, good, "--labels", directory.resolve("none.npy"));
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("none.npy", "no such file").hasLineCount(1);
  }
}
