package org.ortnce.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files of the targets: in memory where the system has a place for that. */
public final class FuzzFile {
  private static final Path MEMORY = Path.of("/dev/shm");
  private static final Path DIRECTORY = directory();

  private FuzzFile() {}

  private static Path directory() {
    try {
      Path directory =
          Files.isWritable(MEMORY)
              ? Files.createTempDirectory(MEMORY, "ortnce-fuzz")
              : Files.createTempDirectory("ortnce-fuzz");
      directory.toFile().deleteOnExit();
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The file of this name with these bytes; the next call replaces it. */
  public static Path of(String name, byte[] bytes) throws IOException {
    Path file = DIRECTORY.resolve(name);
    file.toFile().deleteOnExit();
    return Files.write(file, bytes);
  }

  /** An empty directory of this name. */
  public static Path directory(String name) {
    try {
      Path directory = Files.createDirectories(DIRECTORY.resolve(name));
      directory.toFile().deleteOnExit();
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
