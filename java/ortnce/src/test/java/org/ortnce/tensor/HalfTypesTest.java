package org.ortnce.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Numbers as float16 and bfloat16 against their definition in double. */
class HalfTypesTest {
  @ParameterizedTest
  @EnumSource(names = {"FLOAT16", "BFLOAT16"})
  void everyPatternIsItsNumber(ElementType type) {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float x = HalfFloats.toFloat(type, (short) bits);
      if ((bits & 0x7fff) > infinity(type)) {
        assertThat(x).isNaN();
        assertThat(HalfFloats.ofFloat(type, x) & 0x7fff).isGreaterThan(infinity(type));
      } else {
        double expected = value(type, bits);
        assertThat((double) x).isEqualTo(expected);
        assertThat(HalfFloats.ofFloat(type, x)).isEqualTo((short) bits);
      }
    }
  }

  /** Midpoints of neighbours go to the even one, the floats beside them to the nearer one. */
  @ParameterizedTest
  @EnumSource(names = {"FLOAT16", "BFLOAT16"})
  void roundingIsToNearestEven(ElementType type) {
    for (int bits = 0; bits < infinity(type); bits++) {
      double low = value(type, bits);
      double high =
          bits + 1 == infinity(type) ? 2 * low - value(type, bits - 1) : value(type, bits + 1);
      float middle = (float) ((low + high) / 2);
      assertThat((double) middle).isEqualTo((low + high) / 2);
      assertThat((int) HalfFloats.ofFloat(type, middle)).isEqualTo(bits + (bits & 1));
      assertThat((int) HalfFloats.ofFloat(type, Math.nextDown(middle))).isEqualTo(bits);
      assertThat((int) HalfFloats.ofFloat(type, Math.nextUp(middle))).isEqualTo(bits + 1);
      assertThat(HalfFloats.ofFloat(type, -middle) & 0xffff)
          .isEqualTo(0x8000 | (bits + (bits & 1)));
    }
    for (float x : new float[] {Float.MAX_VALUE, Float.POSITIVE_INFINITY}) {
      assertThat((int) HalfFloats.ofFloat(type, x)).isEqualTo(infinity(type));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT16", "BFLOAT16"})
  void tensorsAreConvertedAndRead(ElementType type) {
    Tensor floats = Tensor.of(new float[] {1.5f, -0.25f, 3e-5f, 0, 65504, -1 / 3f}, 2, 3);
    Tensor half = floats.asType(type);
    assertThat(half.toString()).isEqualTo(type.onnxName() + "[2, 3]");
    assertThat(half.isDirect()).isTrue();
    assertThat(half.asType(type)).isSameAs(half);
    float[] back = half.toFloatArray();
    assertThat(back[0]).isEqualTo(1.5f);
    for (int i = 0; i < back.length; i++) {
      float x = floats.floats().get(i);
      assertThat(back[i]).isEqualTo(HalfFloats.toFloat(type, HalfFloats.ofFloat(type, x)));
    }
    assertThat(half.asType(ElementType.FLOAT).toFloatArray()).isEqualTo(back);
  }

  @Test
  void otherTypesAreRefused() {
    Tensor longs = Tensor.of(new long[] {1}, 1);
    assertThatThrownBy(() -> longs.asType(ElementType.FLOAT16))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("float, float16 or bfloat16", "int64");
    assertThatThrownBy(() -> Tensor.scalar(1f).asType(ElementType.DOUBLE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("double");
    assertThatThrownBy(longs::toFloatArray).isInstanceOf(IllegalStateException.class);
  }

  /** Rows that come in pieces of any length, cut in the middle of a number. */
  @Test
  void dataIsConvertedAsItIsWritten() throws IOException {
    long rows = 50_000;
    Random random = new Random(1);
    float[] numbers = new float[(int) rows * 3];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    Tensor tensor = Tensor.of(numbers, rows, 3);
    TensorData cut =
        new TensorData() {
          @Override
          public ElementType elementType() {
            return ElementType.FLOAT;
          }

          @Override
          public long[] shape() {
            return tensor.shape();
          }

          @Override
          public void writeLittleEndian(java.io.OutputStream out) throws IOException {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            tensor.writeLittleEndian(all);
            byte[] bytes = all.toByteArray();
            for (int at = 0, step = 1; at < bytes.length; at += step, step = step % 977 + 1) {
              out.write(bytes, at, Math.min(step, bytes.length - at));
            }
          }
        };
    TensorData half = cut.asType(ElementType.BFLOAT16);
    assertThat(half.byteSize()).isEqualTo(2L * numbers.length);
    assertThat(half.toTensor().toFloatArray())
        .isEqualTo(tensor.asType(ElementType.BFLOAT16).toFloatArray());
  }

  /** float16 is NumPy's f2; bfloat16 is what ml_dtypes saves: pairs of bytes, V2. */
  @ParameterizedTest
  @EnumSource(names = {"FLOAT16", "BFLOAT16"})
  void npyFilesHoldThem(ElementType type, @TempDir Path folder) throws IOException {
    Tensor half = Tensor.of(new float[] {1, 2.5f, -3, 0.125f}, 2, 2).asType(type);
    Path file = folder.resolve("half.npy");
    Npy.write(file, half);
    String header = new String(java.nio.file.Files.readAllBytes(file), 10, 20, ISO);
    assertThat(header).contains(type == ElementType.FLOAT16 ? "'<f2'" : "'<V2'");
    Tensor read = Npy.read(file);
    assertThat(read.elementType()).isEqualTo(type);
    assertThat(read.toFloatArray()).isEqualTo(half.toFloatArray());
    RowTable rows = RowTable.ofNpy(file);
    assertThat(rows.asType(ElementType.FLOAT).toTensor().toFloatArray())
        .isEqualTo(half.toFloatArray());
    try (NpyFile open = NpyFile.open(file)) {
      assertThat(open.map(1, 1).toFloatArray()).containsExactly(-3, 0.125f);
    }
  }

  private static final java.nio.charset.Charset ISO = java.nio.charset.StandardCharsets.ISO_8859_1;

  private static int infinity(ElementType type) {
    return type == ElementType.FLOAT16 ? 0x7c00 : 0x7f80;
  }

  private static double value(ElementType type, int bits) {
    int fractionBits = type == ElementType.FLOAT16 ? 10 : 7;
    int leastExponent = type == ElementType.FLOAT16 ? -14 : -126;
    int exponent = (bits & 0x7fff) >> fractionBits;
    int fraction = bits & ((1 << fractionBits) - 1);
    double sign = (bits & 0x8000) == 0 ? 1 : -1;
    if ((bits & 0x7fff) == infinity(type)) {
      return sign * Double.POSITIVE_INFINITY;
    }
    int implied = exponent == 0 ? 0 : 1 << fractionBits;
    return sign
        * Math.scalb(
            (double) (fraction + implied),
            leastExponent - fractionBits + Math.max(exponent - 1, 0));
  }
}
