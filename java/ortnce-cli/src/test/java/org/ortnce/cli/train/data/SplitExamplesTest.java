package org.ortnce.cli.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ortnce.tensor.Tensor;
import org.ortnce.training.ExampleSource;
import org.ortnce.training.TensorExamples;

/** Both parts of a source give its rows, wherever they are read. */
class SplitExamplesTest {
  private static final int SIZE = 1000;

  /** Rows of 3 ids: 10 i, 10 i + 1, 10 i + 2. */
  private static ExampleSource source(int rowLength) {
    long[] ids = new long[SIZE * rowLength];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = 10L * (i / rowLength) + i % rowLength;
    }
    return TensorExamples.of(Map.of("ids", Tensor.of(ids, SIZE, rowLength)));
  }

  private static List<Long> read(ExampleSource part, int rowLength, int atOnce) throws IOException {
    List<Long> ids = new ArrayList<>();
    for (long first = 0; first < part.size(); first += atOnce) {
      int count = (int) Math.min(atOnce, part.size() - first);
      ByteBuffer rows =
          ByteBuffer.allocateDirect(count * rowLength * Long.BYTES).order(ByteOrder.nativeOrder());
      part.read(0, first, rows);
      assertThat(rows.hasRemaining()).isFalse();
      rows.flip();
      while (rows.hasRemaining()) {
        ids.add(rows.getLong());
      }
    }
    return ids;
  }

  @Test
  void rowsAreThoseOfTheSource() throws IOException {
    HeldOut split = new HeldOut(SIZE, 0.1, 7);
    // Rows of 3 ids, and rows so long that a block holds two.
    for (int rowLength : new int[] {3, 4000}) {
      for (int atOnce : new int[] {1, 7, 1000}) {
        ExampleSource training = new SplitExamples(source(rowLength), split, false);
        ExampleSource heldOut = new SplitExamples(source(rowLength), split, true);
        assertThat(training.size()).isEqualTo(900);
        assertThat(heldOut.size()).isEqualTo(100);
        List<Long> ids = read(training, rowLength, atOnce);
        ids.addAll(read(heldOut, rowLength, atOnce));
        for (int row = 0; row < SIZE; row++) {
          long item = row < 900 ? split.training(row) : split.heldOut(row - 900);
          assertThat(ids.get(row * rowLength)).isEqualTo(10 * item);
          assertThat(ids.get(row * rowLength + rowLength - 1)).isEqualTo(10 * item + rowLength - 1);
        }
      }
    }
  }

  @Test
  void whatIsNotThereIsRefused() {
    ExampleSource training = new SplitExamples(source(3), new HeldOut(SIZE, 0.1, 7), false);
    ByteBuffer row = ByteBuffer.allocate(24);
    assertThatThrownBy(() -> training.read(0, 900, row))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> training.read(0, -1, row))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> training.read(0, 0, ByteBuffer.allocate(25)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
