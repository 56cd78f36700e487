package org.ortnce.cli.evaluate;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** What classes are called. Immutable. */
public final class ClassNames {
  private static final Pattern COUNT = Pattern.compile(",-?[0-9.]+(?:[eE][-+]?[0-9]+)?$");

  private final Path file;
  private final List<String> names;

  private ClassNames(Path file, List<String> names) {
    this.file = file;
    this.names = names;
  }

  /**
   * Reads a line for each class, in UTF-8; a number after the last comma is a count.
   *
   * @throws IOException if the file cannot be read or is no text
   */
  public static ClassNames read(Path file) throws IOException {
    try {
      List<String> names =
          Files.readAllLines(file, StandardCharsets.UTF_8).stream()
              .map(line -> COUNT.matcher(line).replaceFirst(""))
              .toList();
      return new ClassNames(file, names);
    } catch (CharacterCodingException e) {
      throw new IOException(file + ": is no text in UTF-8", e);
    }
  }

  /**
   * The name of a class.
   *
   * @throws IllegalArgumentException if the file has no line for it
   */
  public String name(long id) {
    if (id < 0 || id >= names.size()) {
      throw new IllegalArgumentException(
          file + " has " + names.size() + " lines, none for class " + id);
    }
    return names.get((int) id);
  }
}
