package org.ortnce.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ortnce.OrtNce;
import org.ortnce.cli.terminal.Console;

/** The command itself: help, version, completion, statuses. */
class OrtnceCommandTest {
  @Test
  void helpListsTheCommands() {
    CliRun run = CliRun.of("--help");
    assertThat(run.status()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains(
            "demo",
            "export",
            "attach",
            "loss",
            "eval",
            "topk",
            "train",
            "sample",
            "inspect",
            "generate-completion",
            "Exit status:");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"demo", "export", "attach", "loss", "eval", "topk", "train", "sample", "inspect"})
  void everyCommandHasHelp(String command) {
    CliRun run = CliRun.of(command, "--help");
    assertThat(run.status()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .startsWith("Usage: ortnce " + command)
        .contains("--json", "--no-progress", "--log-level", "--stacktrace")
        // Placeholders that picocli did not know would show.
        .doesNotContain("${");
  }

  @Test
  void optionsStandUnderHeadings() {
    assertThat(CliRun.of("train", "--help").out())
        .containsSubsequence(
            "--resume",
            "\nA corpus:\n",
            "--text",
            "\nOr examples in files:\n",
            "--labels",
            "\nThe training:\n",
            "--optimizer",
            "\nThe result:\n",
            "--held-out");
    assertThat(CliRun.of("export", "--help").out())
        .containsSubsequence("--weights", "\nFor a training-loss model:\n", "--seed2");
    assertThat(CliRun.of("loss", "--help").out()).doesNotContain(":\n  ");
  }

  @Test
  void ofARepeatedOptionTheLastCounts() {
    // Those under a heading too, without forgetting their neighbours.
    CliRun run =
        CliRun.of(
            "sample", "--range-max", 9, "--num-sampled", 4, "--seed", 1, "--seed2", 2, "--seed", 3);
    CliRun same =
        CliRun.of("sample", "--range-max", 9, "--num-sampled", 4, "--seed", 3, "--seed2", 2);
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).isEqualTo(same.out());
  }

  @Test
  void versionIsThatOfTheLibrary() throws OrtException {
    CliRun run = CliRun.of("--version");
    assertThat(run.status()).isZero();
    assertThat(run.out())
        .startsWith("ortnce " + OrtNce.version())
        .containsPattern("ONNX Runtime \\d+\\.\\d+\\.\\d+")
        .contains("native library: runs " + OrtNce.libraryInfo().instructionSet() + " of ")
        .doesNotContain("${");
  }

  @Test
  void completionIsAScript() {
    CliRun run = CliRun.of("generate-completion");
    assertThat(run.status()).isZero();
    assertThat(run.out()).contains("complete -F", "ortnce", "--num-sampled");
  }

  @Test
  void wrongUsageIsTwoAndSaysWhereHelpIs() {
    CliRun none = CliRun.of();
    assertThat(none.status()).isEqualTo(2);
    assertThat(none.out()).isEmpty();
    assertThat(none.err()).contains("Missing required subcommand", "Try 'ortnce --help'.");
    CliRun unknown = CliRun.of("los");
    assertThat(unknown.status()).isEqualTo(2);
    assertThat(unknown.err()).contains("los", "loss");
    assertThat(CliRun.of("inspect").err()).contains("Try 'ortnce inspect --help'.");
  }

  @Test
  void aFullDiskIsAFailure() {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(
            new PrintWriter(new OutputStreamWriter(full, StandardCharsets.UTF_8)),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            Map.of());
    assertThat(OrtnceCommand.execute(console, "--version")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("cannot write to standard output");
  }
}
