package org.ortnce.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Npy;
import org.ortnce.tensor.Tensor;

class RowsTest {
  @TempDir Path directory;

  @Test
  void readOrMappedTheyAreTheSame() throws IOException {
    Path file = directory.resolve("a.npy");
    float[] values = new float[5 * 6];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    Npy.write(file, Tensor.of(values, 5, 2, 3));
    try (Rows streamed = Rows.stream(file);
        Rows mapped = Rows.open(file)) {
      assertThat(streamed.shape()).containsExactly(5, 2, 3);
      assertThat(streamed.size()).isEqualTo(5);
      assertThat(streamed.elementType()).isEqualTo(ElementType.FLOAT);
      for (int[] range : new int[][] {{0, 5}, {1, 2}, {4, 1}, {3, 0}, {0, 1}}) {
        Tensor rows = streamed.rows(range[0], range[1]);
        assertThat(rows.shape()).containsExactly(range[1], 2, 3);
        assertThat(rows.floats()).isEqualTo(mapped.rows(range[0], range[1]).floats());
      }
      assertThat(streamed.all().toFloatArray()).isEqualTo(values);
      assertThatThrownBy(() -> streamed.rows(4, 2)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> streamed.rows(0, Integer.MAX_VALUE))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("make --batch-size smaller");
    }
  }

  @Test
  void idsInTheTypeThatIsWanted() {
    Tensor wide = Tensor.of(new long[] {1, -1, Integer.MAX_VALUE}, 3);
    Tensor narrow = Views.ids("labels", wide, ElementType.INT32);
    assertThat(narrow.toString()).isEqualTo("int32[3]");
    assertThat(Views.ids("labels", narrow, ElementType.INT64).toLongArray())
        .isEqualTo(wide.toLongArray());
    assertThat(Views.ids("labels", wide, ElementType.INT64)).isSameAs(wide);
    assertThat(Views.ids("labels", wide, ElementType.FLOAT)).isSameAs(wide);
    Tensor large = Tensor.of(new long[] {1L << 31}, 1);
    assertThatThrownBy(() -> Views.ids("labels", large, ElementType.INT32))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the model wants int32 for its input labels, which cannot be 2147483648");
  }
}
