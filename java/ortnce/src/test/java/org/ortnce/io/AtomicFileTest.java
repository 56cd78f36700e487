package org.ortnce.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.reliability.BadInputs;

@BadInputs
class AtomicFileTest {
  @TempDir Path directory;

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void createsAndReplaces() throws IOException {
    Path file = directory.resolve("a.bin");
    AtomicFile.write(file, out -> out.write(new byte[] {1, 2}));
    AtomicFile.write(file, out -> out.write(3));
    assertThat(Files.readAllBytes(file)).containsExactly(3);
    assertThat(names()).containsExactly("a.bin");
  }

  @Test
  void largePiecesArriveWhole() throws IOException {
    Path file = directory.resolve("a.bin");
    byte[] large = new byte[3_000_001];
    large[2_999_999] = 7;
    AtomicFile.write(file, out -> out.write(large));
    assertThat(Files.readAllBytes(file)).isEqualTo(large);
  }

  /** As when the device is full after some bytes. */
  @Test
  void aFailureAtAnyByteLeavesTheOldFileAndNothingElse() throws IOException {
    Path file = directory.resolve("a.bin");
    Files.write(file, new byte[] {9});
    for (int bytes : new int[] {0, 1, 100, 5_000_000}) {
      assertThatThrownBy(
              () ->
                  AtomicFile.write(
                      file,
                      out -> {
                        out.write(new byte[bytes]);
                        throw new IOException("no space left");
                      }))
          .isInstanceOf(IOException.class)
          .hasMessage("no space left");
      assertThat(Files.readAllBytes(file)).containsExactly(9);
      assertThat(names()).containsExactly("a.bin");
    }
  }

  @Test
  void anInterruptKeepsItsTypeAndTheOldFile() throws IOException {
    Path file = directory.resolve("a.bin");
    Files.write(file, new byte[] {9});
    for (int bytesAfter : new int[] {0, 1}) {
      Throwable thrown =
          catchThrowable(
              () ->
                  AtomicFile.write(
                      file,
                      out -> {
                        out.write(1);
                        Thread.currentThread().interrupt();
                        out.write(new byte[bytesAfter]);
                      }));
      assertThat(Thread.interrupted()).as("interrupted").isTrue();
      assertThat(thrown).isInstanceOf(ClosedByInterruptException.class);
      assertThat(thrown.getCause()).hasMessageContainingAll(directory.toString(), "interrupted");
      assertThat(Files.readAllBytes(file)).containsExactly(9);
      assertThat(names()).containsExactly("a.bin");
    }
  }

  @Test
  void aReaderKeepsTheOldContent() throws IOException {
    Path file = directory.resolve("a.bin");
    Files.write(file, new byte[] {1, 2, 3});
    try (var reader = Files.newInputStream(file)) {
      AtomicFile.write(file, out -> out.write(new byte[] {7}));
      assertThat(reader.readAllBytes()).containsExactly(1, 2, 3);
    }
  }

  @Test
  void aSymbolicLinkIsReplacedAndItsTargetKept() throws IOException {
    Path outside = directory.resolve("outside");
    Files.write(outside, new byte[] {1});
    Path link = Files.createSymbolicLink(directory.resolve("link"), outside);
    AtomicFile.write(link, out -> out.write(2));
    assertThat(Files.readAllBytes(outside)).containsExactly(1);
    assertThat(Files.isSymbolicLink(link)).isFalse();
    assertThat(Files.readAllBytes(link)).containsExactly(2);
  }

  @Test
  void targetsThatCannotBeWritten() throws IOException {
    assertThatThrownBy(() -> AtomicFile.write(directory, out -> out.write(1)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(directory.toString())
        .hasMessageContaining("is a directory");
    Path missing = directory.resolve("none").resolve("a.bin");
    assertThatThrownBy(() -> AtomicFile.write(missing, out -> out.write(1)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(missing.toString());
    assertThat(names()).isEmpty();
  }
}
