package org.ortnce.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.ChildJvm;
import org.ortnce.tensor.Tensor;

class CheckpointDirectoryTest {
  @TempDir Path directory;

  /** A state of two tensors, all of whose elements are {@code step}. */
  private static Map<String, Tensor> state(long step, int size) {
    float[] a = new float[size];
    float[] b = new float[size];
    Arrays.fill(a, (float) step);
    Arrays.fill(b, (float) step);
    return Map.of("a", Tensor.of(a, size), "b", Tensor.of(b, size));
  }

  private static void save(CheckpointDirectory checkpoints, long step) throws IOException {
    checkpoints.save(step, "s", state(step, 10));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.equals(".lock"))
          .sorted()
          .toList();
    }
  }

  private static long latestStep(CheckpointDirectory checkpoints) throws IOException {
    try (Checkpoint checkpoint = checkpoints.latest().orElseThrow()) {
      return checkpoint.step();
    }
  }

  @Test
  void theNewestAreKept() throws IOException {
    try (CheckpointDirectory checkpoints = CheckpointDirectory.open(directory)) {
      assertThat(checkpoints.latest()).isEqualTo(Optional.empty());
      Path first = checkpoints.save(5, "s", state(5, 10));
      assertThat(first).hasFileName("checkpoint-000000000005.npz");
      save(checkpoints, 900);
      save(checkpoints, 1000);
      assertThat(names())
          .containsExactly("checkpoint-000000000900.npz", "checkpoint-000000001000.npz");
      assertThat(latestStep(checkpoints)).isEqualTo(1000);
      save(checkpoints, 1000);
      assertThat(names()).hasSize(2);
    }
    try (CheckpointDirectory one = CheckpointDirectory.open(directory, 1)) {
      save(one, 1001);
      assertThat(names()).containsExactly("checkpoint-000000001001.npz");
    }
  }

  @Test
  void laterOnesStay() throws IOException {
    try (CheckpointDirectory checkpoints = CheckpointDirectory.open(directory)) {
      save(checkpoints, 300);
      for (long step : new long[] {100, 110, 120}) {
        save(checkpoints, step);
      }
      assertThat(names())
          .containsExactly(
              "checkpoint-000000000110.npz",
              "checkpoint-000000000120.npz",
              "checkpoint-000000000300.npz");
    }
  }

  @Test
  void aDamagedNewestGivesWayToTheOneBefore() throws IOException {
    try (CheckpointDirectory checkpoints = CheckpointDirectory.open(directory, 3)) {
      save(checkpoints, 1);
      save(checkpoints, 2);
      Path newest = checkpoints.save(3, "s", state(3, 10));
      byte[] whole = Files.readAllBytes(newest);
      Files.write(newest, Arrays.copyOf(whole, whole.length / 2));
      assertThat(latestStep(checkpoints)).isEqualTo(2);
      Files.write(newest, new byte[0]);
      assertThat(latestStep(checkpoints)).isEqualTo(2);
      byte[] flipped = whole.clone();
      flipped[whole.length / 2] ^= 1;
      Files.write(newest, flipped);
      // A renamed file is not what its name says.
      Files.copy(
          directory.resolve("checkpoint-000000000001.npz"),
          directory.resolve("checkpoint-000000000004.npz"));
      assertThat(latestStep(checkpoints)).isEqualTo(2);
      Files.write(newest, whole);
      assertThat(latestStep(checkpoints)).isEqualTo(3);
    }
  }

  /** Starting from nothing unasked would throw away what was trained. */
  @Test
  void noneWholeIsAnError() throws IOException {
    try (CheckpointDirectory checkpoints = CheckpointDirectory.open(directory)) {
      Files.write(directory.resolve("checkpoint-000000000007.npz"), new byte[100]);
      assertThatThrownBy(checkpoints::latest)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("none of its checkpoints is whole")
          .hasMessageContaining("checkpoint-000000000007.npz");
    }
  }

  @Test
  void onlyOurOwnLeftoversAreDeleted() throws IOException {
    String ours = ".ortnce-01234567-89ab-cdef-0123-456789abcdef.tmp";
    List<String> others =
        List.of(".ortnce-x.tmp", "ortnce.tmp", "a.npz", "checkpoint-1.npz", ours + "x", "b" + ours);
    Files.write(directory.resolve(ours), new byte[5]);
    for (String other : others) {
      Files.write(directory.resolve(other), new byte[5]);
    }
    try (CheckpointDirectory checkpoints = CheckpointDirectory.open(directory)) {
      assertThat(names()).containsExactlyInAnyOrderElementsOf(others);
      assertThat(checkpoints.latest()).isEmpty();
    }
  }

  @Test
  void oneTrainingAtATime() throws IOException {
    CheckpointDirectory first = CheckpointDirectory.open(directory);
    assertThatThrownBy(() -> CheckpointDirectory.open(directory))
        .isInstanceOf(IOException.class)
        .hasMessage(directory + ": another training has these checkpoints open");
    first.close();
    first.close();
    assertThatThrownBy(() -> save(first, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is closed");
    try (CheckpointDirectory second = CheckpointDirectory.open(directory)) {
      save(second, 1);
    }
  }

  @Test
  void badArguments() throws IOException {
    Path file = Files.write(directory.resolve("file"), new byte[1]);
    assertThatThrownBy(() -> CheckpointDirectory.open(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is a file, expected a directory");
    assertThatThrownBy(() -> CheckpointDirectory.open(directory, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("keep is 0");
    Path made = directory.resolve("new").resolve("deep");
    try (CheckpointDirectory checkpoints = CheckpointDirectory.open(made)) {
      assertThatThrownBy(() -> save(checkpoints, -1)).hasMessageContaining("step is -1");
      assertThatThrownBy(() -> save(checkpoints, 1_000_000_000_000L))
          .hasMessageContaining("step is 1000000000000");
    }
  }

  /** Saves steps 1, 2, ... of 2 x 2 MB each, until it is killed. */
  public static final class Writer {
    private Writer() {}

    public static void main(String[] arguments) throws IOException {
      try (CheckpointDirectory checkpoints = CheckpointDirectory.open(Path.of(arguments[0]))) {
        long first = 0;
        Optional<Checkpoint> latest = checkpoints.latest();
        if (latest.isPresent()) {
          first = latest.get().step();
          latest.get().close();
        }
        for (long step = first + 1; ; step++) {
          checkpoints.save(step, "s", state(step, 500_000));
        }
      }
    }
  }

  /** What is found after each kill is one whole moment, and never an earlier one than before. */
  @Test
  void writersKilledAtAnyMoment() throws Exception {
    Random random = new Random(4);
    long before = 0;
    for (int round = 0; round < 6; round++) {
      Process writer = ChildJvm.start(Writer.class, List.of(), directory.toString());
      long wanted = before + 2;
      for (int wait = 0; wait < 6000 && !reached(wanted) && writer.isAlive(); wait++) {
        Thread.sleep(10);
      }
      Thread.sleep(random.nextInt(60));
      assertThat(writer.isAlive()).isTrue();
      writer.destroyForcibly();
      assertThat(writer.waitFor(60, TimeUnit.SECONDS)).isTrue();
      try (CheckpointDirectory checkpoints = CheckpointDirectory.open(directory);
          Checkpoint checkpoint = checkpoints.latest().orElseThrow()) {
        assertThat(checkpoint.step()).isGreaterThanOrEqualTo(wanted);
        before = checkpoint.step();
        Map<String, Tensor> found = state(-1, 500_000);
        checkpoint.restore("s", found);
        Map<String, Tensor> expected = state(before, 500_000);
        for (String name : found.keySet()) {
          assertThat(found.get(name).toFloatArray()).isEqualTo(expected.get(name).toFloatArray());
        }
        assertThat(names()).allMatch(name -> name.startsWith("checkpoint-"));
        assertThat(names()).hasSizeBetween(2, 3);
      }
    }
  }

  private boolean reached(long step) throws IOException {
    return names().stream()
        .filter(name -> name.startsWith("checkpoint-"))
        .anyMatch(name -> Long.parseLong(name.substring(11, 23)) >= step);
  }
}
