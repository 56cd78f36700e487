package org.ortnce.tensor;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;

/**
 * A table of any size whose rows are read when they are wanted, in pieces of some 1 MiB: of a .npy
 * file or of a supplier. Immutable; a part of its rows is a table too.
 */
public final class RowTable implements TensorData {
  /** What one read asks for: enough that the calls do not count, little beside any heap. */
  private static final int PIECE = 1 << 20;

  private final Source source;
  private final ElementType elementType;
  private final long[] shape;
  private final long first;
  private final long step;
  private final long rowBytes;

  private RowTable(Source source, ElementType elementType, long[] shape, long first, long step) {
    this.source = source;
    this.elementType = elementType;
    this.shape = shape;
    this.first = first;
    this.step = step;
    long[] row = shape.clone();
    row[0] = 1;
    this.rowBytes = Math.multiplyExact(Tensor.elementCount(row), (long) elementType.byteSize());
  }

  /**
   * A table that {@code rows} supplies.
   *
   * @param shape the shape, of rank 1 or more; its first dimension is the number of rows
   * @throws IllegalArgumentException if the type is string, or the shape has no rows dimension or
   *     rows of 2 GiB and more
   */
  public static RowTable of(ElementType elementType, RowReader rows, long... shape) {
    Objects.requireNonNull(rows, "rows");
    Objects.requireNonNull(elementType, "elementType");
    if (elementType == ElementType.STRING) {
      throw new IllegalArgumentException("elementType must have a fixed size, got string");
    }
    if (shape.length == 0) {
      throw new IllegalArgumentException("shape must have rows, got a scalar's");
    }
    Math.multiplyExact(Tensor.elementCount(shape), (long) elementType.byteSize());
    RowTable table =
        new RowTable(() -> new Opened(rows, () -> {}), elementType, shape.clone(), 0, 1);
    if (table.rowBytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "a row of shape "
              + Arrays.toString(shape)
              + " has "
              + table.rowBytes
              + " bytes, expected at most "
              + Integer.MAX_VALUE);
    }
    return table;
  }

  /** A float table [rows, dim] that {@code reader} supplies. */
  public static RowTable ofFloats(long rows, long dim, FloatRowReader reader) {
    Objects.requireNonNull(reader, "reader");
    return of(
        ElementType.FLOAT,
        (firstRow, target) -> {
          FloatBuffer floats = target.asFloatBuffer();
          reader.read(firstRow, floats);
          target.position(target.position() + floats.position() * Float.BYTES);
        },
        rows,
        dim);
  }

  /**
   * The array of a .npy file, of any length. The file is opened here to read its type and shape,
   * and each time the rows are read, when it must still have both.
   *
   * @throws IOException as {@link NpyFile#open} does
   */
  public static RowTable ofNpy(Path file) throws IOException {
    try (NpyFile npy = NpyFile.open(file)) {
      long[] shape = npy.shape();
      ElementType type = npy.elementType();
      if (npy.rowBytes() > Integer.MAX_VALUE) {
        throw new IOException(npy + ": has rows of more than 2 GiB");
      }
      return new RowTable(() -> open(file, type, shape), type, shape, 0, 1);
    }
  }

  private static Opened open(Path file, ElementType type, long[] shape) throws IOException {
    NpyFile npy = NpyFile.open(file);
    if (npy.elementType() != type || !Arrays.equals(npy.shape(), shape)) {
      npy.close();
      throw new IOException(
          npy + ": has changed, it was " + type.onnxName() + Arrays.toString(shape));
    }
    return new Opened(npy::read, npy);
  }

  /**
   * A range of the rows.
   *
   * @throws IllegalArgumentException if they are not all there
   */
  public RowTable rows(long from, long count) {
    if (from < 0 || count < 0 || from > shape[0] - count) {
      throw new IllegalArgumentException(
          count + " rows from " + from + " are not within [0, " + shape[0] + ")");
    }
    return part(from, 1, count);
  }

  /**
   * Row {@code from} and every {@code stride}-th after it. They are read one by one.
   *
   * @throws IllegalArgumentException unless {@code 0 <= from} and {@code 1 <= stride}
   */
  public RowTable everyNth(long from, long stride) {
    if (from < 0 || stride < 1) {
      throw new IllegalArgumentException(
          "from must be >= 0 and stride >= 1, got " + from + " and " + stride);
    }
    long count = from >= shape[0] ? 0 : (shape[0] - 1 - from) / stride + 1;
    return part(from, stride, count);
  }

  private RowTable part(long from, long stride, long count) {
    long[] partShape = shape.clone();
    partShape[0] = count;
    return new RowTable(source, elementType, partShape, first + from * step, step * stride);
  }

  @Override
  public ElementType elementType() {
    return elementType;
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  @Override
  public void writeLittleEndian(OutputStream out) throws IOException {
    long rows = rowBytes == 0 ? 0 : shape[0];
    if (rows == 0) {
      return;
    }
    long rowsAtOnce = Math.min(rows, Math.max(1, PIECE / rowBytes));
    byte[] piece = new byte[(int) (rowsAtOnce * rowBytes)];
    try (Opened opened = source.open()) {
      for (long done = 0; done < rows; ) {
        int count = (int) Math.min(rowsAtOnce, rows - done);
        fill(opened.rows, done, count, piece);
        out.write(piece, 0, (int) (count * rowBytes));
        done += count;
      }
    }
  }

  private void fill(RowReader rows, long from, int count, byte[] piece) throws IOException {
    if (step == 1) {
      read(rows, first + from, piece, 0, (int) (count * rowBytes));
      return;
    }
    for (int i = 0; i < count; i++) {
      read(rows, first + (from + i) * step, piece, (int) (i * rowBytes), (int) rowBytes);
    }
  }

  private void read(RowReader rows, long row, byte[] piece, int at, int length) throws IOException {
    ByteBuffer target = ByteBuffer.wrap(piece, at, length).slice().order(ByteOrder.LITTLE_ENDIAN);
    rows.read(row, target);
    if (target.hasRemaining()) {
      throw new IllegalStateException(
          "the reader of "
              + this
              + " left "
              + target.remaining()
              + " of "
              + length
              + " bytes from row "
              + row
              + " on unwritten");
    }
  }

  /** Type and shape, such as {@code float[1024, 128]}. */
  @Override
  public String toString() {
    return elementType.onnxName() + Arrays.toString(shape);
  }

  /** Opens the rows for one pass over them. */
  @FunctionalInterface
  private interface Source {
    Opened open() throws IOException;
  }

  private record Opened(RowReader rows, Closeable closeable) implements Closeable {
    @Override
    public void close() throws IOException {
      closeable.close();
    }
  }
}
