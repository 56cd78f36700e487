package org.ortnce.cli.neighbours;

import java.util.ArrayList;
import java.util.List;
import org.ortnce.cli.terminal.Table;
import org.ortnce.cli.train.data.Names;
import org.ortnce.tensor.Tensor;

/**
 * The neighbours of some words by name.
 *
 * @param rows one for each word
 */
public record NeighbourTable(List<Row> rows) {
  /** Copies the list. */
  public NeighbourTable {
    rows = List.copyOf(rows);
  }

  /**
   * A word and its neighbours, nearest first.
   *
   * @param word the word
   * @param neighbours the words near it
   */
  public record Row(String word, List<Near> neighbours) {}

  /**
   * A word near another.
   *
   * @param word the word
   * @param cosine of the angle between the embeddings
   */
  public record Near(String word, double cosine) {}

  /**
   * The neighbours of these ids.
   *
   * @param embeddings float [rows, dim]
   * @param count how many of each
   */
  public static NeighbourTable of(Tensor embeddings, Names names, List<Integer> ids, int count) {
    Neighbours neighbours = new Neighbours(embeddings);
    List<Row> rows = new ArrayList<>();
    for (int id : ids) {
      List<Near> near =
          neighbours.of(id, count).stream()
              .map(neighbour -> new Near(names.name(neighbour.id()), neighbour.cosine()))
              .toList();
      rows.add(new Row(names.name(id), near));
    }
    return new NeighbourTable(rows);
  }

  /** For a person: a line for each word; of a method's class only the last part of the name. */
  public String text() {
    Table table = new Table("ll");
    for (Row row : rows) {
      List<String> near = row.neighbours().stream().map(word -> shortened(word.word())).toList();
      table.row("  " + shortened(row.word()), String.join(", ", near));
    }
    return table.render(0);
  }

  private static String shortened(String name) {
    return name.substring(name.lastIndexOf('/') + 1);
  }
}
