package org.ortnce.cli.evaluate;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Npy;
import org.ortnce.tensor.NpyFile;
import org.ortnce.tensor.Tensor;

/** An array of rank 1 or more whose rows are wanted batch by batch. */
public interface Rows extends Closeable {
  /** The element type. */
  ElementType elementType();

  /** The shape, a fresh copy; its first dimension is the number of rows. */
  long[] shape();

  /** Rows {@code from} to {@code from + count}. The next call may overwrite them. */
  Tensor rows(long from, int count) throws IOException;

  @Override
  default void close() throws IOException {}

  /** The number of rows. */
  default long size() {
    return shape()[0];
  }

  /**
   * All rows at once.
   *
   * @throws IOException if they are more than a tensor holds
   */
  Tensor all() throws IOException;

  /** Of a tensor, of which the rows are views. */
  static Rows of(Tensor tensor) {
    return new Rows() {
      @Override
      public ElementType elementType() {
        return tensor.elementType();
      }

      @Override
      public long[] shape() {
        return tensor.shape();
      }

      @Override
      public Tensor rows(long from, int count) {
        return tensor.rows(from, count);
      }

      @Override
      public Tensor all() {
        return tensor;
      }
    };
  }

  /**
   * Of a .npy file: mapped, or read batch by batch if it is too long for that.
   *
   * @throws IOException as {@link Npy#read} and {@link NpyFile#open} do
   */
  static Rows open(Path file) throws IOException {
    return Files.exists(file) && Files.size(file) > Integer.MAX_VALUE
        ? stream(file)
        : of(Npy.read(file));
  }

  /** Of a .npy file of any length, read into one buffer. */
  static Rows stream(Path file) throws IOException {
    NpyFile npy = NpyFile.open(file);
    return new Rows() {
      private ByteBuffer buffer = ByteBuffer.allocateDirect(0);

      @Override
      public ElementType elementType() {
        return npy.elementType();
      }

      @Override
      public long[] shape() {
        return npy.shape();
      }

      @Override
      public Tensor rows(long from, int count) throws IOException {
        long bytes = count * npy.rowBytes();
        if (bytes > Integer.MAX_VALUE) {
          throw new IOException(
              npy + ": " + count + " rows are " + bytes + " bytes: make --batch-size smaller");
        }
        if (buffer.capacity() < bytes) {
          buffer = ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.nativeOrder());
        }
        buffer.clear().limit((int) bytes);
        npy.read(from, buffer);
        long[] shape = npy.shape();
        shape[0] = count;
        return Tensor.of(buffer.flip().slice().order(buffer.order()), elementType(), shape);
      }

      @Override
      public Tensor all() throws IOException {
        return Npy.read(file);
      }

      @Override
      public void close() throws IOException {
        npy.close();
      }
    };
  }
}
