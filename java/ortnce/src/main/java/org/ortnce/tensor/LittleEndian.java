package org.ortnce.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The elements of a tensor as the little-endian bytes that files hold. */
final class LittleEndian {
  private LittleEndian() {}

  /** A copy of elements [from, to) of {@code tensor}. */
  static byte[] copy(Tensor tensor, int from, int to) {
    int size = tensor.elementType().byteSize();
    int count = to - from;
    byte[] copy = new byte[Math.multiplyExact(count, size)];
    ByteBuffer bytes = ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
    switch (tensor.elementType()) {
      case FLOAT -> bytes.asFloatBuffer().put(tensor.floats().slice(from, count));
      case DOUBLE -> bytes.asDoubleBuffer().put(tensor.doubles().slice(from, count));
      case INT64 -> bytes.asLongBuffer().put(tensor.longs().slice(from, count));
      case INT32 -> bytes.asIntBuffer().put(tensor.ints().slice(from, count));
      default -> copyRaw(tensor.rawBytes().slice(from * size, count * size), size, bytes);
    }
    return copy;
  }

  /** The raw bytes of a tensor are in the platform's order, whatever the order of the view says. */
  private static void copyRaw(ByteBuffer raw, int size, ByteBuffer target) {
    ByteBuffer source = raw.order(ByteOrder.nativeOrder());
    switch (size) {
      case 1 -> target.put(source);
      case 2 -> target.asShortBuffer().put(source.asShortBuffer());
      case 4 -> target.asIntBuffer().put(source.asIntBuffer());
      case 8 -> target.asLongBuffer().put(source.asLongBuffer());
      default -> throw new IllegalStateException("no elements of " + size + " bytes");
    }
  }
}
