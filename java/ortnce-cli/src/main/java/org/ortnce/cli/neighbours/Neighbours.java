package org.ortnce.cli.neighbours;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.ortnce.tensor.Tensor;

/** Finds the rows of a table whose directions are nearest to that of a row. */
public final class Neighbours {
  private static final Comparator<Neighbour> NEAREST_LAST =
      Comparator.comparingDouble(Neighbour::cosine)
          .thenComparing(Comparator.comparingInt(Neighbour::id).reversed());

  private final FloatBuffer table;
  private final int rows;
  private final int dim;
  private final double[] norms;

  /**
   * A row near another.
   *
   * @param id its number
   * @param cosine the cosine of the angle between the two
   */
  public record Neighbour(int id, double cosine) {}

  /**
   * Neighbours in a table.
   *
   * @param table float [rows, dim]
   */
  public Neighbours(Tensor table) {
    this.table = table.floats();
    this.rows = (int) table.dim(0);
    this.dim = (int) table.dim(1);
    this.norms = new double[rows];
    for (int row = 0; row < rows; row++) {
      norms[row] = Math.sqrt(dot(row, row));
    }
  }

  /**
   * The {@code count} rows nearest to row {@code id}, nearest first, without itself; ties by
   * number. A row of zeros is near to nothing and never a neighbour, nor is one with a NaN.
   *
   * @throws IndexOutOfBoundsException if there is no such row
   */
  public List<Neighbour> of(int id, int count) {
    PriorityQueue<Neighbour> nearest = new PriorityQueue<>(NEAREST_LAST);
    for (int row = 0; row < rows; row++) {
      double cosine = row == id ? Double.NaN : dot(id, row) / (norms[id] * norms[row]);
      if (!Double.isNaN(cosine)) {
        nearest.add(new Neighbour(row, cosine));
        if (nearest.size() > count) {
          nearest.remove();
        }
      }
    }
    List<Neighbour> sorted = new ArrayList<>(nearest);
    sorted.sort(NEAREST_LAST.reversed());
    return sorted;
  }

  private double dot(int a, int b) {
    double sum = 0;
    for (int i = 0; i < dim; i++) {
      sum += (double) table.get(a * dim + i) * table.get(b * dim + i);
    }
    return sum;
  }
}
