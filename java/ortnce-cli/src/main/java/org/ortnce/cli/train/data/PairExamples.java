package org.ortnce.cli.train.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.List;
import java.util.Objects;
import org.ortnce.nce.GraphNames;
import org.ortnce.tensor.ElementType;
import org.ortnce.training.ExampleColumn;
import org.ortnce.training.ExampleSource;

/** Pairs of ids in memory, four bytes an id. */
final class PairExamples implements ExampleSource {
  private static final List<ExampleColumn> COLUMNS =
      List.of(
          new ExampleColumn(GraphNames.INPUT_IDS, ElementType.INT64, List.of()),
          new ExampleColumn(GraphNames.LABELS, ElementType.INT64, List.of(1L)));

  private final int[][] ids;
  private int size;

  /** No pair yet, and room for {@code capacity}. */
  PairExamples(int capacity) {
    this.ids = new int[2][capacity];
  }

  void add(int input, int label) {
    ids[0][size] = input;
    ids[1][size] = label;
    size++;
  }

  @Override
  public List<ExampleColumn> columns() {
    return COLUMNS;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void read(int column, long first, ByteBuffer target) {
    if (target.remaining() % Long.BYTES != 0) {
      throw new IllegalArgumentException(
          target.remaining() + " bytes are no whole number of int64 ids");
    }
    LongBuffer rows = target.slice().order(ByteOrder.nativeOrder()).asLongBuffer();
    try {
      Objects.checkFromIndexSize(first, rows.remaining(), size);
    } catch (IndexOutOfBoundsException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    for (int i = (int) first; rows.hasRemaining(); i++) {
      rows.put(ids[column][i]);
    }
    target.position(target.limit());
  }

  /** Does nothing: the pairs are in memory. */
  @Override
  public void close() {}
}
