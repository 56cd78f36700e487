package org.ortnce.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowTableTest {
  @TempDir Path directory;

  /** Row r is r * 10, r * 10 + 1. */
  private static RowTable table(long rows) {
    return RowTable.ofFloats(
        rows,
        2,
        (first, target) -> {
          for (long row = first; target.hasRemaining(); row++) {
            target.put((float) (row * 10)).put((float) (row * 10 + 1));
          }
        });
  }

  private static List<Long> firstColumn(TensorData data) throws IOException {
    float[] values = data.toTensor().toFloatArray();
    List<Long> rows = new ArrayList<>();
    for (int i = 0; i < values.length; i += 2) {
      assertThat(values[i + 1]).isEqualTo(values[i] + 1);
      rows.add((long) values[i] / 10);
    }
    return rows;
  }

  @Test
  void partsOfParts() throws IOException {
    assertThat(firstColumn(table(7))).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L);
    assertThat(firstColumn(table(10).rows(3, 4))).containsExactly(3L, 4L, 5L, 6L);
    assertThat(firstColumn(table(10).everyNth(1, 4))).containsExactly(1L, 5L, 9L);
    assertThat(firstColumn(table(20).rows(5, 10).everyNth(1, 3).rows(1, 2)))
        .containsExactly(9L, 12L);
    assertThat(table(10).everyNth(10, 3).shape()).containsExactly(0, 2);
    assertThat(firstColumn(table(0))).isEmpty();
    assertThat(table(3)).hasToString("float[3, 2]");
    assertThat(table(3).byteSize()).isEqualTo(24);
    assertThatThrownBy(() -> table(10).rows(8, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("3 rows from 8 are not within [0, 10)");
    assertThatThrownBy(() -> table(10).everyNth(-1, 3)).hasMessageContaining("got -1 and 3");
  }

  /** More than one piece, and what does not divide. */
  @Test
  void manyPieces() throws IOException {
    long rows = 300_001;
    assertThat(firstColumn(table(rows))).isEqualTo(LongStream.range(0, rows).boxed().toList());
  }

  @Test
  void aNpyFile() throws IOException {
    Path file = directory.resolve("t.npy");
    Tensor tensor = Tensor.of(new long[][] {{1, 2}, {3, 4}, {5, 6}});
    Npy.write(file, tensor);
    RowTable table = RowTable.ofNpy(file);
    assertThat(table.elementType()).isEqualTo(ElementType.INT64);
    assertThat(bytes(table)).isEqualTo(bytes(tensor));
    assertThat(table.everyNth(0, 2).toTensor().toLongArray()).containsExactly(1, 2, 5, 6);
    Npy.write(file, Tensor.of(new long[2][2]));
    assertThatThrownBy(table::toTensor)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has changed, it was int64[3, 2]");
    Files.delete(file);
    assertThatThrownBy(table::toTensor).isInstanceOf(IOException.class);
  }

  @Test
  void readersThatFail() {
    RowTable broken =
        RowTable.ofFloats(
            5,
            1,
            (first, target) -> {
              throw new IOException("no row " + first);
            });
    assertThatThrownBy(broken::toTensor).isInstanceOf(IOException.class).hasMessage("no row 0");
    RowTable lazy =
        RowTable.of(ElementType.INT16, (first, target) -> target.putShort((short) 1), 4);
    assertThatThrownBy(lazy::toTensor)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the reader of int16[4] left 6 of 8 bytes from row 0 on unwritten");
  }

  @Test
  void shapesThatAreNoTables() {
    RowReader none = (first, target) -> {};
    assertThatThrownBy(() -> RowTable.of(ElementType.FLOAT, none)).hasMessageContaining("scalar");
    assertThatThrownBy(() -> RowTable.of(ElementType.STRING, none, 2))
        .hasMessageContaining("string");
    assertThatThrownBy(() -> RowTable.of(ElementType.FLOAT, none, 1, 1L << 30))
        .hasMessageContaining("4294967296 bytes");
    RowTable large = RowTable.of(ElementType.FLOAT, none, 1L << 40, 2);
    assertThat(large.byteSize()).isEqualTo(1L << 43);
    assertThatThrownBy(large::toTensor)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("a tensor holds at most 2147483647");
  }

  private static byte[] bytes(TensorData data) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    data.writeLittleEndian(out);
    return out.toByteArray();
  }
}
