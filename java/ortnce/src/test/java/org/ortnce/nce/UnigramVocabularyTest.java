package org.ortnce.nce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.reliability.BadInputs;
import org.ortnce.tensor.Tensor;

/** Rows U31 to U50 of the bad-input table, against the reader of vocabulary files. */
@BadInputs
class UnigramVocabularyTest {
  private static final String SECRET = "s3cret";

  @TempDir Path folder;
  private Path directory;
  private Path outside;

  @BeforeEach
  void folders() throws IOException {
    directory = Files.createDirectory(folder.resolve("allowed"));
    outside = Files.writeString(folder.resolve("outside.txt"), SECRET + "\n");
  }

  @TestFactory
  Stream<DynamicTest> formatsOfTensorFlow() {
    return Stream.of(
        read("plain", "1\n2.5\n0\n", 1, 2.5f, 0),
        read("U34 empty lines take no id", "\n1\n\n\n2\n\n", 1, 2),
        read("U36 CR LF", "a,1\r\nb,2\r\n\r\nc,3\r\n", 1, 2, 3),
        read("a second CR is a blank", "1\r\r\n", 1),
        read("U37 no final newline", "1\n2", 1, 2),
        read("the text after the last comma", "a,1\na,b,2\n,3\nb,c, 4\n", 1, 2, 3, 4),
        read("U38 a word in UTF-8", "na\u00efve \u65e5\u672c,7\n", 7),
        read("U49 blanks", " 1 \n\t2\n\u000b3\f\n", 1, 2, 3),
        read(
            "U49 hexadecimal", "0x10\n0X1F\n+0x10\n0x1p3\n0x1.8\n0x.8p1\n", 16, 31, 16, 8, 1.5f, 1),
        read(
            "decimal", "+1\n1.\n.5\n+.5\n01\n1e2\n1E-2\n1e+2\n", 1, 1, .5f, .5f, 1, 100, .01f, 100),
        read("a zero with a sign", "-0\n-0.0\n1\n", 0, 0, 1),
        read("too small for a float", "1e-50\n1\n", 0, 1),
        read(
            "rounded once, to the nearest float",
            "1.000000059604644775390625\n1.00000005960464477539062500000001\n16777217\n0x1000003\n",
            1,
            1.0000001f,
            16777216,
            16777220),
        read("the longest line", "a".repeat(4094) + ",1\n", 1));
  }

