package org.ortnce.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code ortnce train} refuses: wrong usage with status 2, what cannot be done with 1. */
class TrainErrorsTest {
  @TempDir static Path directory;
  private static Path text;

  @BeforeAll
  static void writeText() throws IOException {
    text = TopicText.write(directory.resolve("text.txt"), 100);
  }

  @Test
  void wrongUsage() {
    Object[][] wrong = {
      {"dim must be at least 1, got 0", "--dim", 0},
      {"'x' is not an int", "--dim", "x"},
      {"num_sampled must be at least 1, got 0", "--num-sampled", 0},
      {"batch size must be at least 1, got 0", "--batch-size", 0},
      {"epochs must be positive and finite, got 0.0", "--epochs", 0},
      {"epochs must be positive and finite, got NaN", "--epochs", "NaN"},
      {"steps must be at least 1, got 0", "--steps", 0},
      {"--epochs and --steps exclude each other", "--epochs", 1, "--steps", 1},
      {"expected one of [SGD, MOMENTUM, ADAGRAD, ADAM]", "--optimizer", "newton"},
      {"expected one of [CONSTANT, LINEAR, COSINE, EXPONENTIAL]", "--schedule", "random"},
      {"expected one of [UNIGRAM, ZEROS]", "--initial-biases", "ones"},
      {"learning rate must be positive and finite, got 0.0", "--learning-rate", 0},
      {"learning rate must be positive and finite, got Infinity", "--learning-rate", "Infinity"},
      {"warmup must be at least 0, got -1", "--warmup", -1},
      {"clip norm must be positive and finite, got -1.0", "--clip-norm", -1},
      {"held-out fraction must be in [0, 1), got 1.0", "--held-out", 1},
      {"held-out fraction must be in [0, 1), got NaN", "--held-out", "NaN"},
      {"eval limit must be at least 0, got -1", "--eval-limit", -1},
      {"top k must be at least 1, got 0", "--top-k", 0},
      {"seed must not be 0", "--seed", 0},
      {"intraOpThreads is -1, expected 0 or more", "--threads", -1},
      {"checkpoint-every must be at least 0, got -1", "--checkpoint-every", -1},
      {"--resume and --start-anew exclude each other", "--resume", "--start-anew"},
      {"window must be at least 1, got 0", "--window", 0},
      {"minCount must be at least 1, got 0", "--min-count", 0},
      {"maxVocabulary must be at least 1, got 0", "--max-vocabulary", 0},
      {"maxPairs must be at least 1, got 0", "--max-pairs", 0},
      {"--num-classes has no effect without --inputs and --labels", "--num-classes", 9},
      {"--text has no effect with --inputs and --labels", "--inputs", "x.npy"},
      {"Unknown options: '--learning-rat', '1'", "--learning-rat", 1},
    };
    Path unused = directory.resolve("unused");
    for (Object[] row : wrong) {
      Object[] more = Arrays.copyOfRange(row, 1, row.length);
      CliRun run = TrainRun.text(text, unused, more);
      assertThat(run.status()).as("%s: %s", List.of(row), run).isEqualTo(2);
      assertThat(run.err()).contains((String) row[0], "Try 'ortnce train --help'.");
      assertThat(run.out()).isEmpty();
    }
    assertThat(unused).doesNotExist();
  }

  @Test
  void pairsGoTogether() {
    for (Object[] wrong :
        new Object[][] {
          {"--inputs and --labels go together", "--labels", "y.npy"},
          {"--window has no effect with --inputs and --labels", "--labels", "y", "--window", 2},
          {"num_inputs must be at least 1", "--inputs", "x", "--labels", "y", "--num-inputs", 0}
        }) {
      List<Object> arguments = new ArrayList<>(List.of("train"));
      arguments.addAll(Arrays.asList(wrong).subList(1, wrong.length));
      CliRun run = CliRun.of(arguments.toArray());
      assertThat(run.status()).as("%s", run).isEqualTo(2);
      assertThat(run.err()).contains((String) wrong[0]);
    }
  }

  private static CliRun fails(String message, CliRun run) {
    assertThat(run.status()).as("%s", run).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains(message).hasLineCount(1);
    return run;
  }

  @Test
  void textsWithoutPairs() throws IOException {
    Path out = directory.resolve("texts");
    fails("none.txt: no such file", TrainRun.text(directory.resolve("none.txt"), out));
    Path empty = Files.writeString(directory.resolve("empty.txt"), "");
    fails("empty.txt has no words", TrainRun.text(empty, out));
    Path rare = Files.writeString(directory.resolve("rare.txt"), "a b c d");
    fails("no two words in one line that occur at least 5 times", TrainRun.text(rare, out));
    fails("is a directory", TrainRun.text(directory, out));
    Path line = Files.writeString(directory.resolve("line.txt"), "a b c d");
    fails("nothing can be held out of 1", TrainRun.text(line, out, "--min-count", 1));
  }

  @Test
  void settingsThatDoNotFitTheData() {
    Path out = directory.resolve("fit");
    fails(
        "num_sampled is 41, there are 40 classes: use --num-sampled 40 or less",
        TrainRun.text(text, out, "--num-sampled", 41));
    fails(
        "--neighbours: cat is not in the vocabulary of 40 words",
        TrainRun.text(text, out, "--neighbours", "aword1,cat"));
    fails(
        "the loss is",
        TrainRun.text(
            text, out, "--optimizer", "sgd", "--schedule", "constant", "--learning-rate", 1e20));
    assertThat(out.resolve("weights.npy")).doesNotExist();
  }

  @Test
  void directoriesThatCannotBeUsed() throws IOException {
    fails("text.txt", TrainRun.text(text, text));
    fails("text.txt", TrainRun.text(text, text.resolve("below")));
    Path out = Files.createDirectory(directory.resolve("taken"));
    Files.writeString(out.resolve("checkpoints"), "a file");
    fails("checkpoints: is a file, expected a directory", TrainRun.text(text, out));
  }
}
