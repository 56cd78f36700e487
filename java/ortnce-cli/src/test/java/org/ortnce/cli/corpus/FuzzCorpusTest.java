package org.ortnce.cli.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The saved inputs of the fuzz targets of this module ({@code tools/fuzz-java}). */
class FuzzCorpusTest {
  private static final Path CORPUS = Path.of("src", "test", "fuzz");

  @Test
  void classFiles() throws Exception {
    for (byte[] input : inputs("class_file")) {
      ClassFileFuzz.fuzzerTestOneInput(input);
    }
  }

  @Test
  void texts() throws Exception {
    for (byte[] input : inputs("text")) {
      TextFuzz.fuzzerTestOneInput(input);
    }
  }

  private static List<byte[]> inputs(String target) throws Exception {
    List<Path> files;
    try (Stream<Path> paths = Files.list(CORPUS.resolve(target))) {
      files = paths.sorted().toList();
    }
    assertThat(files).isNotEmpty();
    List<byte[]> inputs = new java.util.ArrayList<>();
    for (Path file : files) {
      inputs.add(Files.readAllBytes(file));
    }
    return inputs;
  }
}
