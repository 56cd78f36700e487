package org.ortnce.cli.train.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.ortnce.training.ExampleColumn;
import org.ortnce.training.ExampleSource;

/** The examples of a source that are held out, or those that are not, in their order. */
final class SplitExamples implements ExampleSource {
  /** Bytes read at once, if a row is not longer. */
  private static final int BLOCK = 1 << 16;

  private final ExampleSource source;
  private final HeldOut split;
  private final boolean heldOut;
  private ByteBuffer block = ByteBuffer.allocateDirect(BLOCK).order(ByteOrder.nativeOrder());

  SplitExamples(ExampleSource source, HeldOut split, boolean heldOut) {
    this.source = source;
    this.split = split;
    this.heldOut = heldOut;
  }

  private long item(long index) {
    return heldOut ? split.heldOut(index) : split.training(index);
  }

  @Override
  public List<ExampleColumn> columns() {
    return source.columns();
  }

  @Override
  public long size() {
    return heldOut ? split.heldOutSize() : split.trainingSize();
  }

  @Override
  public void read(int column, long first, ByteBuffer target) throws IOException {
    int rowBytes = Math.toIntExact(columns().get(column).rowBytes());
    int count = target.remaining() / rowBytes;
    if (count * rowBytes != target.remaining() || first < 0 || count > size() - first) {
      throw new IllegalArgumentException(
          target.remaining()
              + " bytes from example "
              + first
              + " are no rows of "
              + rowBytes
              + " bytes within "
              + size()
              + " examples");
    }
    if (block.capacity() < rowBytes) {
      block = ByteBuffer.allocateDirect(rowBytes).order(ByteOrder.nativeOrder());
    }
    int rowsInBlock = block.capacity() / rowBytes;
    for (int done = 0; done < count; ) {
      // As many wanted rows as lie within one block of the source.
      long from = item(first + done);
      int wanted = 1;
      while (done + wanted < count && item(first + done + wanted) - from < rowsInBlock) {
        wanted++;
      }
      int span = (int) (item(first + done + wanted - 1) - from) + 1;
      block.clear().limit(span * rowBytes);
      source.read(column, from, block);
      for (int i = 0; i < wanted; i++) {
        int at = (int) (item(first + done + i) - from) * rowBytes;
        target.put(target.position(), block, at, rowBytes);
        target.position(target.position() + rowBytes);
      }
      done += wanted;
    }
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
