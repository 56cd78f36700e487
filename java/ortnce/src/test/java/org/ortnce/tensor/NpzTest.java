package org.ortnce.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.reliability.BadInputs;

/** The files under resources/npy were written by NumPy itself. */
@BadInputs
class NpzTest {
  @TempDir Path directory;

  private Path zip(String... namesAndContents) throws IOException {
    Path file = directory.resolve("made.npz");
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (int i = 0; i < namesAndContents.length; i += 2) {
        zip.putNextEntry(new ZipEntry(namesAndContents[i]));
        Path content = NpyTest.resource(namesAndContents[i + 1], directory);
        zip.write(Files.readAllBytes(content));
        zip.closeEntry();
      }
    }
    return file;
  }

  @Test
  void storedAndDeflatedArraysOfNumpy() throws IOException {
    for (String name : new String[] {"stored.npz", "deflated.npz"}) {
      Map<String, Tensor> arrays = Npz.read(NpyTest.resource(name, directory));
      assertThat(arrays.keySet()).startsWith("weights", "biases");
      assertThat(arrays.get("weights").shape()).containsExactly(3, 2);
      assertThat(arrays.get("weights").toFloatArray()).containsExactly(0, 1, 2, 3, 4, 5);
      assertThat(arrays.get("biases").toFloatArray()).containsExactly(1, 2, 3);
      assertThat(arrays.get("biases").isDirect()).isTrue();
    }
    // 400,000 bytes of zeros, deflated to some hundred.
    assertThat(Npz.read(NpyTest.resource("deflated.npz", directory)).get("zeros").shape())
        .containsExactly(1000, 100);
  }

  /** X13: an archive may say ../, but nothing is ever extracted from it. */
  @Test
  @Tag("X13")
  void namesOfEntriesAreNoPaths() throws IOException {
    Path folder = Files.createDirectory(directory.resolve("folder"));
    Path file = folder.resolve("made.npz");
    Tensor array = Tensor.of(new float[] {1, 2}, 2);
    Npz.write(file, Map.of("../evil", array, "/tmp/evil", array));
    assertThat(Npz.read(file).keySet()).containsExactlyInAnyOrder("../evil", "/tmp/evil");
    assertThat(directory.toFile().list()).containsExactly("folder");
    assertThat(folder.toFile().list()).containsExactly("made.npz");
  }

  /** numpy.load was given such a file once; here the reader is our own. */
  @Test
  void whatIsWrittenIsRead() throws IOException {
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    arrays.put("floats", Tensor.of(new float[] {1, Float.NaN, -0f}, 3, 1));
    arrays.put("a/b", Tensor.of(new long[] {Long.MIN_VALUE, 1}, 2));
    arrays.put("doubles", Tensor.of(new double[] {0.1}));
    arrays.put("ints", Tensor.of(new int[300_000], 300_000));
    arrays.put("none", Tensor.of(new float[0], 0, 4));
    arrays.put("small", Tensor.of(ByteBuffer.wrap(new byte[] {1, 0}), ElementType.BOOL, 2));
    Path file = directory.resolve("written.npz");
    Npz.write(file, arrays);
    Map<String, Tensor> found = Npz.read(file);
    assertThat(found.keySet()).containsExactlyElementsOf(arrays.keySet());
    for (String name : arrays.keySet()) {
      assertThat(found.get(name)).hasToString(arrays.get(name).toString());
      assertThat(bytes(found.get(name))).isEqualTo(bytes(arrays.get(name)));
    }
    try (NpzFile npz = NpzFile.open(file)) {
      for (String name : arrays.keySet()) {
        Tensor target = arrays.get(name);
        byte[] expected = bytes(target);
        zero(target);
        npz.read(name, target);
        assertThat(bytes(target)).isEqualTo(expected);
        npz.verify(name);
      }
      Tensor other = Tensor.of(new float[] {7, 7, 7}, 3);
      assertThatThrownBy(() -> npz.read("floats", other))
          .isInstanceOf(IOException.class)
          .hasMessage(file + "!floats.npy: is float[3, 1], expected float[3]");
      assertThat(other.toFloatArray()).containsOnly(7);
      assertThatThrownBy(() -> npz.verify("more"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("has no array 'more', only [floats, a/b");
    }
  }

  private static byte[] bytes(Tensor tensor) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    tensor.writeLittleEndian(out);
    return out.toByteArray();
  }

  private static void zero(Tensor tensor) {
    for (int i = 0; i < tensor.elementCount(); i++) {
      switch (tensor.elementType()) {
        case FLOAT -> tensor.floats().put(i, 0);
        case DOUBLE -> tensor.doubles().put(i, 0);
        case INT64 -> tensor.longs().put(i, 0);
        case INT32 -> tensor.ints().put(i, 0);
        default -> tensor.rawBytes().put(i, (byte) 0);
      }
    }
  }

  @Test
  void writesThatFailLeaveTheOldFile() throws IOException {
    Path file = directory.resolve("kept.npz");
    Npz.write(file, Map.of("a", Tensor.scalar(1L)));
    long[] ones = new long[30_000];
    Arrays.fill(ones, 1);
    assertThatThrownBy(() -> Npz.write(file, Map.of("a", Tensor.of(new float[1], ones))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(Npz.read(file).get("a").toLongArray()).containsExactly(1);
  }

  @Test
  void limitsHoldForTheWholeFile() throws IOException {
    Path file = NpyTest.resource("stored.npz", directory);
    assertThat(Npz.read(file, 36)).hasSize(2);
    assertThatThrownBy(() -> Npz.read(file, 35))
        .isInstanceOf(IOException.class)
        .hasMessage(file + "!biases.npy: wants 12 bytes of elements, at most 11 can be there");
  }

  @Test
  void headersThatClaimMoreThanTheFileCanHold() throws IOException {
    byte[] npy = Files.readAllBytes(NpyTest.resource("f4.npy", directory));
    String claim = new String(npy, java.nio.charset.StandardCharsets.ISO_8859_1);
    byte[] bomb =
        claim
            .replace("'shape': (2, 3), }        ", "'shape': (200000, 2000), }")
            .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    assertThat(bomb).hasSameSizeAs(npy);
    Path file = directory.resolve("bomb.npz");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry("w.npy"));
      zip.write(bomb);
      zip.closeEntry();
    }
    assertThatThrownBy(() -> Npz.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("wants 1600000000 bytes of elements, at most");
  }

  @Test
  void entriesThatAreNoArrays() throws IOException {
    Path named = zip("notes.txt", "f4.npy");
    assertThatThrownBy(() -> Npz.read(named)).hasMessageContaining("notes.txt: is no .npy array");
    Path fortran = zip("w.npy", "fortran.npy");
    assertThatThrownBy(() -> Npz.read(fortran))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("w.npy: is in Fortran");
    Path plain = NpyTest.resource("f4.npy", directory);
    assertThatThrownBy(() -> Npz.read(plain))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("f4.npy: is not a .npz (zip) file");
    assertThatThrownBy(() -> Npz.read(directory)).hasMessageContaining("not a regular file");
    Path missing = directory.resolve("none.npz");
    assertThatThrownBy(() -> Npz.read(missing)).hasMessageContaining("none.npz");
  }

  /** Every truncation, and random bytes changed: an error that names the file, or the same data. */
  @Test
  void damagedFiles() throws IOException {
    for (String name : new String[] {"stored.npz", "deflated.npz"}) {
      byte[] good = Files.readAllBytes(NpyTest.resource(name, directory));
      Path file = directory.resolve("bad.npz");
      for (int length = 0; length < good.length; length += 3) {
        Files.write(file, Arrays.copyOf(good, length));
        assertThatThrownBy(() -> Npz.read(file)).isInstanceOf(IOException.class);
      }
      Random random = new Random(11);
      for (int i = 0; i < 300; i++) {
        byte[] bad = good.clone();
        bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
        Files.write(file, bad);
        try {
          Tensor weights = Npz.read(file).get("weights");
          // A changed name or an unused field of the archive; the checksum guards the elements.
          if (weights != null) {
            assertThat(weights.toFloatArray()).containsExactly(0, 1, 2, 3, 4, 5);
          }
        } catch (IOException e) {
          assertThat(e).hasMessageStartingWith(file.toString());
        }
      }
    }
  }

  @Test
  void bytesAfterTheElements() throws IOException {
    Path written = directory.resolve("written.npy");
    Tensor zeros = Tensor.of(new float[100_000], 100_000);
    Npy.write(written, zeros);
    byte[] npy = Files.readAllBytes(written);
    Path file = directory.resolve("longer.npz");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry("w.npy"));
      zip.write(Arrays.copyOf(npy, npy.length + 1));
    }
    String message = file + "!w.npy: has bytes after its elements";
    try (NpzFile npz = NpzFile.open(file)) {
      assertThat(npz.path()).isEqualTo(file);
      assertThat(npz).hasToString(file + " [w]");
      assertThatThrownBy(() -> npz.verify("w")).hasMessage(message);
      assertThatThrownBy(() -> npz.read("w", zeros)).hasMessage(message);
      npz.checkType("w", ElementType.FLOAT, 100_000);
      assertThatThrownBy(() -> npz.checkType("w", ElementType.FLOAT, 100_001))
          .hasMessage(file + "!w.npy: is float[100000], expected float[100001]");
    }
  }

  @Test
  void namesThatAreNoUtf8() throws IOException {
    Path file = zip("\u00e9.npy", "f4.npy");
    byte[] bytes = Files.readAllBytes(file);
    assertThat(Npz.read(file)).containsOnlyKeys("\u00e9");
    for (int i = 0; i + 1 < bytes.length; i++) {
      if (bytes[i] == (byte) 0xC3 && bytes[i + 1] == (byte) 0xA9) {
        bytes[i + 1] = '(';
      }
    }
    Files.write(file, bytes);
    assertThatThrownBy(() -> Npz.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(file + ": ");
  }
}
