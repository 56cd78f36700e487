package org.ortnce.reliability;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The table of bad inputs.
 *
 * @param rows what is bad, by id
 * @param excuses why no test in Java is of the row, by id
 */
record RowTable(Map<String, String> rows, Map<String, String> excuses) {
  /** Reads the table among the resources of the tests. */
  static RowTable read() {
    Map<String, String> rows = new TreeMap<>();
    Map<String, String> excuses = new TreeMap<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(RowTable.class.getResourceAsStream("bad-inputs.tsv")),
                StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] columns = line.split("\t", -1);
        if (line.startsWith("#")) {
          continue;
        }
        if (rows.put(columns[0], columns[1] + ": " + columns[2]) != null) {
          throw new IllegalStateException("row " + columns[0] + " is there twice");
        }
        if (columns.length > 3) {
          excuses.put(columns[0], columns[3]);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new RowTable(rows, excuses);
  }
}
