package org.ortnce.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Npy;
import org.ortnce.tensor.Tensor;

class ExampleSourceTest {
  @TempDir Path directory;

  private Path npy(String name, Tensor tensor) throws IOException {
    Path file = directory.resolve(name + ".npy");
    Npy.write(file, tensor);
    return file;
  }

  private static Tensor read(ExampleSource source, int column, long first, int count)
      throws IOException {
    ExampleColumn wanted = source.columns().get(column);
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(count * (int) wanted.rowBytes()).order(ByteOrder.nativeOrder());
    source.read(column, first, bytes);
    assertThat(bytes.hasRemaining()).isFalse();
    return Tensor.of(bytes.flip(), wanted.elementType(), wanted.shape(count));
  }

  /** Files, tensors and ranges of both give the same, at every position. */
  @Test
  void filesAndTensorsAgree() throws IOException {
    int size = 50;
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("ids", Tensor.of(LongStream.range(0, size).toArray(), size));
    tensors.put("features", Parameter.uniform("f", -1, 1, 1, size, 3).value());
    tensors.put("doubles", Tensor.of(new double[size], size, 1));
    tensors.put("small", Tensor.of(ByteBuffer.wrap(new byte[2 * size]), ElementType.INT8, size, 2));
    NpyExamples.Builder builder = NpyExamples.builder();
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      builder.column(entry.getKey(), npy(entry.getKey(), entry.getValue()));
    }
    TensorExamples memory = TensorExamples.of(tensors);
    try (NpyExamples files = builder.open()) {
      assertThat(files.columns()).isEqualTo(memory.columns());
      assertThat(files.size()).isEqualTo(size).isEqualTo(memory.size());
      for (int column = 0; column < 4; column++) {
        for (int[] block : new int[][] {{0, 50}, {0, 0}, {50, 0}, {49, 1}, {7, 20}}) {
          Tensor expected = read(memory, column, block[0], block[1]);
          Tensor found = read(files, column, block[0], block[1]);
          Tensor ranged = read(files.range(5, 50).range(0, 45), column, 0, 45);
          assertThat(bytes(found)).isEqualTo(bytes(expected));
          assertThat(bytes(ranged)).isEqualTo(bytes(read(memory, column, 5, 45)));
        }
      }
      assertThat(read(files, 0, 7, 3).toLongArray()).containsExactly(7, 8, 9);
    }
  }

  private static byte[] bytes(Tensor tensor) throws IOException {
    var out = new java.io.ByteArrayOutputStream();
    tensor.writeLittleEndian(out);
    return out.toByteArray();
  }

  /** Blocks longer than those that are widened at a time, and a row longer than one. */
  @Test
  void intsAreWidenedToLongs() throws IOException {
    int[] ids = IntStream.range(0, 10_000).map(i -> i % 2 == 0 ? i : -i).toArray();
    Path file = npy("ids", Tensor.of(ids, 5000, 2));
    Path wide = npy("wide", Tensor.of(ids, 1, 10_000));
    try (NpyExamples examples = NpyExamples.builder().ids("ids", file).open();
        NpyExamples one = NpyExamples.builder().ids("ids", wide).open();
        NpyExamples raw = NpyExamples.builder().column("ids", file).open()) {
      assertThat(examples.columns())
          .containsExactly(new ExampleColumn("ids", ElementType.INT64, List.of(2L)));
      long[] expected = IntStream.of(ids).asLongStream().toArray();
      assertThat(read(examples, 0, 0, 5000).toLongArray()).isEqualTo(expected);
      assertThat(read(examples, 0, 4999, 1).toLongArray()).containsExactly(9998, -9999);
      assertThat(read(one, 0, 0, 1).toLongArray()).isEqualTo(expected);
      assertThat(raw.columns().get(0).elementType()).isEqualTo(ElementType.INT32);
    }
  }

  @Test
  void rowsCanBeReshaped() throws IOException {
    Path file = npy("labels", Tensor.of(new long[] {4, 5, 6}, 3));
    try (NpyExamples examples = NpyExamples.builder().ids("labels", file, List.of(1L)).open()) {
      assertThat(read(examples, 0, 1, 2).shape()).containsExactly(2, 1);
    }
    assertThatThrownBy(() -> NpyExamples.builder().ids("labels", file, List.of(2L)).open())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("column labels int64[] cannot have rows of shape [2]");
  }

  /** 5 GiB with one number near the end: a sparse file, of which 16 bytes are read. */
  @Test
  void filesOfMoreThanTwoGibibytes() throws IOException {
    long rows = (5L << 30) / 8;
    byte[] header =
        ("\u0093NUMPY\u0001\u0000v\u0000"
                + "{'descr': '<i8', 'fortran_order': False, 'shape': ("
                + rows
                + ",), }")
            .getBytes(StandardCharsets.ISO_8859_1);
    Path file = directory.resolve("large.npy");
    try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
      byte[] padded = java.util.Arrays.copyOf(header, 128);
      java.util.Arrays.fill(padded, header.length, 127, (byte) ' ');
      padded[127] = '\n';
      large.write(padded);
      large.setLength(128 + 8 * rows);
      large.seek(128 + 8 * (rows - 1));
      large.writeLong(Long.reverseBytes(123456789));
    }
    try (NpyExamples examples = NpyExamples.builder().ids("ids", file).open()) {
      assertThat(examples.size()).isEqualTo(rows);
      assertThat(read(examples, 0, rows - 2, 2).toLongArray()).containsExactly(0, 123456789);
    }
  }

  @Test
  void badFiles() throws IOException {
    Path three = npy("three", Tensor.of(new long[3], 3));
    Path four = npy("four", Tensor.of(new float[8], 4, 2));
    Path scalar = npy("scalar", Tensor.scalar(1L));
    assertRefused(
        NpyExamples.builder().ids("a", three).floats("b", four),
        four + " float[4, 2]: has 4 rows, expected the 3 of " + three + " int64[3]");
    assertRefused(
        NpyExamples.builder().ids("a", four),
        four + " float[4, 2]: column 'a' is int64 or int32, not float");
    assertRefused(NpyExamples.builder().floats("a", three), "column 'a' is float, not int64");
    assertRefused(NpyExamples.builder().column("a", scalar), "holds a scalar, expected rows");
    assertRefused(NpyExamples.builder().column("a", directory), "is not a regular file");
    assertRefused(NpyExamples.builder().column("a", directory.resolve("none")), "none");
    Path fortran = directory.resolve("fortran.npy");
    try (var in = getClass().getResourceAsStream("/npy/fortran.npy")) {
      Files.copy(in, fortran);
    }
    assertRefused(NpyExamples.builder().column("a", fortran), "is in Fortran (column-major) order");
    Path cut = directory.resolve("cut.npy");
    byte[] whole = Files.readAllBytes(four);
    Files.write(cut, java.util.Arrays.copyOf(whole, whole.length - 1));
    assertRefused(
        NpyExamples.builder().column("a", cut), "has 31 bytes of elements, its header wants 32");
    assertThatThrownBy(() -> NpyExamples.builder().open())
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> NpyExamples.builder().ids("a", three).ids("a", four))
        .hasMessage("there are two columns 'a'");
  }

  private static void assertRefused(NpyExamples.Builder builder, String message) {
    assertThatThrownBy(builder::open).isInstanceOf(IOException.class).hasMessageContaining(message);
  }

  @Test
  void aFileCutWhileItIsRead() throws IOException {
    Path file = npy("ids", Tensor.of(new long[100], 100));
    try (NpyExamples examples = NpyExamples.builder().ids("ids", file).open()) {
      try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
        cut.setLength(cut.length() - 8 * 50);
      }
      assertThat(read(examples, 0, 0, 50).toLongArray()).hasSize(50);
      assertThatThrownBy(() -> read(examples, 0, 40, 20))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(file + ": ends at byte 528 while rows from 40 are read");
    }
  }

  @Test
  void badReads() throws IOException {
    Path file = npy("ids", Tensor.of(new long[4], 4));
    try (NpyExamples files = NpyExamples.builder().ids("ids", file).open()) {
      TensorExamples memory = TensorExamples.of(Map.of("ids", Tensor.of(new long[4], 4)));
      for (ExampleSource source : List.of(files, memory, memory.range(0, 4))) {
        assertThatThrownBy(() -> read(source, 0, 3, 2))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage("column ids int64[]: 2 examples from 3 are not within [0, 4)");
        assertThatThrownBy(() -> read(source, 0, -1, 1)).hasMessageContaining("from -1");
        assertThatThrownBy(() -> source.read(0, 0, ByteBuffer.allocate(12)))
            .hasMessageContaining("12 bytes are no whole number of rows of 8 bytes");
      }
      // A range shows nothing outside of it.
      assertThatThrownBy(() -> read(memory.range(1, 3), 0, 1, 2))
          .hasMessageContaining("not within [0, 2)");
      assertThatThrownBy(() -> memory.range(1, 5)).hasMessage("range [1, 5) is not within [0, 4)");
    }
  }

  @Test
  void badTensors() {
    assertThatThrownBy(() -> TensorExamples.of(Map.of())).hasMessage("there are no columns");
    assertThatThrownBy(() -> TensorExamples.of(Map.of("a", Tensor.scalar(1L))))
        .hasMessage("column 'a' is int64[], expected [examples, ...]");
    Map<String, Tensor> uneven = new LinkedHashMap<>();
    uneven.put("a", Tensor.of(new long[4], 4));
    uneven.put("b", Tensor.of(new float[6], 3, 2));
    assertThatThrownBy(() -> TensorExamples.of(uneven))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("column b float[2] has 3 examples, column a int64[] has 4");
  }
}
