package org.ortnce.tensor;

import java.io.IOException;
import java.nio.FloatBuffer;

/** Supplies rows of a float table. */
@FunctionalInterface
public interface FloatRowReader {
  /**
   * Fills {@code target} from its position to its limit with rows; their number follows from the
   * size of a row.
   *
   * @param firstRow the first row
   */
  void read(long firstRow, FloatBuffer target) throws IOException;
}
