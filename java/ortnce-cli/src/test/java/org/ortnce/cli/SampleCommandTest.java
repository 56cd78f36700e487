package org.ortnce.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.onnx.ModelChecker;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.tensor.Npy;
import org.ortnce.tensor.Tensor;

/** {@code ortnce sample} against draws recorded from TensorFlow 2.21 with seeds (1, 2). */
class SampleCommandTest {
  private static final Path RECORDED =
      Path.of("..", "..", "models", "golden", "candidate_samplers", "tf_sampling.json");

  @TempDir Path directory;

  private static CliRun sample(Object... args) {
    List<Object> all = new ArrayList<>(List.of("sample"));
    all.addAll(List.of(args));
    return CliRun.of(all.toArray());
  }

  private static CliRun seeded(Object... args) {
    List<Object> all = new ArrayList<>(List.of("--seed", 1, "--seed2", 2));
    all.addAll(List.of(args));
    return sample(all.toArray());
  }

  private static CliRun ok(CliRun run) {
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).as("%s", run).isZero();
    return run;
  }

  private static JsonObject run(CliRun run, int index) {
    return ok(run).json().getAsJsonArray("runs").get(index).getAsJsonObject();
  }

  private static long[] ids(JsonObject run) {
    return new Gson().fromJson(run.get("sampled_candidates"), long[].class);
  }

  private static float[] expected(JsonObject run) {
    return new Gson().fromJson(run.get("sampled_expected_count"), float[].class);
  }

  /** The expected counts of examples with one label each. */
  private static float[] trueExpected(JsonObject run) {
    float[][] counts = new Gson().fromJson(run.get("true_expected_count"), float[][].class);
    float[] flat = new float[counts.length];
    for (int i = 0; i < flat.length; i++) {
      assertThat(counts[i]).hasSize(1);
      flat[i] = counts[i][0];
    }
    return flat;
  }

  /** Within two units in the last place of what TensorFlow gives. */
  private static void assertCounts(float[] counts, double... recorded) {
    assertThat(counts).hasSize(recorded.length);
    for (int i = 0; i < recorded.length; i++) {
      assertThat((double) counts[i])
          .as("count %s", i)
          .isCloseTo(recorded[i], within(2.0 * Math.ulp((float) recorded[i])));
    }
  }

  @Test
  void logUniformAsRecorded() {
    CliRun unique = seeded("--range-max", 20, "--num-sampled", 8, "--unique", "--json");
    assertThat(ids(run(unique, 0))).containsExactly(1, 2, 17, 11, 4, 5, 10, 0);
    assertThat(run(unique, 0).has("true_expected_count")).isFalse();
    CliRun three =
        seeded("--range-max", 20, "--num-sampled", 8, "--labels", "0,19", "--runs", 3, "--json");
    assertThat(ids(run(three, 1))).containsExactly(1, 2, 0, 4, 7, 16, 19, 5);
    assertThat(ids(run(three, 2))).containsExactly(4, 0, 7, 8, 3, 1, 2, 6);
    float[] first = trueExpected(run(three, 0));
    assertCounts(first, .941678286, .162813902);
    assertThat(trueExpected(run(three, 1))).containsExactly(first);
    assertCounts(trueExpected(run(three, 2)), .983973324, .22777991);
    assertThat(expected(run(three, 0))[7]).as("class 0").isEqualTo(first[0]);
    CliRun replaced =
        seeded("--range-max", 20, "--num-sampled", 8, "--no-unique", "--run", 1, "--json");
    assertThat(ids(run(replaced, 0))).containsExactly(1, 2, 0, 2, 4, 0, 7, 0);
    assertThat(run(replaced, 0).get("run").getAsLong()).isEqualTo(1);
  }

  @Test
  void uniformAsRecorded() {
    CliRun run =
        seeded("--sampler", "uniform", "--range-max", 20, "--num-sampled", 8, "--run", 1, "--json");
    assertThat(ids(run(run, 0))).containsExactly(8, 5, 3, 2, 12, 18, 15, 11);
    assertThat(expected(run(run, 0))).containsOnly(0.4311999f);
    assertThat(run.json().get("sampler").getAsString()).isEqualTo("uniform");
  }

  private CliRun learned(Object... more) {
    List<Object> args = new ArrayList<>(List.of("--sampler", "learned-unigram", "--json"));
    args.addAll(List.of("--num-sampled", 4, "--no-unique", "--labels", "0,5,5"));
    args.addAll(List.of(more));
    return seeded(args.toArray());
  }

  @Test
  void learnedUnigramDoesItsRunsInOrder() {
    CliRun three = learned("--range-max", 6, "--runs", 3);
    assertThat(ids(run(three, 0))).containsExactly(5, 5, 0, 5);
    assertThat(ids(run(three, 1))).containsExactly(5, 5, 5, 5);
    assertThat(ids(run(three, 2))).containsExactly(0, 3, 0, 5);
    assertCounts(trueExpected(run(three, 1)), .888888896, 1.33333337, 1.33333337);
    CliRun last = learned("--range-max", 6, "--run", 2);
    assertThat(run(last, 0)).isEqualTo(run(three, 2));
  }

  @Test
  void learnedCountsAreSavedAndGoOn() throws IOException {
    Path counts = directory.resolve("counts.npy");
    CliRun two = learned("--range-max", 6, "--runs", 2, "--save-counts", counts);
    assertThat(ok(two).json().get("counts_file").getAsString()).isEqualTo(counts.toString());
    // Ones, and the labels 0, 5, 5 of two runs.
    assertThat(Npy.read(counts).toLongArray()).containsExactly(3, 1, 1, 1, 1, 5);
    CliRun goesOn = learned("--initial-counts", counts, "--run", 2);
    assertThat(run(goesOn, 0)).isEqualTo(run(learned("--range-max", 6, "--run", 2), 0));
    assertThat(goesOn.json().get("range_max").getAsLong()).isEqualTo(6);
    CliRun wrong = learned("--initial-counts", counts, "--range-max", 7);
    assertThat(wrong.status()).isEqualTo(1);
    assertThat(wrong.err()).contains("initial_counts", "[7]").hasLineCount(1);
  }

  @Test
  void fixedUnigramReadsBothFormats() throws IOException {
    Path npy = directory.resolve("weights.npy");
    Npy.write(npy, Tensor.of(new float[] {1, 0, 2, 1}, 4));
    Path text = Files.writeString(directory.resolve("words.txt"), "a,1\nb,0\nc,2\nd,1.0\n");
    Object[] options = {
      "--sampler", "fixed-unigram", "--num-sampled", 64, "--no-unique", "--num-reserved-ids", 1
    };
    List<Object> args = new ArrayList<>(List.of(options));
    args.addAll(List.of("--labels", "0,1,2,3", "--distortion", "2", "--json"));
    JsonObject[] runs = new JsonObject[2];
    for (int i = 0; i < 2; i++) {
      List<Object> all = new ArrayList<>(args);
      all.addAll(i == 0 ? List.of("--unigrams", npy) : List.of("--vocabulary", text));
      CliRun run = seeded(all.toArray());
      runs[i] = run(run, 0);
      assertThat(run.json().get("range_max").getAsLong()).isEqualTo(5);
    }
    assertThat(runs[0]).isEqualTo(runs[1]);
    // 64 candidates of weights 1, 0, 4 and 1 after the reserved id 0.
    assertCounts(trueExpected(runs[0]), 0, 64 / 6.0, 0, 64 * 4 / 6.0);
    assertThat(ids(runs[0])).contains(1, 3, 4).doesNotContain(0, 2);
  }

  @Test
  void shardsHaveTheirPartOfTheWeights() throws IOException {
    Path npy = directory.resolve("weights.npy");
    Npy.write(npy, Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 7}, 7));
    List<Object> args = new ArrayList<>(List.of("--sampler", "fixed-unigram", "--json"));
    args.addAll(List.of("--num-sampled", 2, "--unigrams", npy, "--num-shards", 3, "--shard"));
    for (int shard = 0; shard < 3; shard++) {
      List<Object> all = new ArrayList<>(args);
      all.add(shard);
      assertThat(ok(seeded(all.toArray())).json().get("range_max").getAsLong())
          .isEqualTo(shard == 0 ? 3 : 2);
    }
  }

  @Test
  void allDrawsAll() {
    CliRun run = sample("--sampler", "all", "--num-sampled", 3, "--labels", "2", "--json");
    assertThat(ids(run(run, 0))).containsExactly(0, 1, 2);
    assertThat(expected(run(run, 0))).containsOnly(1);
    assertCounts(trueExpected(run(run, 0)), 1);
    assertThat(run.json().has("seed")).isFalse();
  }

  @Test
  void tensorFlowSeedsAsRecorded() throws IOException {
    JsonArray tables =
        JsonParser.parseString(Files.readString(RECORDED))
            .getAsJsonObject()
            .getAsJsonArray("python_seeds");
    int checked = 0;
    for (JsonElement element : tables) {
      JsonObject table = element.getAsJsonObject();
      String global = orNone(table.get("global_seed"));
      JsonArray ops = table.getAsJsonArray("op_seeds");
      for (int op = 0; op < ops.size(); op++) {
        // Automatic seeds depend on the ops before: only the first is that of a lone sampler.
        if (!ops.get(op).isJsonNull() || op == 0) {
          String seeds = "--tf-seed=" + global + "," + orNone(ops.get(op));
          String mode = table.get("mode").getAsString();
          CliRun run =
              sample("--range-max", 9, "--num-sampled", 1, seeds, "--tf-mode", mode, "--json");
          JsonObject json = ok(run).json();
          JsonArray pair = table.getAsJsonArray("attrs").get(op).getAsJsonArray();
          assertThat(json.get("seed")).as("%s", run).isEqualTo(pair.get(0));
          assertThat(json.get("seed2")).as("%s", run).isEqualTo(pair.get(1));
          checked++;
        }
      }
    }
    assertThat(checked).isEqualTo(14 * 5);
  }

  private static String orNone(JsonElement seed) {
    return seed.isJsonNull() ? "none" : seed.getAsString();
  }

  @Test
  void tensorFlowSeedsMayLackThatOfTheOp() {
    CliRun eager = sample("--range-max", 20, "--num-sampled", 8, "--tf-seed=1");
    assertThat(ok(eager).out()).containsPattern("seed, seed2 +1, 577090037\n");
    CliRun graph = sample("--range-max", 20, "--num-sampled", 8, "--tf-seed=5", "--tf-mode=GRAPH");
    assertThat(ok(graph).out()).containsPattern("seed, seed2 +5, 0\n");
    CliRun direct = sample("--range-max", 20, "--num-sampled", 8, "--seed", 5);
    assertThat(ok(direct).out()).isEqualTo(graph.out());
  }

  /** Class 1 has probability log(3 / 2) / log(21); with 11 tries it is drawn in 0.7924. */
  @Test
  void textIsForPeople() {
    CliRun run = seeded("--range-max", 20, "--num-sampled", 8, "--labels", "0,19", "--limit", 1);
    assertThat(ok(run).out())
        .isEqualTo(
            """
            sampler      log-uniform, 20 classes, without replacement
            seed, seed2  1, 2

            run 0
              candidate  expected count
                      1  0.7924006
              ... 7 more
              label  expected count
                  0  0.9416783
              ... 1 more
            """);
    assertThat(ok(sample("--range-max", 100, "--num-sampled", 30)).out())
        .contains("fresh", "  ... 10 more\n");
  }

  @Test
  void filesHaveEverything() throws IOException {
    Path ids = directory.resolve("ids.npy");
    Path counts = directory.resolve("counts.npy");
    Path trueCounts = directory.resolve("true.npy");
    Path labels = directory.resolve("labels.npy");
    Npy.write(labels, Tensor.of(new int[] {0, 19, 3, 4}, 2, 2));
    Object[] args = {
      "--range-max",
      20,
      "--num-sampled",
      8,
      "--labels",
      labels,
      "--save-ids",
      ids,
      "--save-expected",
      counts,
      "--save-true-expected",
      trueCounts,
      "--limit",
      0
    };
    CliRun one = seeded(args);
    assertThat(ok(one).out()).contains("wrote        " + ids);
    assertThat(Npy.read(ids).toString()).isEqualTo("int64[8]");
    assertThat(Npy.read(ids).toLongArray()).containsExactly(1, 2, 17, 11, 4, 5, 10, 0);
    assertThat(Npy.read(counts).toString()).isEqualTo("float[8]");
    assertThat(Npy.read(trueCounts).toString()).isEqualTo("float[2, 2]");
    assertThat(Npy.read(trueCounts).toFloatArray()).startsWith(0.9416783f, 0.1628139f);

    List<Object> more = new ArrayList<>(List.of(args));
    more.addAll(List.of("--runs", 2, "--run", 1, "--json"));
    JsonObject json = ok(seeded(more.toArray())).json();
    assertThat(json.get("true_expected_file").getAsString()).isEqualTo(trueCounts.toString());
    assertThat(ids(json.getAsJsonArray("runs").get(0).getAsJsonObject())).isEmpty();
    assertThat(Npy.read(ids).toString()).isEqualTo("int64[2, 8]");
    assertThat(Npy.read(ids).toLongArray())
        .containsExactly(1, 2, 0, 4, 7, 16, 19, 5, 4, 0, 7, 8, 3, 1, 2, 6);
    assertThat(Npy.read(counts).toString()).isEqualTo("float[2, 8]");
    assertThat(Npy.read(trueCounts).toString()).isEqualTo("float[2, 2, 2]");
  }

  @Test
  void theModelIsKept() throws IOException {
    Path file = directory.resolve("sampler.onnx");
    ok(seeded("--range-max", 20, "--num-sampled", 8, "-o", file));
    OnnxModel model = OnnxModel.load(file);
    ModelChecker.check(model);
    assertThat(model.nodes()).hasSize(1);
    assertThat(model.nodes().get(0).opType()).isEqualTo("LogUniformCandidateSampler");
    assertThat(model.nodes().get(0).attributes())
        .containsEntry("seed", 1L)
        .containsEntry("seed2", 2L)
        .containsEntry("range_max", 20L)
        .containsEntry("unique", 1L);
  }

  @Test
  void progressIsDrawnOnATerminalOnly() {
    CliRun run =
        CliRun.onTerminal(
            "sample", "--range-max", 9, "--num-sampled", 2, "--runs", 3, "--limit", 0);
    assertThat(run.err()).contains("3/3 runs");
    assertThat(run.out()).contains("run 2").doesNotContain("3/3");
  }
}
