package org.ortnce.onnx;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The data files of a directory that exports have left behind. */
final class DataFiles {
  static final String SUFFIX = ".data";

  private static final Pattern OURS = Pattern.compile(".+\\.[0-9a-f]{32}\\.data");

  private DataFiles() {}

  /** Deletes the data files that no model of the directory refers to; returns them. */
  static List<Path> deleteUnused(Path directory) throws IOException {
    List<Path> candidates = new ArrayList<>();
    Set<String> used = new HashSet<>();
    for (Path file : regularFiles(directory)) {
      String name = file.getFileName().toString();
      if (OURS.matcher(name).matches()) {
        candidates.add(file);
      } else if (name.endsWith(".onnx")) {
        try (InputStream in = Files.newInputStream(file)) {
          for (ExternalTensor tensor : ModelScan.of(in).external()) {
            used.add(tensor.place().location());
          }
        }
      }
    }
    candidates.removeIf(file -> used.contains(file.getFileName().toString()));
    for (Path file : candidates) {
      Files.delete(file);
    }
    return List.copyOf(candidates);
  }

  private static List<Path> regularFiles(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
          .sorted()
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
