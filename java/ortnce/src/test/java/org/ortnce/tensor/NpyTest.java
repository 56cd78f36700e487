package org.ortnce.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The files under resources/npy were written by NumPy itself. */
class NpyTest {
  @TempDir Path directory;

  static Path resource(String name, Path directory) throws IOException {
    Path file = directory.resolve(name);
    try (InputStream in = NpyTest.class.getResourceAsStream("/npy/" + name)) {
      Files.write(file, in.readAllBytes());
    }
    return file;
  }

  private static byte[] elements(Tensor tensor) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    tensor.writeLittleEndian(bytes);
    return bytes.toByteArray();
  }

  private Path file(int major, String header, int dataBytes) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(12 + text.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
    bytes.put((byte) major).put((byte) 0);
    if (major == 1) {
      bytes.putShort((short) text.length);
    } else {
      bytes.putInt(text.length);
    }
    bytes.put(text);
    byte[] content = new byte[bytes.position() + dataBytes];
    bytes.get(0, content, 0, bytes.position());
    return Files.write(directory.resolve("made.npy"), content);
  }

  @ParameterizedTest
  @CsvSource({
    "f4, FLOAT",
    "f8, DOUBLE",
    "f2, FLOAT16",
    "i8, INT64",
    "i4, INT32",
    "i2, INT16",
    "i1, INT8",
    "u1, UINT8",
    "u2, UINT16",
    "u4, UINT32",
    "u8, UINT64",
    "b1, BOOL"
  })
  void filesOfNumpyRoundTripByteForByte(String name, ElementType type) throws IOException {
    Path file = resource(name + ".npy", directory);
    Tensor tensor = Npy.read(file);
    assertThat(tensor.elementType()).isEqualTo(type);
    assertThat(tensor.shape()).containsExactly(2, 3);
    assertThat(tensor.isDirect()).isTrue();
    Path copy = directory.resolve("copy.npy");
    Npy.write(copy, tensor);
    assertThat(Files.readAllBytes(copy)).isEqualTo(Files.readAllBytes(file));
  }

  @Test
  void elementsAreThoseOfNumpy() throws IOException {
    assertThat(Npy.read(resource("f4.npy", directory)).toFloatArray())
        .containsExactly(0.5f, 1.5f, 2.5f, 1.5f, 0.5f, 1.5f);
    assertThat(Npy.read(resource("i8.npy", directory)).toLongArray())
        .containsExactly(0, 1, 2, 1, 0, 1);
    assertThat(elements(Npy.read(resource("b1.npy", directory)))).containsExactly(0, 1, 1, 1, 0, 1);
    // 0.5, 1.5 and 2.5 in half precision.
    assertThat(Npy.read(resource("f2.npy", directory)).rawBytes().getShort(2))
        .isEqualTo((short) 0x3E00);
    assertThat(Npy.read(resource("version2.npy", directory)).toFloatArray())
        .containsExactly(0, 1, 2);
    assertThat(Npy.read(resource("version3.npy", directory)).toFloatArray())
        .containsExactly(0, 1, 2);
    Tensor scalar = Npy.read(resource("scalar.npy", directory));
    assertThat(scalar.rank()).isZero();
    assertThat(scalar.toLongArray()).containsExactly(7);
    assertThat(Npy.read(resource("empty.npy", directory)).shape()).containsExactly(0, 4);
  }

  @Test
  void tensorsOfEveryOriginAreWritten() throws IOException {
    Path file = directory.resolve("a.npy");
    float[] large = new float[300_001];
    large[300_000] = 4;
    for (Tensor tensor :
        new Tensor[] {
          Tensor.of(large, large.length),
          Tensor.allocateFloats(3, 2),
          Tensor.scalar(3L),
          Tensor.of(new int[] {1, 2}, 2, 1),
          Tensor.of(new double[0], 0)
        }) {
      Npy.write(file, tensor);
      Tensor back = Npy.read(file);
      assertThat(back.toString()).isEqualTo(tensor.toString());
      assertThat(elements(back)).isEqualTo(elements(tensor));
      assertThat(Files.size(file) % 8).isEqualTo(elements(tensor).length % 8);
    }
    long[] ones = new long[30_000];
    Arrays.fill(ones, 1);
    assertThatThrownBy(() -> Npy.write(file, Tensor.of(new float[1], ones)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("rank 30000 is too long");
  }

  @Test
  void elementsThatAreNotAlignedAreMoved() throws IOException {
    Path file = file(1, "{'descr':'<f4','fortran_order':False,'shape':(2,)}\n", 8);
    assertThat((Files.size(file) - 8) % 4).isNotZero();
    assertThat(Npy.read(file).toFloatArray()).containsExactly(0, 0);
  }

  @ParameterizedTest
  @CsvSource({
    "fortran, 'Fortran'",
    "big_endian, \"big-endian elements '>f4'\"",
    "complex, \"elements of type '<c8', expected one of f2, f4\"",
    "text, \"elements of type '<U2'\"",
    "records, 'array of records'",
  })
  void arraysThatAreNoTensors(String name, String message) throws IOException {
    Path file = resource(name + ".npy", directory);
    assertThatThrownBy(() -> Npy.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(message.replace("\"", ""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "| malformed at character 0, expected '{'",
        "{ | expected a string",
        "{} | must have descr, fortran_order and shape",
        "{'descr': '<f4'} | must have descr, fortran_order and shape",
        "{'descr': '<f4', 'descr': '<f4'} | has descr twice",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': ()} | expected True or False",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2)} | a tuple such as (3,)",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,,)} | a size of 1 to 18 digits",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)} | a size of 1 to 18 digits",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1 2)} | ',' or ')'",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)} | 18 digits",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000, 1000000,)} | bytes of elements, a tensor holds at most 2147483647",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (999999999999999999, 999999999999999999)} | shape that is too large",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'x': 'y'} | unknown key",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} x | nothing after '}'",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,) | expected ','",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)} | has 8 bytes of elements, its header wants 12 for float[3]",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} | has 8 bytes of elements, its header wants 4",
        "{'descr': '', 'fortran_order': False, 'shape': (2,)} | elements of type ''",
        "{'descr': '<f', 'fortran_order': False, 'shape': (2,)} | elements of type '<f'",
        "{'descr': '<b2', 'fortran_order': False, 'shape': (2,)} | elements of type '<b2'",
        "{'descr': ' ~', 'fortran_order': False, 'shape': (2,)} | elements of type ' ~'",
        "{'descr': '\\', 'fortran_order': False, 'shape': (2,)} | plain ASCII",
        "{'descr': '\u007f', 'fortran_order': False, 'shape': (2,)} | plain ASCII",
        "{'descr': '\u00e9', 'fortran_order': False, 'shape': (2,)} | plain ASCII",
      })
  void malformedHeaders(String header, String message) throws IOException {
    Path file = file(1, header == null ? "" : header, 8);
    assertThatThrownBy(() -> Npy.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(message);
  }

  @Test
  void hugeHeaderLengthsAreNotAllocated() throws IOException {
    Path file = directory.resolve("a.npy");
    byte[] bytes = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 2, 0, -1, -1, -1, -1};
    Files.write(file, bytes);
    assertThatThrownBy(() -> Npy.read(file))
        .isInstanceOf(IOException.class)
        .hasMessage(file + ": has a header of 4294967295 bytes, expected at most 65536");
    bytes[6] = 4;
    Files.write(file, bytes);
    assertThatThrownBy(() -> Npy.read(file)).hasMessageContaining("has .npy version 4.0");
  }

  /** Every prefix of a file, and the file with any byte of its header changed. */
  @Test
  void damagedFilesAreErrorsOrOtherTensors() throws IOException {
    byte[] good = Files.readAllBytes(resource("f4.npy", directory));
    Path file = directory.resolve("bad.npy");
    for (int length = 0; length < good.length; length++) {
      Files.write(file, Arrays.copyOf(good, length));
      assertThatThrownBy(() -> Npy.read(file))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(file + ": ");
    }
    Random random = new Random(7);
    for (int i = 0; i < 2000; i++) {
      byte[] bad = good.clone();
      bad[random.nextInt(128)] = (byte) random.nextInt();
      Files.write(file, bad);
      try {
        assertThat(Npy.read(file).elementCount()).isPositive();
      } catch (IOException e) {
        assertThat(e).hasMessageStartingWith(file + ": ");
      }
    }
  }

  @Test
  void filesThatAreNotThere() {
    Path missing = directory.resolve("none.npy");
    assertThatThrownBy(() -> Npy.read(missing))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(missing.toString());
    assertThatThrownBy(() -> Npy.read(directory))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is not a regular file");
  }

  /** A sparse file: 2 GiB of elements and the header are more than one buffer could map. */
  @Test
  void filesOfMoreThanTwoGigabytes() throws IOException {
    Path fits = sparse((1L << 31) - 4, "((1 << 31) - 4 bytes)");
    Tensor tensor = Npy.read(fits);
    assertThat(tensor.elementCount()).isEqualTo((1 << 29) - 1);
    assertThat(tensor.floats().get((1 << 29) - 2)).isZero();
    Path over = sparse(1L << 31, "(1 << 31 bytes)");
    assertThatThrownBy(() -> Npy.read(over))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has 2147483648 bytes of elements, a tensor holds at most")
        .hasMessageContaining("partitions");
  }

  private Path sparse(long dataBytes, String name) throws IOException {
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + dataBytes / 4 + ",), }";
    String padded = header + " ".repeat(117 - header.length()) + "\n";
    Path made = file(1, padded, 0);
    Path file = directory.resolve(name);
    Files.move(made, file);
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.setLength(128 + dataBytes);
    }
    return file;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // A vector is in both orders at once.
        "{'descr': '<f4', 'fortran_order': True, 'shape': (2,)} | 8",
        // A byte has no order.
        "{'descr': '>i1', 'fortran_order': False, 'shape': (2,)} | 2",
        // As Python 2 wrote it.
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1L, 2L)} | 8",
        "{\"descr\": \"<f4\", \"fortran_order\": False, \"shape\": (2,)} | 8",
        "{'descr':'<f8','fortran_order':False,'shape':(000000000000000001,)} | 8",
      })
  void otherSpellings(String header, int bytes) throws IOException {
    assertThat(elements(Npy.read(file(1, header, bytes)))).hasSize(bytes);
  }

  /** As short as the alignment lets it be, whatever the length of the shape. */
  @Test
  void headersArePaddedAndReadBack() throws IOException {
    for (int rank = 0; rank < 200; rank++) {
      long[] shape = new long[rank];
      Arrays.fill(shape, 1);
      byte[] header = NpyHeader.write(Tensor.of(new float[1], shape));
      String text = new String(header, StandardCharsets.ISO_8859_1);
      assertThat(header.length % 64).isZero();
      assertThat(header.length - (text.indexOf('}') + 2)).isBetween(0, 63);
      assertThat(text).endsWith("\n");
      NpyHeader.read(new ByteArrayInputStream(header), "header")
          .checkIs(ElementType.FLOAT, shape, "header");
    }
  }

  @Test
  void theLongestHeader() throws IOException {
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}";
    String padding = " ".repeat(65_536 - header.length());
    assertThat(Npy.read(file(2, header + padding, 8)).shape()).containsExactly(2);
    Path longer = file(2, header + padding + " ", 8);
    assertThatThrownBy(() -> Npy.read(longer))
        .hasMessage(longer + ": has a header of 65537 bytes, expected at most 65536");
  }
}
