package org.ortnce.tensor;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;

/**
 * Any bytes as a .npy array: an {@link IOException}, or a tensor that is written as it was read.
 */
public final class NpyFuzz {
  private static final long MOST = 1 << 20;

  private NpyFuzz() {}

  /** One input. */
  public static void fuzzerTestOneInput(byte[] input) {
    Tensor tensor;
    try {
      tensor = Npy.read(new ByteArrayInputStream(input), "fuzz", MOST);
    } catch (IOException expected) {
      return;
    }
    byte[] header = NpyHeader.write(tensor);
    try {
      NpyHeader again = NpyHeader.read(new ByteArrayInputStream(header), "again");
      again.checkIs(tensor.elementType(), tensor.shape(), "again");
      if (Tensor.elementCount(tensor.shape()) * tensor.elementType().byteSize() > input.length) {
        throw new AssertionError("more elements than bytes: " + Arrays.toString(tensor.shape()));
      }
    } catch (IOException e) {
      throw new AssertionError("the header of " + tensor + " does not come back", e);
    }
  }
}
