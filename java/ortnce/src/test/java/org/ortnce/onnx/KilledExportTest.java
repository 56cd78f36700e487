package org.ortnce.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.ChildJvm;
import org.ortnce.io.AtomicFile;
import org.ortnce.reliability.BadInputs;

/**
 * X02: exports that are killed by SIGKILL at random moments leave the old model or the new one,
 * each with all of its data, or none. {@code -Dortnce.kills=50} kills more often than the 20 times
 * of an ordinary build.
 */
@BadInputs.Apart
class KilledExportTest {
  private static final int KILLS = Integer.getInteger("ortnce.kills", 20);
  private static final long LONGEST_MICROS = 400_000;

  @TempDir Path directory;

  @Test
  @Tag("X02")
  void killedAtRandomMoments() throws Exception {
    Path file = directory.resolve("m.onnx");
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Set<Float> found = new HashSet<>();
    int interrupted = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      Process process =
          ChildJvm.start(Exports.class, List.of(), file.toString(), Integer.toString(kill));
      try (BufferedReader output =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        assertThat(output.readLine()).as("kill %d", kill).isEqualTo("ready");
        TimeUnit.MICROSECONDS.sleep(random.nextLong(LONGEST_MICROS));
        process.destroyForcibly();
        assertThat(process.waitFor()).isEqualTo(137);
      }
      if (Files.exists(file)) {
        float scale = ExternalDataTest.scaleOf(file);
        assertThat(scale).as("seed %d, kill %d", seed, kill).isBetween(0f, kill * 100f + 100);
        found.add(scale);
      }
      interrupted += AtomicFile.deleteLeftovers(directory).isEmpty() ? 0 : 1;
      OnnxModel.deleteUnusedData(directory);
    }
    // The kills did meet exports.
    assertThat(interrupted).as("interrupted, seed %d", seed).isPositive();
    assertThat(found).as("models seen, seed %d", seed).hasSizeGreaterThan(1);
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).hasSizeLessThanOrEqualTo(2);
    }
  }

  /** Exports one model after the other to one file, until it is killed. */
  static final class Exports {
    private Exports() {}

    public static void main(String[] arguments) throws IOException {
      int first = Integer.parseInt(arguments[1]) * 100;
      ExternalDataTest.model(1).toByteArray();
      System.out.println("ready");
      for (int i = 0; ; i++) {
        ExternalDataTest.model(first + i % 100)
            .save(Path.of(arguments[0]), ExternalDataOptions.oneFile());
      }
    }
  }
}
