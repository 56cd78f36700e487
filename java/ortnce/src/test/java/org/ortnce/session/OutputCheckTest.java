package org.ortnce.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** Which memory an output is written to, and which is refused before any native call. */
class OutputCheckTest {
  private static final TensorSpec Y =
      new TensorSpec(
          "y",
          ElementType.FLOAT,
          List.of(new DimensionSpec(-1, "n"), new DimensionSpec(3, ""), new DimensionSpec(0, "")));

  private static void check(Set<String> copied, Tensor target) {
    Map<String, Tensor> targets = new HashMap<>();
    targets.put("y", target);
    OutputCheck.check(Map.of("y", Y), copied, targets);
  }

  private static Tensor floats(long... shape) {
    return Tensor.allocateFloats(shape);
  }

  private static void assertRefused(Tensor target, String message) {
    assertThatThrownBy(() -> check(Set.of(), target))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void memoryThatFits() {
    for (long n : new long[] {0, 1, 7}) {
      assertThatCode(() -> check(Set.of("z"), floats(n, 3, 0))).doesNotThrowAnyException();
    }
  }

  @Test
  void memoryThatDoesNotFit() {
    String expected = "the memory for output 'y float[n, 3, 0]' is ";
    assertRefused(floats(2, 4, 0), expected + "float[2, 4, 0]");
    assertRefused(floats(2, 3, 1), expected + "float[2, 3, 1]");
    assertRefused(floats(2, 3), expected + "float[2, 3]");
    assertRefused(floats(2, 3, 0, 1), expected + "float[2, 3, 0, 1]");
    assertRefused(Tensor.allocateLongs(2, 3, 0), expected + "int64[2, 3, 0]");
  }

  @Test
  void memoryThatNativeCodeCannotWriteTo() {
    assertRefused(null, "the memory for output 'y' is null");
    assertRefused(
        Tensor.of(new float[0], 2, 3, 0),
        "the memory for output 'y' must be direct and writable, got an array");
    Tensor readOnly = Tensor.of(floats(2, 3, 0).floats().asReadOnlyBuffer(), 2, 3, 0);
    assertRefused(
        readOnly, "the memory for output 'y' must be direct and writable, got a read-only buffer");
  }

  @Test
  void namesOfOutputs() {
    assertThatThrownBy(() -> check(Set.of("y"), floats(2, 3, 0)))
        .hasMessage("output 'y' is wanted both as a copy and in given memory");
    assertThatThrownBy(
            () -> OutputCheck.check(Map.of("y", Y), Set.of(), Map.of("x", floats(2, 3, 0))))
        .hasMessage("unknown output 'x'; the model's outputs: y float[n, 3, 0]");
    assertThat(new DimensionSpec(-1, "")).hasToString("?");
  }
}
