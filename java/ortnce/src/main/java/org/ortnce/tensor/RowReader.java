package org.ortnce.tensor;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Supplies rows of a table, such as one that is read from a database or computed. */
@FunctionalInterface
public interface RowReader {
  /**
   * Fills {@code target} from its position to its limit with rows; their number follows from the
   * size of a row.
   *
   * @param firstRow the first row
   * @param target in little-endian byte order; a reader that fills a view such as {@code
   *     asFloatBuffer()} must move the position itself
   */
  void read(long firstRow, ByteBuffer target) throws IOException;
}
