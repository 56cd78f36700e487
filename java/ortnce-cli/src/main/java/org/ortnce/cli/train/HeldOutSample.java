package org.ortnce.cli.train;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.ortnce.tensor.Tensor;
import org.ortnce.training.ExampleColumn;
import org.ortnce.training.ExampleSource;

/**
 * Some of the examples held out, evenly spread over them, in memory.
 *
 * @param inputs int64 [size] or [size, context]
 * @param labels int64 [size, num_true]
 */
record HeldOutSample(Tensor inputs, Tensor labels) {
  /** All examples, or {@code limit} of them if there are more. */
  static HeldOutSample of(ExampleSource heldOut, long limit) throws IOException {
    int size = (int) Math.min(Integer.MAX_VALUE, Math.min(limit, heldOut.size()));
    return new HeldOutSample(column(heldOut, 0, size), column(heldOut, 1, size));
  }

  private static Tensor column(ExampleSource source, int index, int size) throws IOException {
    ExampleColumn column = source.columns().get(index);
    Tensor tensor = Tensor.allocateLongs(column.shape(size));
    ByteBuffer row =
        ByteBuffer.allocateDirect(Math.toIntExact(column.rowBytes()))
            .order(ByteOrder.nativeOrder());
    int rowLength = row.capacity() / Long.BYTES;
    for (int i = 0; i < size; i++) {
      row.clear();
      source.read(index, (long) ((double) i * source.size() / size), row);
      tensor.longs().put(i * rowLength, row.flip().asLongBuffer(), 0, rowLength);
    }
    return tensor;
  }

  int size() {
    return (int) labels.dim(0);
  }
}
