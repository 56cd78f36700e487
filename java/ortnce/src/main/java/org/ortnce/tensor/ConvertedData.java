package org.ortnce.tensor;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The numbers of other data in another type, converted piece by piece as they are written. */
final class ConvertedData implements TensorData {
  private static final int PIECE = 1 << 16;

  private final TensorData source;
  private final ElementType type;

  private ConvertedData(TensorData source, ElementType type) {
    this.source = source;
    this.type = type;
  }

  /**
   * {@code source} in {@code type}.
   *
   * @throws IllegalArgumentException unless both types are float, float16 or bfloat16
   */
  static TensorData of(TensorData source, ElementType type) {
    if (source.elementType() == type) {
      return source;
    }
    if (!source.elementType().widensToFloat() || !type.widensToFloat()) {
      throw new IllegalArgumentException(
          "types must be float, float16 or bfloat16, got "
              + source.elementType().onnxName()
              + " to be converted to "
              + type.onnxName());
    }
    return new ConvertedData(source, type);
  }

  @Override
  public ElementType elementType() {
    return type;
  }

  @Override
  public long[] shape() {
    return source.shape();
  }

  @Override
  public void writeLittleEndian(OutputStream out) throws IOException {
    Converter converter = new Converter(out);
    source.writeLittleEndian(converter);
    converter.convert();
  }

  /** Type and shape, such as {@code float16[1024, 128]}. */
  @Override
  public String toString() {
    return type.onnxName() + Arrays.toString(shape());
  }

  /** Collects the bytes of whole elements and passes them on in the other type. */
  private final class Converter extends OutputStream {
    private final OutputStream out;
    private final ElementType from = source.elementType();
    private final ByteBuffer collected = littleEndian(new byte[PIECE]);

    Converter(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      for (int done = 0; done < length; ) {
        int count = Math.min(length - done, collected.remaining());
        collected.put(bytes, offset + done, count);
        done += count;
        if (!collected.hasRemaining()) {
          convert();
        }
      }
    }

    void convert() throws IOException {
      collected.flip();
      int count = collected.remaining() / from.byteSize();
      byte[] bytes = new byte[count * type.byteSize()];
      ByteBuffer converted = littleEndian(bytes);
      for (int i = 0; i < count; i++) {
        float x =
            from == ElementType.FLOAT
                ? collected.getFloat()
                : HalfFloats.toFloat(from, collected.getShort());
        if (type == ElementType.FLOAT) {
          converted.putFloat(x);
        } else {
          converted.putShort(HalfFloats.ofFloat(type, x));
        }
      }
      out.write(bytes);
      collected.clear();
    }

    private ByteBuffer littleEndian(byte[] bytes) {
      return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
  }
}
