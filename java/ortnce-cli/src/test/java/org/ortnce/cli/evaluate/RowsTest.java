package org.ortnce.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Npy;
import org.ortnce.tensor.Tensor;

class RowsTest {
  @Test
  void namedRowsAreClosedTogether() throws IOException {
    List<String> closed = new ArrayList<>();
    try (NamedRows named = new NamedRows()) {
      for (String name : new String[] {"a", "b"}) {
        Rows rows = failingToClose(closed, name);
        named.add(name, rows);
        assertThat(named.rows().get(name)).isSameAs(rows);
      }
    } catch (IOException e) {
      assertThat(e).hasMessage("a");
    }
    assertThat(closed).containsExactly("a", "b");
  }

  /** Rows that cannot be closed and say that somebody tried. */
  private static Rows failingToClose(List<String> closed, String name) {
    Rows rows = Rows.of(Tensor.of(new float[2], 2));
    return new Rows() {
      @Override
      public ElementType elementType() {
        return rows.elementType();
      }

      @Override
      public long[] shape() {
        return rows.shape();
      }

      @Override
      public Tensor rows(long from, int count) throws IOException {
        return rows.rows(from, count);
      }

      @Override
      public Tensor all() throws IOException {
        return rows.all();
      }

      @Override
      public void close() throws IOException {
        closed.add(name);
        throw new IOException(name);
      }
    };
  }

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
    Tensor narrow = Ids.as(ElementType.INT32, "labels", wide);
    assertThat(narrow.toString()).isEqualTo("int32[3]");
    assertThat(Ids.as(ElementType.INT64, "labels", narrow).toLongArray())
        .isEqualTo(wide.toLongArray());
    assertThat(Ids.as(ElementType.INT64, "labels", wide)).isSameAs(wide);
    assertThat(Ids.as(ElementType.FLOAT, "labels", wide)).isSameAs(wide);
    Tensor large = Tensor.of(new long[] {1L << 31}, 1);
    assertThatThrownBy(() -> Ids.as(ElementType.INT32, "labels", large))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the model wants int32 for its input labels, which cannot be 2147483648");
  }
}
