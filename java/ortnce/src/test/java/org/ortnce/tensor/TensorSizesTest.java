package org.ortnce.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/** Sizes that no number holds are refused with the shape that asked for them. */
class TensorSizesTest {
  private static final long LARGE = 1L << 62;

  @Test
  void bytesBeyondLong() {
    String message = "shape [4611686018427387904] has more than 2^63-1 bytes";
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Tensor.allocateFloats(LARGE))
        .withMessage(message);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Tensor.allocateLongs(LARGE))
        .withMessage(message);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Tensor.of(
                    ByteBuffer.allocate(0).order(ByteOrder.nativeOrder()),
                    ElementType.FLOAT16,
                    LARGE))
        .withMessageStartingWith("shape [4611686018427387904]");
  }

  @Test
  void rowsOutsideTheTensor() {
    Tensor tensor = Tensor.of(new float[6], 3, 2);
    for (long[] range : new long[][] {{-1, 1}, {2, 2}, {0, 4}, {3, -1}, {1L << 62, 1}}) {
      assertThatExceptionOfType(IndexOutOfBoundsException.class)
          .isThrownBy(() -> tensor.rows(range[0], range[1]));
    }
    assertThat(tensor.rows(3, 0)).hasToString("float[0, 2]");
  }

  @Test
  void elementsBeyondLong() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Tensor.allocateFloats(LARGE, 2))
        .withMessage("shape [4611686018427387904, 2] has more than 2^63-1 elements");
  }
}