  private DynamicTest read(String name, String content, float... expected) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          Tensor weights = UnigramVocabulary.read(file(content.getBytes(StandardCharsets.UTF_8)));
          assertThat(weights.shape()).containsExactly(expected.length);
          assertThat(weights.toFloatArray()).containsExactly(expected);
        });
  }

  @TestFactory
  Stream<DynamicTest> formatsThatAreRefused() {
    String format = "expected a weight, alone or after a comma";
    String value = "expected a weight that is finite and not negative";
    return Stream.of(
        refused("U33 empty", "", "has no weights"),
        refused("U33 empty lines only", "\n\r\n\n", "has no weights"),
        refused("U38 byte order mark", "\u00ef\u00bb\u00bfa,1\n", "line 1: starts with a byte"),
        refused("U38 UTF-16LE", "\u00ff\u00fe1\0\n\0", "line 1: " + format),
        refused("U38 UTF-16BE", "\u00fe\u00ff\0a\0,\u0000001\0\n", "line 1: " + format),
        refused("U39 words", "hello\nworld\n", "line 1: " + format),
        refused("U40 negative", "a,1\n\na,-1\n", "line 3: " + value),
        refused("U40 nan", "a,nan\n", "line 1: " + format),
        refused("U40 inf", "1\na,inf\n", "line 2: " + format),
        refused("U49 too large", "1e400\n", "line 1: " + value),
        refused("U49 too large for a float", "1\n2\n1e39\n", "line 3: " + value),
        refused("U49 semicolon", "1;5\n", "line 1: " + format),
        refused("U49 underscore", "1_000\n", "line 1: " + format),
        refused("comma at the end", "1,\n", "line 1: " + format),
        refused("quotes", "\"1\"\n", "line 1: " + format),
        refused("blanks only", "1\n \n", "line 2: " + format),
        refused("Java's suffixes", "1f\n", "line 1: " + format),
        refused("half an exponent", "1e+\n", "line 1: " + format),
        refused("half a hexadecimal", "0x\n", "line 1: " + format),
        refused("two numbers", "1 2\n", "line 1: " + format),
        refused("blank after the sign", "+ 1\n", "line 1: " + format),
        refused("a point alone", ".\n", "line 1: " + format),
        refused("a digit of another script", "\u00d9\u00a1\n", "line 1: " + format),
        refused("a line too long", "1\n" + "1".repeat(4097) + "\n", "line 2: is longer than 4096"));
  }

  /** Latin-1, so that a character is a byte. */
  private DynamicTest refused(String name, String content, String expected) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          Path file = file(content.getBytes(StandardCharsets.ISO_8859_1));
          IOException error =
              catchThrowableOfType(IOException.class, () -> UnigramVocabulary.read(file));
          assertThat(error).hasMessageStartingWith(file + ": ").hasMessageContaining(expected);
          assertThat(error.getMessage().substring(file.toString().length()))
              .doesNotContain("hello")
              .doesNotContain("1e400")
              .doesNotContain("1_000");
        });
  }

  @Test
  void u31Missing() {
    assertThatThrownBy(() -> UnigramVocabulary.read(Path.of("/nonexistent/x")))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("/nonexistent/x");
    assertThatThrownBy(() -> UnigramVocabulary.read(null)).hasMessage("file");
  }

  @Test
  void u32Directory() {
    assertRefused(directory, null, "is not a regular file");
    assertRefused(directory, folder, "is not a regular file");
  }

  @Test
  void u42Fifo() throws Exception {
    Path fifo = directory.resolve("fifo");
    Process mkfifo = new ProcessBuilder("mkfifo", fifo.toString()).start();
    assertThat(mkfifo.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(mkfifo.exitValue()).isZero();
    assertTimeoutPreemptively(
        Duration.ofSeconds(2), () -> assertRefused(fifo, null, "is not a regular file"));
  }

  @Test
  void u42Device() {
    assertTimeoutPreemptively(
        Duration.ofSeconds(2),
        () -> assertRefused(Path.of("/dev/zero"), null, "is not a regular file"));
  }

  @Test
  void u43PathsOutOfTheDirectory() {
    assertRefused(Path.of("../outside.txt"), directory, "lies outside");
    assertRefused(Path.of("../../../../../../../../etc/passwd"), directory, "lies outside");
    assertRefused(outside, directory, "lies outside");
    IOException error =
        catchThrowableOfType(
            IOException.class, () -> UnigramVocabulary.read(Path.of("/etc/passwd")));
    assertThat(error).hasMessageContaining("line 1: ").hasMessageNotContaining("root");
  }

  @Test
  void u44LinksOutOfTheDirectory() throws IOException {
    Path symbolic = Files.createSymbolicLink(directory.resolve("symbolic"), outside);
    assertRefused(symbolic, directory, "lies outside");
    Path way = Files.createSymbolicLink(directory.resolve("way"), folder);
    assertRefused(way.resolve("outside.txt"), directory, "lies outside");
    Path hard = Files.createLink(directory.resolve("hard"), outside);
    assertRefused(hard, directory, "has other names");
  }

  @Test
  void filesInTheDirectory() throws IOException {
    Path file = Files.writeString(directory.resolve("words.txt"), "a,1\nb,2\n");
    Files.createSymbolicLink(directory.resolve("link"), file);
    Path linked = Files.createSymbolicLink(folder.resolve("linked"), directory);
    for (Path name : new Path[] {Path.of("words.txt"), Path.of("link"), file}) {
      assertThat(UnigramVocabulary.read(name, directory).toFloatArray()).containsExactly(1, 2);
    }
    assertThat(UnigramVocabulary.read(Path.of("words.txt"), linked).toFloatArray())
        .containsExactly(1, 2);
  }

  @Test
  void u45OneLongLine() throws IOException {
    Path file = directory.resolve("long");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(200_000_000);
    }
    assertTimeoutPreemptively(
        Duration.ofSeconds(1),
        () -> assertRefused(file, null, "line 1: is longer than 4096 bytes"));
  }

  @Test
  void u46HugeFile() throws IOException {
    Path file = directory.resolve("huge");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(20_000_000_000L);
    }
    assertTimeoutPreemptively(
        Duration.ofSeconds(1),
        () -> assertRefused(file, null, "has 20000000000 bytes, expected at most 1073741824"));
  }

  @Test
  void u48NoPermission() throws IOException {
    Path file = file(new byte[] {'1'});
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    Assumptions.assumeFalse(Files.isReadable(file), "root reads everything");
    assertThatThrownBy(() -> UnigramVocabulary.read(file))
        .isInstanceOf(AccessDeniedException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void u49Locale() throws IOException {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.GERMANY);
    try {
      Path file = file("a,1.5\nb,2,5\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(UnigramVocabulary.read(file).toFloatArray()).containsExactly(1.5f, 5);
    } finally {
      Locale.setDefault(before);
    }
  }

  /** Whatever a name leads to while it is swapped, no content from outside is ever read. */
  @Test
  void u50FileReplacedMeanwhile() throws Exception {
    Path name = directory.resolve("swapped");
    Path inside = Files.writeString(directory.resolve("inside"), "1\n2\n");
    Files.writeString(outside, "666\n");
    Path spare = directory.resolve("spare");
    Files.createSymbolicLink(name, inside);
    boolean[] stop = {false};
    Thread swapper =
        new Thread(
            () -> {
              for (int i = 0; !stopped(stop); i++) {
                swap(spare, i % 2 == 0 ? outside : inside, name);
              }
            });
    swapper.start();
    try {
      int read = 0;
      int refused = 0;
      for (int i = 0; i < 20_000 && (read == 0 || refused == 0 || i < 300); i++) {
        try {
          assertThat(UnigramVocabulary.read(name, directory).toFloatArray()).containsExactly(1, 2);
          read++;
        } catch (IOException e) {
          refused++;
        }
      }
      assertThat(read).isPositive();
      assertThat(refused).isPositive();
    } finally {
      synchronized (stop) {
        stop[0] = true;
      }
      swapper.join();
    }
  }

  private static boolean stopped(boolean[] stop) {
    synchronized (stop) {
      return stop[0];
    }
  }

  private static void swap(Path spare, Path target, Path name) {
    try {
      Files.createSymbolicLink(spare, target);
      Files.move(spare, name, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void assertRefused(Path file, Path base, String expected) {
    IOException error =
        catchThrowableOfType(
            IOException.class,
            () -> {
              if (base == null) {
                UnigramVocabulary.read(file);
              } else {
                UnigramVocabulary.read(file, base);
              }
            });
    assertThat(error).hasMessageContaining(expected).hasMessageNotContaining(SECRET);
  }

  private Path file(byte[] content) throws IOException {
    return Files.write(Files.createTempFile(directory, "vocabulary", ".txt"), content);
  }

  /** More than one buffer of bytes, and more weights than there is room for at first. */
  @Test
  void manyLines() throws IOException {
    StringBuilder lines = new StringBuilder();
    float[] expected = new float[20_000];
    for (int i = 0; i < expected.length; i++) {
      lines.append(i).append('\n');
      expected[i] = i;
    }
    Path file = file(lines.toString().getBytes(StandardCharsets.US_ASCII));
    assertThat(UnigramVocabulary.read(file).toFloatArray()).containsExactly(expected);
  }

  @Test
  void whatIsAppendedMeanwhileIsNotRead() throws IOException {
    Path file = file("1\n2\n".getBytes(StandardCharsets.US_ASCII));
    try (VocabularyFile lines = VocabularyFile.open(file, null)) {
      Files.writeString(file, "3\n", StandardOpenOption.APPEND);
      assertThat(lines.next()).isEqualTo("1");
      assertThat(lines.next()).isEqualTo("2");
      assertThat(lines.next()).isNull();
      assertThat(lines.next()).isNull();
    }
  }

  @Test
  void u46TheLargestFile() throws IOException {
    Path file = directory.resolve("largest");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(1 << 30);
    }
    assertRefused(file, null, "line 1: is longer than 4096 bytes");
  }
}
