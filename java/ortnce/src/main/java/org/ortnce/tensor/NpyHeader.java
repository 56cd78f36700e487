package org.ortnce.tensor;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** The header of a .npy array: type, shape and where the elements begin. */
final class NpyHeader {
  /** A header holds a short dictionary; one of record types would be refused anyway. */
  private static final int MAX_LENGTH = 1 << 16;

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  /** NumPy starts the elements at a multiple of this. */
  private static final int ALIGNMENT = 64;

  private final ElementType elementType;
  private final long[] shape;
  private final int length;

  private NpyHeader(ElementType elementType, long[] shape, int length) {
    this.elementType = elementType;
    this.shape = shape;
    this.length = length;
  }

  ElementType elementType() {
    return elementType;
  }

  long[] shape() {
    return shape;
  }

  /** The bytes of magic, version, length and dictionary: the elements follow. */
  int length() {
    return length;
  }

  /** The bytes the elements take. */
  long dataBytes() {
    return Tensor.elementCount(shape) * elementType.byteSize();
  }

  /**
   * Compares the size of a whole file with what this header wants.
   *
   * @throws IOException if they differ
   */
  void checkFileSize(long size, String source) throws IOException {
    if (size - length != dataBytes()) {
      throw new IOException(
          source
              + ": has "
              + (size - length)
              + " bytes of elements, its header wants "
              + dataBytes()
              + " for "
              + elementType.onnxName()
              + Arrays.toString(shape));
    }
  }

  /**
   * Compares type and shape with those wanted.
   *
   * @throws IOException if they differ
   */
  void checkIs(ElementType wantedType, long[] wantedShape, String source) throws IOException {
    if (elementType != wantedType || !Arrays.equals(shape, wantedShape)) {
      throw new IOException(
          source
              + ": is "
              + elementType.onnxName()
              + Arrays.toString(shape)
              + ", expected "
              + wantedType.onnxName()
              + Arrays.toString(wantedShape));
    }
  }

  /**
   * Reads a header.
   *
   * @param source the file, for messages
   * @throws IOException if it is malformed or of an array that cannot be a {@link Tensor}
   */
  static NpyHeader read(InputStream stream, String source) throws IOException {
    DataInputStream in = new DataInputStream(stream);
    try {
      byte[] magic = new byte[MAGIC.length];
      in.readFully(magic);
      if (!Arrays.equals(magic, MAGIC)) {
        throw new IOException(source + ": is not a .npy file: it does not begin with \\x93NUMPY");
      }
      int major = in.readUnsignedByte();
      int minor = in.readUnsignedByte();
      if (major < 1 || major > 3 || minor != 0) {
        throw new IOException(
            source + ": has .npy version " + major + "." + minor + ", expected 1.0, 2.0 or 3.0");
      }
      int prefix = major == 1 ? 10 : 12;
      long length =
          major == 1
              ? Short.toUnsignedInt(Short.reverseBytes(in.readShort()))
              : Integer.toUnsignedLong(Integer.reverseBytes(in.readInt()));
      if (length > MAX_LENGTH) {
        throw new IOException(
            source + ": has a header of " + length + " bytes, expected at most " + MAX_LENGTH);
      }
      byte[] text = new byte[(int) length];
      in.readFully(text);
      String dictionary =
          new String(text, major == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
      return of(new NpyDictionary(dictionary, source), prefix + (int) length, source);
    } catch (EOFException e) {
      throw new IOException(source + ": ends within the .npy header", e);
    }
  }

  private static NpyHeader of(NpyDictionary dictionary, int length, String source)
      throws IOException {
    ElementType type = type(dictionary.descr(), source);
    long[] shape = dictionary.shape();
    if (dictionary.fortranOrder() && shape.length > 1) {
      throw new IOException(
          source
              + ": is in Fortran (column-major) order, expected C order: save"
              + " numpy.ascontiguousarray(a)");
    }
    try {
      Math.multiplyExact(Tensor.elementCount(shape), (long) type.byteSize());
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw new IOException(source + ": has a shape that is too large", e);
    }
    return new NpyHeader(type, shape, length);
  }

  private static ElementType type(String descr, String source) throws IOException {
    ElementType type = descr.length() < 2 ? null : ofNumpy(descr.substring(1));
    char order = descr.isEmpty() ? ' ' : descr.charAt(0);
    if (type != null && order == '>' && type.byteSize() > 1) {
      throw new IOException(
          source
              + ": has big-endian elements '"
              + descr
              + "', expected little-endian: save a.astype(a.dtype.newbyteorder('<'))");
    }
    if (type == null || "<|=>".indexOf(order) < 0) {
      throw new IOException(
          source
              + ": has elements of type '"
              + descr
              + "', expected one of f2, f4, f8, i1, i2, i4, i8, u1, u2, u4, u8, b1 or, for bfloat16, V2");
    }
    return type;
  }

  private static ElementType ofNumpy(String code) {
    for (ElementType type : ElementType.values()) {
      if (code.equals(numpy(type))) {
        return type;
      }
    }
    return null;
  }

  /** NumPy's name of a type without the byte order, or null if it has none. */
  private static String numpy(ElementType type) {
    return switch (type) {
      case FLOAT, DOUBLE, FLOAT16 -> "f" + type.byteSize();
      case INT8, INT16, INT32, INT64 -> "i" + type.byteSize();
      case UINT8, UINT16, UINT32, UINT64 -> "u" + type.byteSize();
      case BOOL -> "b1";
      // NumPy has no bfloat16: it saves arrays of the type that ml_dtypes adds as plain bytes.
      case BFLOAT16 -> "V2";
      case STRING -> null;
    };
  }

  /**
   * The header of a tensor, version 1.0, padded so that the elements are aligned.
   *
   * @throws IllegalArgumentException if NumPy has no such element type
   */
  static byte[] write(Tensor tensor) {
    String code = numpy(tensor.elementType());
    if (code == null) {
      throw new IllegalArgumentException(
          "tensor is " + tensor + ", and .npy has no such element type");
    }
    String sizes = Arrays.toString(tensor.shape());
    sizes = sizes.substring(1, sizes.length() - 1) + (tensor.rank() == 1 ? "," : "");
    String dictionary =
        String.format(
            Locale.ROOT,
            "{'descr': '%s%s', 'fortran_order': False, 'shape': (%s), }",
            tensor.elementType().byteSize() == 1 ? "|" : "<",
            code,
            sizes);
    int used = MAGIC.length + 4 + dictionary.length() + 1;
    int total = (used + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    int length = total - MAGIC.length - 4;
    if (length > 0xFFFF) {
      throw new IllegalArgumentException("a shape of rank " + tensor.rank() + " is too long");
    }
    byte[] header = Arrays.copyOf(MAGIC, total);
    Arrays.fill(header, MAGIC.length, total, (byte) ' ');
    header[6] = 1;
    header[7] = 0;
    header[8] = (byte) length;
    header[9] = (byte) (length >>> 8);
    byte[] text = dictionary.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(text, 0, header, MAGIC.length + 4, text.length);
    header[total - 1] = '\n';
    return header;
  }
}
