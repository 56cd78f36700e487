package org.ortnce.tensor;

/** The bits of float16 and bfloat16 numbers, to and from float. */
final class HalfFloats {
  /** The exponents of float16 and float differ by this much in their biases. */
  private static final int FLOAT16_BIAS = 112;

  private static final int FLOAT_INFINITY = 0x7f800000;
  private static final int FLOAT16_INFINITY = 0x7c00;

  /** The bits of 2^-14, the least normal float16. */
  private static final int LEAST_NORMAL_FLOAT16 = 0x38800000;

  /** The bits of 65520, which is half way from the greatest float16 to what would follow. */
  private static final int LEAST_INFINITE_FLOAT16 = 0x477ff000;

  private HalfFloats() {}

  /** The number that {@code bits} are in {@code type}, exactly. */
  static float toFloat(ElementType type, short bits) {
    return type == ElementType.BFLOAT16 ? Float.intBitsToFloat(bits << 16) : ofFloat16(bits);
  }

  private static float ofFloat16(short bits) {
    int sign = (bits & 0x8000) << 16;
    int magnitude = bits & 0x7fff;
    if (magnitude < 0x400) {
      float subnormal = magnitude * 0x1p-24f;
      return Float.intBitsToFloat(sign | Float.floatToRawIntBits(subnormal));
    }
    int exponent = magnitude < FLOAT16_INFINITY ? FLOAT16_BIAS << 23 : (2 * FLOAT16_BIAS) << 23;
    return Float.intBitsToFloat(sign | ((magnitude << 13) + exponent));
  }

  /** The bits of the number of {@code type} nearest to {@code x}, of two the even one. */
  static short ofFloat(ElementType type, float x) {
    int bits = Float.floatToRawIntBits(x);
    int magnitude = bits & 0x7fffffff;
    int sign = (bits >>> 16) & 0x8000;
    return (short)
        (sign | (type == ElementType.BFLOAT16 ? bfloat16(magnitude) : float16(magnitude)));
  }

  private static int bfloat16(int magnitude) {
    if (magnitude > FLOAT_INFINITY) {
      return (magnitude >>> 16) | 0x40;
    }
    return (magnitude + 0x7fff + ((magnitude >>> 16) & 1)) >>> 16;
  }

  private static int float16(int magnitude) {
    if (magnitude > FLOAT_INFINITY) {
      return FLOAT16_INFINITY | 0x200 | ((magnitude >>> 13) & 0x3ff);
    }
    if (magnitude >= LEAST_INFINITE_FLOAT16) {
      return FLOAT16_INFINITY;
    }
    if (magnitude < LEAST_NORMAL_FLOAT16) {
      // 0.5 has the unit of the subnormal numbers, 2^-24, so that the sum is a multiple of it.
      float rounded = Float.intBitsToFloat(magnitude) + 0.5f;
      return Float.floatToRawIntBits(rounded) - Float.floatToRawIntBits(0.5f);
    }
    int rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
    return (rounded - (FLOAT16_BIAS << 23)) >>> 13;
  }
}
