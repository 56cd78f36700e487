package org.ortnce.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that is broken off and resumed ends as one that was not. */
class TrainResumeTest {
  private static final long TIMEOUT_SECONDS = 60;

  @TempDir static Path directory;
  private static Path text;
  private static Path whole;

  @BeforeAll
  static void trainInOneGo() throws IOException {
    text = TopicText.write(directory.resolve("text.txt"), 300);
    whole = directory.resolve("whole");
    assertThat(constant(whole, 900, "--checkpoint-every", 0).status()).isZero();
    assertThat(whole.resolve("checkpoints")).doesNotExist();
  }

  /** With a constant learning rate a run may go on for longer than was planned. */
  private static CliRun constant(Path out, int steps, Object... more) {
    List<Object> arguments = TrainRun.arguments(text, out, more);
    arguments.addAll(List.of("--schedule", "constant", "--steps", steps));
    return CliRun.of(arguments.toArray());
  }

  private static void assertEqualResults(Path out) throws IOException {
    for (String name :
        List.of("embeddings.npy", "weights.npy", "biases.npy", "loss.csv", "evaluation.onnx")) {
      assertThat(Files.mismatch(whole.resolve(name), out.resolve(name))).as(name).isEqualTo(-1);
    }
  }

  private static List<String> checkpoints(Path out) throws IOException {
    List<String> names = new ArrayList<>();
    if (Files.isDirectory(out.resolve("checkpoints"))) {
      try (DirectoryStream<Path> files =
          Files.newDirectoryStream(out.resolve("checkpoints"), "checkpoint-*.npz")) {
        files.forEach(file -> names.add(file.getFileName().toString()));
      }
    }
    names.sort(null);
    return names;
  }

  @Test
  void aRunInTwoPartsIsTheSame() throws IOException {
    Path out = directory.resolve("parts");
    assertThat(constant(out, 450, "--checkpoint-every", 200).status()).isZero();
    assertThat(checkpoints(out))
        .containsExactly("checkpoint-000000000400.npz", "checkpoint-000000000450.npz");
    CliRun rest = constant(out, 900, "--resume");
    assertThat(rest.err()).isEmpty();
    assertThat(rest.json().getAsJsonObject("training").get("resumed_from").getAsLong())
        .isEqualTo(450);
    assertEqualResults(out);
    // There is nothing left to do, but the results can be had again.
    Files.delete(out.resolve("weights.npy"));
    assertThat(constant(out, 900, "--resume").status()).isZero();
    assertEqualResults(out);
    CliRun fewer = constant(out, 100, "--resume");
    assertThat(fewer.status()).isEqualTo(1);
    assertThat(fewer.err()).contains("has taken 900 steps already, 100 are asked for");
  }

  @Test
  void aKilledRunIsTheSame() throws Exception {
    Path out = directory.resolve("killed");
    Process child = start(out);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
    while (checkpoints(out).isEmpty() && child.isAlive() && System.nanoTime() < end) {
      Thread.sleep(2);
    }
    child.destroyForcibly();
    assertThat(child.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
    // 128 and SIGKILL: it did not end by itself.
    assertThat(child.exitValue()).isEqualTo(137);
    assertThat(checkpoints(out)).isNotEmpty();
    assertThat(out.resolve("weights.npy")).doesNotExist();

    CliRun rest = constant(out, 900, "--checkpoint-every", 10, "--resume");
    assertThat(rest.err()).isEmpty();
    assertThat(rest.json().getAsJsonObject("training").get("resumed_from").getAsLong())
        .isBetween(10L, 890L);
    assertEqualResults(out);
  }

  private static Process start(Path out) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path"))));
    String library = System.getProperty("ortnce.native.path");
    if (library != null) {
      command.add("-Dortnce.native.path=" + library);
    }
    command.add(Main.class.getName());
    TrainRun.arguments(text, out, "--checkpoint-every", 10, "--schedule", "constant")
        .forEach(argument -> command.add(argument.toString()));
    command.addAll(List.of("--steps", "900"));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("child.log").toFile())
        .start();
  }

  @Test
  void whatIsThereIsNeverLost() throws IOException {
    Path out = directory.resolve("kept");
    assertThat(constant(out, 20).status()).isZero();
    CliRun refused = constant(out, 20);
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains("holds a run with checkpoints", "--resume", "--start-anew");
    byte[] old = Files.readAllBytes(out.resolve("weights.npy"));
    for (int i = 1; i < 3; i++) {
      assertThat(constant(out, 21, "--start-anew").status()).isZero();
      assertThat(directory.resolve("kept.old-" + i).resolve("checkpoints")).isDirectory();
    }
    assertThat(directory.resolve("kept.old-1/weights.npy")).hasBinaryContent(old);
    assertThat(checkpoints(out)).containsExactly("checkpoint-000000000021.npz");
  }

  @Test
  void settingsThatDifferAreNamed() {
    Path out = directory.resolve("differs");
    assertThat(constant(out, 20).status()).isZero();
    Object[][] others = {
      {"--dim", 9, "--dim: 8", "--dim: 9"},
      {"--num-sampled", 9, "--num-sampled: 8", "--num-sampled: 9"},
      {"--optimizer", "sgd", "--optimizer: adam", "--optimizer: sgd"},
      {"--learning-rate", 0.5, "--learning-rate: 0.02", "--learning-rate: 0.5"},
      {"--seed", 5, "--seed: 1", "--seed: 5"},
      {"--held-out", 0.2, "--held-out: 0.1", "--held-out: 0.2"},
      {"--window", 3, "--window: 5", "--window: 3"},
      {"--clip-norm", 3, "--clip-norm: none", "--clip-norm: 3.0"},
      {"--initial-biases", "zeros", "--initial-biases: unigram", "--initial-biases: zeros"},
      {"--batch-size", 32, "--batch-size: 64", "--batch-size: 32"},
      {"--warmup", 7, "--warmup: 0", "--warmup: 7"},
    };
    for (Object[] other : others) {
      CliRun run = constant(out, 20, "--resume", other[0], other[1]);
      assertThat(run.status()).as("%s", run).isEqualTo(1);
      assertThat(run.err()).contains((String) other[2], (String) other[3]).hasLineCount(1);
    }
  }

  @Test
  void anotherTextIsNotTheSameRun() throws IOException {
    Path out = directory.resolve("data");
    assertThat(constant(out, 20).status()).isZero();
    Path other = TopicText.write(directory.resolve("other.txt"), 299);
    List<Object> arguments = TrainRun.arguments(other, out, "--resume", "--schedule", "constant");
    CliRun run = CliRun.of(arguments.toArray());
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("data: ");
  }

  @Test
  void resumingNothingStartsFromTheBeginning() throws IOException {
    Path out = directory.resolve("nothing");
    CliRun run = constant(out, 900, "--resume");
    assertThat(run.status()).isZero();
    assertThat(run.err()).contains("has no checkpoint: starting from the beginning");
    assertEqualResults(out);
  }
}
