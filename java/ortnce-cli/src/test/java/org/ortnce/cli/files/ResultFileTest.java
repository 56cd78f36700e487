package org.ortnce.cli.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file is replaced as a whole or not at all. */
class ResultFileTest {
  @TempDir Path directory;

  @Test
  void filesAreMadeAndReplaced() throws IOException {
    Path file = directory.resolve("result.txt");
    ResultFile.write(file, "long old text \u00e9");
    assertThat(Files.readString(file)).isEqualTo("long old text \u00e9");
    ResultFile.write(file, "new");
    assertThat(Files.readString(file)).isEqualTo("new");
    assertThat(directory).isDirectoryContaining(path -> path.equals(file));
    try (var left = Files.list(directory)) {
      assertThat(left).hasSize(1);
    }
  }

  @Test
  void afterAFailureNothingIsLeft() throws IOException {
    Path taken = Files.createDirectory(directory.resolve("taken"));
    Files.writeString(taken.resolve("inside"), "stays");
    assertThatThrownBy(() -> ResultFile.write(taken, "x")).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> ResultFile.write(directory.resolve("none/file"), "x"))
        .isInstanceOf(IOException.class);
    assertThat(taken.resolve("inside")).hasContent("stays");
    try (var left = Files.list(directory)) {
      assertThat(left).containsExactly(taken);
    }
  }
}
