package org.ortnce.tensor;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.Objects;

/**
 * A dense row-major tensor in host memory: an element type, a shape and a buffer.
 *
 * <p>A tensor is a view: arrays and buffers given to {@code of} are not copied, so writes to them
 * are seen by later readers of the tensor. Direct buffers must be in the platform's byte order
 * (Java's default for direct byte buffers is big-endian); native code would read others as garbage.
 * The shape is fixed at creation and the number of elements must match it exactly.
 */
public final class Tensor implements TensorData {
  private final ElementType elementType;
  private final long[] shape;
  private final Buffer data;

  private Tensor(ElementType elementType, long[] shape, Buffer data) {
    this.elementType = elementType;
    this.shape = shape.clone();
    this.data = data;
    long wanted = elementCount(shape);
    if (data.remaining() != wanted) {
      throw new IllegalArgumentException(
          "shape "
              + Arrays.toString(shape)
              + " needs "
              + wanted
              + " elements, got "
              + data.remaining());
    }
  }

  /** A float tensor over {@code data}, not copied. */
  public static Tensor of(float[] data, long... shape) {
    return new Tensor(ElementType.FLOAT, shape, FloatBuffer.wrap(nonNull(data)));
  }

  /** A double tensor over {@code data}, not copied. */
  public static Tensor of(double[] data, long... shape) {
    return new Tensor(ElementType.DOUBLE, shape, DoubleBuffer.wrap(nonNull(data)));
  }

  /** An int64 tensor over {@code data}, not copied. */
  public static Tensor of(long[] data, long... shape) {
    return new Tensor(ElementType.INT64, shape, LongBuffer.wrap(nonNull(data)));
  }

  /** An int32 tensor over {@code data}, not copied. */
  public static Tensor of(int[] data, long... shape) {
    return new Tensor(ElementType.INT32, shape, IntBuffer.wrap(nonNull(data)));
  }

  /** A float tensor over the elements between position and limit of {@code data}, not copied. */
  public static Tensor of(FloatBuffer data, long... shape) {
    checkOrder(nonNull(data), data.order());
    return new Tensor(ElementType.FLOAT, shape, data.slice());
  }

  /** A double tensor over the elements between position and limit of {@code data}, not copied. */
  public static Tensor of(DoubleBuffer data, long... shape) {
    checkOrder(nonNull(data), data.order());
    return new Tensor(ElementType.DOUBLE, shape, data.slice());
  }

  /** An int64 tensor over the elements between position and limit of {@code data}, not copied. */
  public static Tensor of(LongBuffer data, long... shape) {
    checkOrder(nonNull(data), data.order());
    return new Tensor(ElementType.INT64, shape, data.slice());
  }

  /** An int32 tensor over the elements between position and limit of {@code data}, not copied. */
  public static Tensor of(IntBuffer data, long... shape) {
    checkOrder(nonNull(data), data.order());
    return new Tensor(ElementType.INT32, shape, data.slice());
  }

  /**
   * A tensor of any fixed-size type over the raw bytes between position and limit of {@code data},
   * not copied: a whole number of elements in the platform's byte order. A direct buffer must begin
   * at a multiple of the size of an element, as native code expects of its addresses.
   */
  public static Tensor of(ByteBuffer data, ElementType type, long... shape) {
    nonNull(data);
    Objects.requireNonNull(type, "type");
    if (type == ElementType.STRING) {
      throw new IllegalArgumentException("a string tensor cannot be made of raw bytes");
    }
    if (type.byteSize() > 1) {
      checkOrder(data, data.order());
      checkAlignment(data, type);
    }
    long bytes = byteCount(type, shape);
    if (data.remaining() != bytes) {
      throw new IllegalArgumentException(
          "shape "
              + Arrays.toString(shape)
              + " of "
              + type.onnxName()
              + " needs "
              + bytes
              + " bytes, got "
              + data.remaining());
    }
    ByteBuffer view = data.slice().order(data.order());
    return switch (type) {
      case FLOAT -> new Tensor(type, shape, view.asFloatBuffer());
      case DOUBLE -> new Tensor(type, shape, view.asDoubleBuffer());
      case INT64 -> new Tensor(type, shape, view.asLongBuffer());
      case INT32 -> new Tensor(type, shape, view.asIntBuffer());
      default -> new Tensor(type, view, shape);
    };
  }

  /** Raw storage: the buffer counts bytes, not elements, and the caller has checked its size. */
  private Tensor(ElementType elementType, ByteBuffer raw, long[] shape) {
    this.elementType = elementType;
    this.shape = shape.clone();
    this.data = raw;
  }

