package org.ortnce.tensor;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The elements of a dense row-major tensor, wherever they are: in memory ({@link Tensor}), in a
 * file, or made when they are asked for ({@link RowTable}). They may be more than a Java buffer
 * holds, and are read from the first to the last.
 */
public interface TensorData {
  /** The element type; never {@link ElementType#STRING} for data that is not a {@link Tensor}. */
  ElementType elementType();

  /** The shape, a fresh copy; empty for a scalar. */
  long[] shape();

  /**
   * Writes all elements as little-endian bytes, in pieces: no copy of the whole is made. May be
   * called more than once, and then writes the same bytes.
   *
   * @throws IOException if the elements cannot be read or written
   */
  void writeLittleEndian(OutputStream out) throws IOException;

  /** The bytes that {@link #writeLittleEndian} writes. */
  default long byteSize() {
    return Math.multiplyExact(Tensor.elementCount(shape()), (long) elementType().byteSize());
  }

  /**
   * The elements as a tensor: those of a file are mapped, so that reading them costs no heap; those
   * that are made are made now.
   *
   * @throws IllegalStateException if they are more than the 2 GiB a Java buffer holds
   * @throws IOException if they cannot be read
   */
  default Tensor toTensor() throws IOException {
    checkFitsBuffer(this);
    ByteBuffer bytes = ByteBuffer.allocateDirect((int) byteSize()).order(ByteOrder.LITTLE_ENDIAN);
    writeLittleEndian(
        new OutputStream() {
          @Override
          public void write(int b) {
            bytes.put((byte) b);
          }

          @Override
          public void write(byte[] piece, int offset, int length) {
            bytes.put(piece, offset, length);
          }
        });
    return Tensor.of(bytes.flip(), elementType(), shape());
  }

  /**
   * The same numbers in another type: exactly in float, rounded to nearest (ties to even) in
   * float16 or bfloat16. Data that is not in memory is converted in pieces while it is written.
   *
   * @throws IllegalArgumentException unless both types are float, float16 or bfloat16
   */
  default TensorData asType(ElementType type) {
    return ConvertedData.of(this, type);
  }

  private static void checkFitsBuffer(TensorData data) {
    if (data.byteSize() > Integer.MAX_VALUE) {
      throw new IllegalStateException(
          data + " has " + data.byteSize() + " bytes, a tensor holds at most " + Integer.MAX_VALUE);
    }
  }
}
