package org.ortnce.tensor;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The elements of a tensor to and from the little-endian bytes that files hold. */
final class LittleEndian {
  private static final int CHUNK = 1 << 17;

  private LittleEndian() {}

  static void write(Tensor tensor, OutputStream out) throws IOException {
    if (tensor.elementType() == ElementType.STRING) {
      throw new IllegalStateException("a string tensor has no bytes of fixed size");
    }
    // A tensor lies in one buffer, so the number of its elements is an int.
    int count = Math.toIntExact(tensor.elementCount());
    for (int done = 0; done < count; ) {
      int next = done + Math.min(CHUNK, count - done);
      out.write(copy(tensor, done, next));
      done = next;
    }
  }

  /**
   * Overwrites the elements.
   *
   * @throws EOFException if {@code in} ends before
   */
  static void read(InputStream in, Tensor tensor) throws IOException {
    int count = Math.toIntExact(tensor.elementCount());
    int size = tensor.elementType().byteSize();
    byte[] piece = new byte[Math.multiplyExact(Math.min(CHUNK, count), size)];
    for (int done = 0; done < count; ) {
      int next = done + Math.min(CHUNK, count - done);
      int length = (next - done) * size;
      if (in.readNBytes(piece, 0, length) < length) {
        throw new EOFException("ends within its elements");
      }
      ByteBuffer bytes = ByteBuffer.wrap(piece, 0, length).order(ByteOrder.LITTLE_ENDIAN);
      put(bytes, tensor, done, next - done);
      done = next;
    }
  }

  private static void put(ByteBuffer bytes, Tensor tensor, int from, int count) {
    switch (tensor.elementType()) {
      case FLOAT -> tensor.floats().slice(from, count).put(bytes.asFloatBuffer());
      case DOUBLE -> tensor.doubles().slice(from, count).put(bytes.asDoubleBuffer());
      case INT64 -> tensor.longs().slice(from, count).put(bytes.asLongBuffer());
      case INT32 -> tensor.ints().slice(from, count).put(bytes.asIntBuffer());
      default -> {
        int size = tensor.elementType().byteSize();
        copyRaw(
            bytes,
            size,
            tensor.rawBytes().slice(from * size, count * size).order(ByteOrder.nativeOrder()));
      }
    }
  }

  /** A copy of elements [from, to) of {@code tensor}. */
  private static byte[] copy(Tensor tensor, int from, int to) {
    int size = tensor.elementType().byteSize();
    int count = to - from;
    byte[] copy = new byte[Math.multiplyExact(count, size)];
    ByteBuffer bytes = ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
    switch (tensor.elementType()) {
      case FLOAT -> bytes.asFloatBuffer().put(tensor.floats().slice(from, count));
      case DOUBLE -> bytes.asDoubleBuffer().put(tensor.doubles().slice(from, count));
      case INT64 -> bytes.asLongBuffer().put(tensor.longs().slice(from, count));
      case INT32 -> bytes.asIntBuffer().put(tensor.ints().slice(from, count));
      default -> {
        ByteBuffer raw = tensor.rawBytes().slice(from * size, count * size);
        copyRaw(raw.order(ByteOrder.nativeOrder()), size, bytes);
      }
    }
    return copy;
  }

  /** Elements of {@code size} bytes, each buffer in the byte order that it says. */
  private static void copyRaw(ByteBuffer source, int size, ByteBuffer target) {
    switch (size) {
      case 1 -> target.put(source);
      case 2 -> target.asShortBuffer().put(source.asShortBuffer());
      case 4 -> target.asIntBuffer().put(source.asIntBuffer());
      case 8 -> target.asLongBuffer().put(source.asLongBuffer());
      default -> throw new IllegalStateException("no elements of " + size + " bytes");
    }
  }
}
