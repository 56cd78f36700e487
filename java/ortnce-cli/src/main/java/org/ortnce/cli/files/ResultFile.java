package org.ortnce.cli.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.ortnce.io.AtomicFile;

/** Writes small files so that a reader finds the old content or the whole new content. */
public final class ResultFile {
  private ResultFile() {}

  /** Replaces {@code file}, or creates it, with this text in UTF-8. */
  public static void write(Path file, String text) throws IOException {
    write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Replaces {@code file}, or creates it.
   *
   * @throws IOException if that fails; an old file is then untouched
   */
  public static void write(Path file, byte[] bytes) throws IOException {
    AtomicFile.write(file, out -> out.write(bytes));
  }
}
