package org.ortnce.cli.train.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.ortnce.cli.terminal.Progress;
import org.ortnce.training.ExampleSource;

/** What one pass over a column of ids finds: its range, and a hash of all of it. */
final class IdColumn {
  /** A table of one float a row already has 2 GiB. */
  private static final int MAX_ROWS = 1 << 29;

  private static final int BLOCK = 1 << 16;

  private final ExampleSource source;
  private final int column;
  private final Path file;
  private final int rowLength;
  private long largest;
  private long hash;

  /** Takes the ids of a block of rows. */
  private interface Block {
    void take(long firstRow, LongBuffer ids) throws IOException;
  }

  IdColumn(ExampleSource source, int column, Path file) {
    this.source = source;
    this.column = column;
    this.file = file;
    this.rowLength = (int) (source.columns().get(column).rowBytes() / Long.BYTES);
  }

  /**
   * Reads the column.
   *
   * @param limit what ids must be below, if that is known
   * @return what ids are below: the limit, else the largest and one
   * @throws IOException if it cannot be read, or naming the first id that is out of range
   */
  int scan(String limitName, OptionalInt limit, Progress progress) throws IOException {
    long end = limit.orElse(MAX_ROWS);
    blocks(
        source,
        (row, ids) -> {
          for (int i = 0; ids.hasRemaining(); i++) {
            long id = ids.get();
            hash = 31 * hash + id;
            if (id < 0 || id >= end) {
              throw new IOException(outOfRange(row + i / rowLength, id, limitName, limit));
            }
            if (id > largest) {
              largest = id;
            }
          }
        },
        progress);
    return limit.orElse((int) largest + 1);
  }

  private String outOfRange(long row, long id, String limitName, OptionalInt limit) {
    String place = file + " row " + row + " has id " + id + ", expected ";
    if (id < 0) {
      return place + "0 or more";
    }
    return place
        + (limit.isPresent()
            ? "less than " + limitName + " = " + limit.getAsInt()
            : "less than " + MAX_ROWS);
  }

  /** Adds the ids of {@code part}, which has this column too, to {@code counts}. */
  void count(ExampleSource part, ClassCounts counts, Progress progress) throws IOException {
    blocks(
        part,
        (row, ids) -> {
          while (ids.hasRemaining()) {
            counts.add((int) ids.get());
          }
        },
        progress);
  }

  private void blocks(ExampleSource part, Block block, Progress progress) throws IOException {
    int rowBytes = rowLength * Long.BYTES;
    int rows = Math.max(1, BLOCK / rowBytes);
    ByteBuffer buffer = ByteBuffer.allocateDirect(rows * rowBytes).order(ByteOrder.nativeOrder());
    for (long row = 0; row < part.size(); row += rows) {
      int count = (int) Math.min(rows, part.size() - row);
      buffer.clear().limit(count * rowBytes);
      part.read(column, row, buffer);
      buffer.flip();
      block.take(row, buffer.asLongBuffer());
      progress.at(row + count, part.size());
    }
  }

  long hash() {
    return hash;
  }
}
