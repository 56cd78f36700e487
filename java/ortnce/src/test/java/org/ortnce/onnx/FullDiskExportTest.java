package org.ortnce.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ortnce.ChildJvm;
import org.ortnce.reliability.BadInputs;

/**
 * X01: files that cannot grow past byte k. The limit of the process on file sizes stands in for a
 * full disk: a write fails in the middle, with an error of the system, and no one needs to be root.
 */
@BadInputs.Apart
class FullDiskExportTest {
  /** Bash counts in units of 1024 bytes. */
  private static final String LIMITED = "ulimit -f $0; exec \"$@\"";

  @TempDir Path directory;

  /** One more, and the data file of the export fits. */
  private static final int LAST_KILOBYTE = 2111;

  static IntStream kilobytes() {
    int points = Integer.getInteger("ortnce.disk.points", 5);
    return IntStream.range(0, points).map(i -> i * LAST_KILOBYTE / (points - 1));
  }

  @ParameterizedTest
  @MethodSource("kilobytes")
  @Tag("X01")
  void noMoreThanThisManyKilobytes(int kilobytes) throws Exception {
    Path file = directory.resolve("m.onnx");
    ExternalDataTest.model(1).save(file, ExternalDataOptions.oneFile());
    byte[] before = Files.readAllBytes(file);
    List<String> command =
        ChildJvm.command(Export.class, List.of("-XX:-UsePerfData"), file.toString());
    ProcessBuilder limited =
        new ProcessBuilder(
            Stream.concat(
                    Stream.of("bash", "-c", LIMITED, Integer.toString(kilobytes)), command.stream())
                .toList());
    Process child = limited.redirectErrorStream(true).start();
    String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(output).contains("refused: ").contains("File too large");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    assertThat(ExternalDataTest.scaleOf(file)).isEqualTo(1);
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).hasSize(2);
    }
  }

  /** Exports another model to the file. */
  static final class Export {
    private Export() {}

    public static void main(String[] arguments) {
      try {
        ExternalDataTest.model(2).save(Path.of(arguments[0]), ExternalDataOptions.oneFile());
        System.out.println("done");
      } catch (IOException e) {
        System.out.println("refused: " + e);
      }
    }
  }
}
