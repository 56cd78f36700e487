package org.ortnce.tensor;

/** The element types of ONNX tensors that this library reads, writes or passes on. */
public enum ElementType {
  FLOAT(1, 4),
  UINT8(2, 1),
  INT8(3, 1),
  UINT16(4, 2),
  INT16(5, 2),
  INT32(6, 4),
  INT64(7, 8),
  STRING(8, 0),
  BOOL(9, 1),
  FLOAT16(10, 2),
  DOUBLE(11, 8),
  UINT32(12, 4),
  UINT64(13, 8),
  BFLOAT16(16, 2);

  private final int onnxCode;
  private final int byteSize;

  ElementType(int onnxCode, int byteSize) {
    this.onnxCode = onnxCode;
    this.byteSize = byteSize;
  }

  /** The number that {@code TensorProto.DataType} gives this type. */
  public int onnxCode() {
    return onnxCode;
  }

  /** Bytes an element takes; 0 for {@link #STRING}, which has no fixed size. */
  public int byteSize() {
    return byteSize;
  }

  /** Whether this is one of the floating-point types. */
  public boolean isFloatingPoint() {
    return this == FLOAT || this == DOUBLE || this == FLOAT16 || this == BFLOAT16;
  }

  /** Whether float holds every number of this type: float, float16 and bfloat16. */
  public boolean widensToFloat() {
    return this == FLOAT || this == FLOAT16 || this == BFLOAT16;
  }

  /** Whether this is a signed or unsigned integer type. */
  public boolean isInteger() {
    return this != STRING && this != BOOL && !isFloatingPoint();
  }

  /**
   * The type of a {@code TensorProto.DataType} number.
   *
   * @throws IllegalArgumentException if no type here has that number
   */
  public static ElementType ofOnnxCode(int code) {
    for (ElementType type : values()) {
      if (type.onnxCode == code) {
        return type;
      }
    }
    throw new IllegalArgumentException("unsupported ONNX element type number " + code);
  }

  /** The name ONNX uses in type strings, such as {@code float} or {@code int64}. */
  public String onnxName() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
