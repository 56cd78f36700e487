package org.ortnce.training;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Training examples in named columns, read in blocks at any position; {@link TensorExamples} in
 * memory, {@link NpyExamples} in files of any size. Not for several threads at once.
 */
public interface ExampleSource extends Closeable {
  /** The columns, always the same. */
  List<ExampleColumn> columns();

  /** The number of examples, always the same. */
  long size();

  /**
   * Fills {@code target} from its position to its limit with a column of examples {@code first},
   * {@code first + 1}, ...
   *
   * @param column the position in {@link #columns()}
   * @param target in the platform's byte order; a whole number of rows
   * @throws IllegalArgumentException if it is no whole number of rows or they are not all there
   * @throws IOException if the examples cannot be read
   */
  void read(int column, long first, ByteBuffer target) throws IOException;

  /**
   * Examples [from, to) of this source as one of their own. Closing it closes this one.
   *
   * @throws IllegalArgumentException if the range is not within this source
   */
  default ExampleSource range(long from, long to) {
    return new ExampleRange(this, from, to);
  }
}
