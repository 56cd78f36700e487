package org.ortnce.cli.terminal;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Columns of text for a person: the first aligned left, numbers right. */
public final class Table {
  private final List<List<String>> rows = new ArrayList<>();
  private final boolean[] right;

  /** {@code alignment} has a letter for each column: {@code l} or {@code r}. */
  public Table(String alignment) {
    right = new boolean[alignment.length()];
    for (int i = 0; i < right.length; i++) {
      right[i] = alignment.charAt(i) == 'r';
    }
  }

  /** Adds a row of texts and whole numbers; it may be shorter than the table is wide. */
  public Table row(Object... cells) {
    if (cells.length > right.length) {
      throw new IllegalArgumentException(
          cells.length + " cells, the table has " + right.length + " columns");
    }
    List<String> row = new ArrayList<>();
    for (Object cell : cells) {
      row.add(cell instanceof Number number ? grouped(number.longValue()) : cell.toString());
    }
    rows.add(row);
    return this;
  }

  /** An integer with commas. */
  public static String grouped(long integer) {
    return String.format(Locale.ROOT, "%,d", integer);
  }

  /** A number with {@code digits} digits behind the point. */
  public static String decimal(double value, int digits) {
    return String.format(Locale.ROOT, "%,." + digits + "f", value);
  }

  /** The lines, each ended by a newline, indented by {@code indent} blanks. */
  public String render(int indent) {
    int[] widths = new int[right.length];
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        // The last cell of a row may be as long as it likes.
        boolean counts = i < row.size() - 1 || right[i];
        widths[i] = counts ? Math.max(widths[i], row.get(i).length()) : widths[i];
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder(" ".repeat(indent));
      for (int i = 0; i < row.size(); i++) {
        String padding = " ".repeat(Math.max(0, widths[i] - row.get(i).length()));
        line.append(right[i] ? padding + row.get(i) : row.get(i) + padding);
        line.append("  ");
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
