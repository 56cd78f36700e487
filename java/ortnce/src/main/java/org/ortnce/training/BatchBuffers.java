package org.ortnce.training;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ortnce.tensor.Tensor;

/** Direct buffers of a number of examples of a source, one per column. */
final class BatchBuffers {
  private final List<ExampleColumn> columns;
  private final ByteBuffer[] buffers;
  private final int[] rowBytes;

  /**
   * Allocates.
   *
   * @param argument what asks for so many examples, for the message
   * @throws IllegalArgumentException if a column takes 2 GiB or more
   */
  BatchBuffers(List<ExampleColumn> columns, long examples, String argument) {
    this.columns = columns;
    this.buffers = new ByteBuffer[columns.size()];
    this.rowBytes = new int[columns.size()];
    for (int c = 0; c < buffers.length; c++) {
      ExampleColumn column = columns.get(c);
      if (column.rowBytes() > Integer.MAX_VALUE / Math.max(1, examples)) {
        throw new IllegalArgumentException(
            argument
                + ": "
                + examples
                + " examples of column "
                + column
                + " are "
                + column.rowBytes()
                + " bytes each, together more than the "
                + Integer.MAX_VALUE
                + " of a Java buffer");
      }
      rowBytes[c] = (int) column.rowBytes();
      buffers[c] =
          ByteBuffer.allocateDirect((int) examples * rowBytes[c]).order(ByteOrder.nativeOrder());
    }
  }

  /** Reads {@code count} examples of the source into the rows from {@code row} on. */
  void read(ExampleSource source, long first, int row, int count) throws IOException {
    for (int c = 0; c < buffers.length; c++) {
      ByteBuffer rows = buffers[c].slice(row * rowBytes[c], count * rowBytes[c]);
      source.read(c, first, rows.order(ByteOrder.nativeOrder()));
    }
  }

  /** Copies rows {@code order[from]}, ... of another source's buffers to rows from {@code row}. */
  void gather(BatchBuffers other, int[] order, int from, int row, int count) {
    for (int c = 0; c < buffers.length; c++) {
      ByteBuffer source = other.buffers[c];
      ByteBuffer target = buffers[c];
      int size = rowBytes[c];
      for (int i = 0; i < count; i++) {
        int at = order[from + i] * size;
        int to = (row + i) * size;
        // Ids and labels are mostly single numbers, for which a bulk copy costs more.
        if (size == Long.BYTES) {
          target.putLong(to, source.getLong(at));
        } else {
          target.put(to, source, at, size);
        }
      }
    }
  }

  /** Tensors over the first {@code count} rows, by column. */
  Map<String, Tensor> tensors(int count) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (int c = 0; c < buffers.length; c++) {
      ExampleColumn column = columns.get(c);
      ByteBuffer rows = buffers[c].slice(0, count * rowBytes[c]).order(ByteOrder.nativeOrder());
      tensors.put(column.name(), Tensor.of(rows, column.elementType(), column.shape(count)));
    }
    return tensors;
  }
}
