package org.ortnce.nce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** The last values that pass, beside the first ones that do not. */
class OpArgumentsTest {
  private final OpArguments arguments = new OpArguments("Op");

  private static Value scalar(long value) {
    return Value.initializer(Tensor.scalar(value));
  }

  private static Value vector(long... values) {
    return Value.initializer(Tensor.of(values, values.length));
  }

  @Test
  void steps() {
    for (long step : new long[] {0, 1, Long.MAX_VALUE}) {
      assertThatCode(() -> arguments.checkStep(scalar(step))).doesNotThrowAnyException();
      assertThatCode(() -> arguments.checkStep(vector(step))).doesNotThrowAnyException();
    }
    assertThatThrownBy(() -> arguments.checkStep(scalar(-1)))
        .hasMessage("Op: step must be >= 0, got -1");
    assertThatThrownBy(() -> arguments.checkStep(vector(1, 2)))
        .hasMessage("Op: step must be int64[] or [1] = int64[1], got int64[2]");
  }

  @Test
  void dimensionsThatAreNotThere() {
    Value matrix = Value.input(ElementType.INT64, Shape.of(Dim.of(2), Dim.of(3)));
    assertThat(OpArguments.dim(matrix, 1)).isEqualTo(Dim.of(3));
    assertThat(OpArguments.dim(matrix, 2)).isEqualTo(Dim.unknown());
    Value any = Value.input(ElementType.INT64, Shape.unknown());
    assertThat(OpArguments.dim(any, 0)).isEqualTo(Dim.unknown());
  }

  @Test
  void idsUpToTheLimit() {
    Value ids = Value.initializer(Tensor.of(new long[][] {{0, 4}, {3, 2}}));
    assertThatCode(() -> arguments.checkIds("ids", ids, 5)).doesNotThrowAnyException();
    assertThatThrownBy(() -> arguments.checkIds("ids", ids, 4))
        .hasMessage("Op: ids[0,1] must be in [0, 4), got 4");
  }

  @Test
  void countsUpToTheLimit() {
    assertThatCode(() -> UnigramCheck.counts(arguments, vector(1, 2, 3), 6))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> UnigramCheck.counts(arguments, vector(1, 2, 3), 5))
        .hasMessage(
            "Op: initial_counts must be counts with a sum of at most 5, got more, at element 2");
    assertThatThrownBy(() -> UnigramCheck.counts(arguments, vector(1, 0), 5))
        .hasMessage("Op: initial_counts[1] must be >= 1, got 0");
  }
}
