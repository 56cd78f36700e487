package org.ortnce.cli.evaluate;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Arrays by the names of the inputs they are values of, closed together. */
public final class NamedRows implements Closeable {
  private final Map<String, Rows> rows = new LinkedHashMap<>();

  NamedRows() {}

  /**
   * Opens .npy files; none stays open if one cannot be read.
   *
   * @throws IOException as {@link Rows#open} does
   */
  public static NamedRows open(Map<String, Path> files) throws IOException {
    NamedRows opened = new NamedRows();
    try {
      for (Map.Entry<String, Path> entry : files.entrySet()) {
        opened.add(entry.getKey(), Rows.open(entry.getValue()));
      }
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
    return opened;
  }

  void add(String name, Rows array) {
    rows.put(name, array);
  }

  /** The arrays by name. */
  public Map<String, Rows> rows() {
    return Collections.unmodifiableMap(rows);
  }

  /** Closes all of them, also if one cannot be closed. */
  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (Rows array : rows.values()) {
      try {
        array.close();
      } catch (IOException e) {
        failure = failure == null ? e : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