  /** A [rows, columns] float tensor, copied; every row must have the same length. */
  public static Tensor of(float[][] rows) {
    nonNull(rows);
    int columns = rows.length == 0 || rows[0] == null ? 0 : rows[0].length;
    float[] flat = new float[Math.multiplyExact(rows.length, columns)];
    for (int i = 0; i < rows.length; i++) {
      checkRow(i, rows[i] == null ? -1 : rows[i].length, columns);
      System.arraycopy(rows[i], 0, flat, i * columns, columns);
    }
    return of(flat, rows.length, columns);
  }

  /** A [rows, columns] int64 tensor, copied; every row must have the same length. */
  public static Tensor of(long[][] rows) {
    nonNull(rows);
    int columns = rows.length == 0 || rows[0] == null ? 0 : rows[0].length;
    long[] flat = new long[Math.multiplyExact(rows.length, columns)];
    for (int i = 0; i < rows.length; i++) {
      checkRow(i, rows[i] == null ? -1 : rows[i].length, columns);
      System.arraycopy(rows[i], 0, flat, i * columns, columns);
    }
    return of(flat, rows.length, columns);
  }

  /** An int64 scalar (rank 0). */
  public static Tensor scalar(long value) {
    return of(new long[] {value});
  }

  /** A float scalar (rank 0). */
  public static Tensor scalar(float value) {
    return of(new float[] {value});
  }

  /** A zeroed float tensor in a direct buffer of the platform's byte order. */
  public static Tensor allocateFloats(long... shape) {
    return of(allocate(ElementType.FLOAT, shape).asFloatBuffer(), shape);
  }

  /** A zeroed int64 tensor in a direct buffer of the platform's byte order. */
  public static Tensor allocateLongs(long... shape) {
    return of(allocate(ElementType.INT64, shape).asLongBuffer(), shape);
  }

  private static ByteBuffer allocate(ElementType type, long... shape) {
    long bytes = byteCount(type, shape);
    if (bytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "a Java buffer holds at most " + Integer.MAX_VALUE + " bytes, " + bytes + " are needed");
    }
    return ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.nativeOrder());
  }

  @Override
  public ElementType elementType() {
    return elementType;
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  /** The number of dimensions. */
  public int rank() {
    return shape.length;
  }

  /** The size of dimension {@code axis}. */
  public long dim(int axis) {
    return shape[axis];
  }

  /** The number of elements. */
  public long elementCount() {
    return elementCount(shape);
  }

  /** The same elements under another shape of equal size. */
  public Tensor reshape(long... newShape) {
    long wanted = elementCount(newShape);
    if (wanted != elementCount()) {
      throw new IllegalArgumentException(
          "cannot reshape " + this + " to " + Arrays.toString(newShape));
    }
    return data instanceof ByteBuffer raw
        ? new Tensor(elementType, raw, newShape)
        : new Tensor(elementType, newShape, data);
  }

  /**
   * Rows {@code first} to {@code first + count} along the first dimension, a view of the same
   * memory.
   *
   * @throws IndexOutOfBoundsException if the tensor has no such rows
   */
  public Tensor rows(long first, long count) {
    Objects.checkFromIndexSize(first, count, shape[0]);
    long[] part = shape.clone();
    part[0] = 1;
    long rowSize = elementCount(part);
    part[0] = count;
    // A tensor fits into one Java buffer, so its indices are ints.
    int start = (int) (first * rowSize);
    int length = (int) (count * rowSize);
    return switch (elementType) {
      case FLOAT -> of(floats().slice(start, length), part);
      case DOUBLE -> of(doubles().slice(start, length), part);
      case INT64 -> of(longs().slice(start, length), part);
      case INT32 -> of(ints().slice(start, length), part);
      default -> {
        int size = elementType.byteSize();
        ByteBuffer bytes = rawBytes();
        yield of(bytes.slice(start * size, length * size).order(bytes.order()), elementType, part);
      }
    };
  }

  /** The elements of a float tensor; position 0, limit {@link #elementCount()}. */
  public FloatBuffer floats() {
    expect(ElementType.FLOAT);
    return ((FloatBuffer) data).duplicate();
  }

  /** The elements of a double tensor. */
  public DoubleBuffer doubles() {
    expect(ElementType.DOUBLE);
    return ((DoubleBuffer) data).duplicate();
  }

  /** The elements of an int64 tensor. */
  public LongBuffer longs() {
    expect(ElementType.INT64);
    return ((LongBuffer) data).duplicate();
  }

  /** The elements of an int32 tensor. */
  public IntBuffer ints() {
    expect(ElementType.INT32);
    return ((IntBuffer) data).duplicate();
  }

  /**
   * The raw bytes of a tensor whose type has no buffer of its own in Java (float16, bool, int8...);
   * {@link #asType} and {@link #toFloatArray} give the numbers of the half types.
   */
  public ByteBuffer rawBytes() {
    if (data instanceof ByteBuffer raw) {
      return raw.duplicate().order(raw.order());
    }
    throw new IllegalStateException("tensor is " + elementType.onnxName() + ": use its typed view");
  }

  /**
   * Writes the elements, row-major, as little-endian bytes: what .npy files and ONNX models hold.
   * In pieces, so that no copy of the whole is made.
   *
   * @throws IllegalStateException for a string tensor
   */
  @Override
  public void writeLittleEndian(OutputStream out) throws IOException {
    LittleEndian.write(this, out);
  }

  /** A fresh array of the elements of a float, float16 or bfloat16 tensor. */
  public float[] toFloatArray() {
    FloatBuffer view = elementType.widensToFloat() ? asType(ElementType.FLOAT).floats() : floats();
    float[] copy = new float[view.remaining()];
    view.get(copy);
    return copy;
  }

  /** A fresh array of the elements of an int64 tensor. */
  public long[] toLongArray() {
    LongBuffer view = longs();
    long[] copy = new long[view.remaining()];
    view.get(copy);
    return copy;
  }

  /** The same numbers in another type: this tensor itself, or a copy in a direct buffer. */
  @Override
  public Tensor asType(ElementType type) {
    try {
      return ConvertedData.of(this, type).toTensor();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // there is no file behind a tensor
    }
  }

  /** This tensor itself. */
  @Override
  public Tensor toTensor() {
    return this;
  }

  /** Whether the elements lie outside the Java heap, where native code reads them in place. */
  public boolean isDirect() {
    return data.isDirect();
  }

  /** Whether the elements cannot be written to through the views of this tensor. */
  public boolean isReadOnly() {
    return data.isReadOnly();
  }

  /** Type and shape, such as {@code float[1024, 128]}. */
  @Override
  public String toString() {
    return elementType.onnxName() + Arrays.toString(shape);
  }

  /**
   * The number of bytes of a tensor; 0 for strings, which have no fixed size.
   *
   * @throws IllegalArgumentException if a dimension is negative or the product overflows
   */
  public static long byteCount(ElementType type, long... shape) {
    long elements = elementCount(shape);
    int byteSize = type.byteSize();
    if (byteSize > 0 && elements > Long.MAX_VALUE / byteSize) {
      throw new IllegalArgumentException(
          "shape " + Arrays.toString(shape) + " has more than 2^63-1 bytes");
    }
    return elements * byteSize;
  }

  /**
   * The number of elements of a shape.
   *
   * @throws IllegalArgumentException if a dimension is negative or the product overflows
   */
  public static long elementCount(long... shape) {
    Objects.requireNonNull(shape, "shape");
    long count = 1;
    boolean empty = false;
    for (int i = 0; i < shape.length; i++) {
      if (shape[i] < 0) {
        throw new IllegalArgumentException(
            "shape " + Arrays.toString(shape) + ": dimension " + i + " is negative");
      }
      empty |= shape[i] == 0;
    }
    if (empty) {
      return 0;
    }
    for (long dim : shape) {
      if (count > Long.MAX_VALUE / dim) {
        throw new IllegalArgumentException(
            "shape " + Arrays.toString(shape) + " has more than 2^63-1 elements");
      }
      count *= dim;
    }
    return count;
  }

  private void expect(ElementType wanted) {
    if (elementType != wanted) {
      throw new IllegalStateException("tensor is " + this + ", not " + wanted.onnxName());
    }
  }

  private static <T> T nonNull(T data) {
    return Objects.requireNonNull(data, "data");
  }

  private static void checkRow(int row, int found, int columns) {
    if (found < 0) {
      throw new IllegalArgumentException("row " + row + " is null");
    }
    if (found != columns) {
      throw new IllegalArgumentException(
          "row " + row + " has " + found + " elements, row 0 has " + columns);
    }
  }

  private static void checkOrder(Buffer buffer, ByteOrder order) {
    if (order != ByteOrder.nativeOrder()) {
      throw new IllegalArgumentException(
          "byte order of the "
              + (buffer.isDirect() ? "direct" : "heap")
              + " buffer is "
              + order
              + ", expected "
              + ByteOrder.nativeOrder()
              + ": call order(ByteOrder.nativeOrder()) on the ByteBuffer");
    }
  }

  private static void checkAlignment(ByteBuffer data, ElementType type) {
    int past = data.isDirect() ? data.alignmentOffset(data.position(), type.byteSize()) : 0;
    if (past != 0) {
      throw new IllegalArgumentException(
          "the direct buffer begins "
              + past
              + " bytes after an address that "
              + type.onnxName()
              + " elements may have, expected a multiple of "
              + type.byteSize()
              + ": copy it, or begin at another position");
    }
  }
}
