package org.ortnce.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ortnce.reliability.BadInputs;

/** Where the library is looked for, and which files are refused (J25, J26). */
@BadInputs
class NativeLibrarySearchTest {
  @TempDir Path directory;
  private LibraryFixture fixture;
  private Path given;

  @BeforeEach
  void createFixture() throws IOException {
    fixture = new LibraryFixture(directory);
    given = Files.createDirectories(directory.resolve("given")).resolve("libortnce.so");
  }

  @Test
  void thePropertyMayNameTheFileOrItsDirectory() throws IOException {
    Files.write(given, LibraryFixture.ELF);
    fixture.properties.put(NativeLibrary.PATH_PROPERTY, given.toString());
    assertThat(fixture.library().path()).isEqualTo(given);
    fixture.properties.put(NativeLibrary.PATH_PROPERTY, given.getParent().toString());
    assertThat(fixture.library().path()).isEqualTo(given);
  }

  @Test
  void thePropertyWinsOverTheResourceAndIsNotFallenBackFrom() throws IOException {
    fixture.pack(LibraryFixture.LINUX, LibraryFixture.ELF);
    fixture.properties.put(NativeLibrary.PATH_PROPERTY, given.toString());
    assertRefused(given.toString(), "does not exist", NativeLibrary.PATH_PROPERTY);
    Files.write(given, LibraryFixture.ELF);
    assertThat(fixture.library().path()).isEqualTo(given);
  }

  @Test
  void notFoundNamesPlatformOrderAndCure() throws IOException {
    fixture.pack(new Platform("osx", "aarch64"), new byte[] {1});
    assertRefused(
        "no native library for linux-x64",
        "(1) system property ortnce.native.path: not set",
        "(2) class path resource /org/ortnce/native/linux-x64/libortnce.so: absent",
        "present for [osx-aarch64]",
        "org.ortnce:ortnce-native",
        "-Dortnce.native.path=");
  }

  @Test
  void aFailedSearchMayBeRepeated() throws IOException {
    NativeLibrary library = fixture.library();
    assertThatThrownBy(library::path).isInstanceOf(NativeLibraryException.class);
    Files.write(given, LibraryFixture.ELF);
    fixture.properties.put(NativeLibrary.PATH_PROPERTY, given.toString());
    assertThat(library.path()).isEqualTo(given);
    fixture.properties.clear();
    assertThat(library.path()).as("found once").isEqualTo(given);
    Files.delete(given);
    assertThatThrownBy(library::path).isInstanceOf(NativeLibraryException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "Linux, amd64, linux-x64, libortnce.so",
    "Linux, x86_64, linux-x64, libortnce.so",
    "Linux, aarch64, linux-aarch64, libortnce.so",
    "Mac OS X, aarch64, osx-aarch64, libortnce.dylib",
    "Darwin, arm64, osx-aarch64, libortnce.dylib",
    "Windows 11, amd64, win-x64, libortnce.dll",
    "Linux, riscv64, linux-riscv64, libortnce.so",
    "SunOS, ../../x, sunos-x, libortnce.so",
    "'', '', unknown-unknown, libortnce.so",
  })
  void platformsHaveOnnxRuntimesNames(String os, String arch, String osArch, String file) {
    Platform platform = Platform.of(os, arch);
    assertThat(platform.osArch()).isEqualTo(osArch);
    assertThat(platform.resourcePath()).isEqualTo("/org/ortnce/native/" + osArch + "/" + file);
  }

  @Test
  void anUnknownProcessorTakesALibraryOfTheUsersOwnBuild() throws IOException {
    Files.write(given, elf(18, 243));
    fixture.properties.put(NativeLibrary.PATH_PROPERTY, given.toString());
    assertThat(fixture.library(new Platform("linux", "riscv64")).path()).isEqualTo(given);
  }

  /** J25, one file a row: what is at the path, and what the message says beside the path. */
  @Test
  void j25UnusableFilesAreNamedWithTheReason() throws IOException {
    fixture.properties.put(NativeLibrary.PATH_PROPERTY, given.getParent().toString());
    assertRefused(given.toString(), "does not exist");

    Files.createDirectory(given);
    assertRefused(given.toString(), "is not a regular file");
    Files.delete(given);

    byte[] elf = LibraryFixture.ELF;
    Map<String, byte[]> rows = new LinkedHashMap<>();
    rows.put("not an ELF shared library: its first bytes are []", new byte[0]);
    rows.put(
        "not an ELF shared library: its first bytes are [4d 5a 00 01]",
        new byte[] {'M', 'Z', 0, 1, 2});
    rows.put("cut off after 4 bytes", Arrays.copyOf(elf, 4));
    rows.put("cut off after 40 bytes", Arrays.copyOf(elf, 40));
    rows.put("100 bytes do not hold its program headers", Arrays.copyOf(elf, 100));
    rows.put("segment 0 goes beyond its end", Arrays.copyOf(elf, elf.length - 1));
    rows.put("built for aarch64 (ELF machine 183)", elf(18, ElfHeader.MACHINE_AARCH64));
    rows.put("built for ELF machine 243", elf(18, 243));
    rows.put("ELF file of type 2, not a shared library", elf(16, 2));
    rows.put("not a 64-bit little-endian ELF file", elf(4, 1));
    rows.put("lists no program headers", elf(56, 0));
    for (Map.Entry<String, byte[]> row : rows.entrySet()) {
      Files.write(given, row.getValue());
      assertRefused("cannot use native library " + given, row.getKey());
    }

    fixture.properties.put(NativeLibrary.PATH_PROPERTY, " ");
    assertRefused(NativeLibrary.PATH_PROPERTY, "is no path");
    fixture.properties.put(NativeLibrary.PATH_PROPERTY, "a\0b");
    assertRefused(NativeLibrary.PATH_PROPERTY, "is no path");
    fixture.properties.put(NativeLibrary.PATH_PROPERTY, "/dev/null");
    assertRefused("/dev/null is not a regular file");
  }

  @Test
  void j26AGivenLibraryMustMatchTheChecksumFileBesideIt() throws IOException {
    Files.write(given, LibraryFixture.ELF);
    fixture.properties.put(NativeLibrary.PATH_PROPERTY, given.toString());
    String sum = Sha256.of(given);
    LibraryFixture.writeManifest(given, sum + "  libortnce.so\n");
    assertThat(fixture.library().path()).isEqualTo(given);
    LibraryFixture.writeManifest(given, "0".repeat(64) + "  libortnce.so\n");
    assertRefused(given.toString(), "has SHA-256 " + sum, "0".repeat(64));
    LibraryFixture.writeManifest(given, sum + "  other.so\n");
    assertRefused("is for 'other.so', expected 'libortnce.so'");
    for (String malformed :
        List.of("", sum, sum.substring(1) + "  libortnce.so", "x".repeat(9000))) {
      LibraryFixture.writeManifest(given, malformed);
      assertRefused("is not one line of 64 hex digits");
    }
  }

  @Test
  void j26APackedLibraryMustMatchItsChecksumFile() throws IOException {
    fixture.pack(LibraryFixture.LINUX, LibraryFixture.ELF);
    Path resource = fixture.resource(LibraryFixture.LINUX);
    byte[] changed = LibraryFixture.ELF.clone();
    changed[changed.length - 1] ^= 1;
    Files.write(resource, changed);
    Path base = directory.resolve("extracted");
    fixture.properties.put(NativeLibrary.EXTRACT_PATH_PROPERTY, base.toString());
    assertRefused("has SHA-256", "the jar is damaged or was changed");
    try (var files = Files.walk(base)) {
      assertThat(files.filter(Files::isRegularFile)).as("nothing left behind").isEmpty();
    }
    fixture.properties.clear();
    assertRefused("has SHA-256", "the jar is damaged or was changed");
    Files.delete(resource.resolveSibling("libortnce.so.sha256"));
    assertRefused("has no checksum file");
  }

  @Test
  void theChoiceIsLoggedAtDebug() throws IOException {
    List<String> messages = new CopyOnWriteArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord entry) {
            messages.add(java.text.MessageFormat.format(entry.getMessage(), entry.getParameters()));
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    handler.setLevel(Level.ALL);
    Logger logger = Logger.getLogger("org.ortnce.library");
    logger.setLevel(Level.FINE);
    logger.addHandler(handler);
    try {
      Files.write(given, LibraryFixture.ELF);
      fixture.properties.put(NativeLibrary.PATH_PROPERTY, given.toString());
      fixture.library().path();
      assertThat(messages)
          .containsExactly("native library " + given + " from system property ortnce.native.path");
    } finally {
      logger.removeHandler(handler);
      logger.setLevel(null);
    }
  }

  private void assertRefused(String... parts) {
    assertThatThrownBy(() -> fixture.library().path())
        .isInstanceOf(NativeLibraryException.class)
        .isInstanceOf(IllegalStateException.class)
        .message()
        .contains(parts);
  }

  /** The tiny library with one byte-sized header field changed. */
  private static byte[] elf(int offset, int value) {
    byte[] content = LibraryFixture.ELF.clone();
    ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).put(offset, (byte) value);
    return content;
  }

  /** The second segment as one to load: the loader maps all of it. */
  @Test
  void j25EverySegmentMustLieWithinTheFile() throws IOException {
    fixture.properties.put(NativeLibrary.PATH_PROPERTY, given.toString());
    long size = LibraryFixture.ELF.length;
    for (long[] inside : new long[][] {{size, 0}, {size - 10, 10}, {1, 1}}) {
      Files.write(given, secondSegment(inside[0], inside[1]));
      assertThat(fixture.library().path()).isEqualTo(given);
    }
    long[][] beyond = {{size - 10, 11}, {size + 1, 0}, {-1, 1}, {1, -1}, {1, Long.MAX_VALUE}};
    for (long[] outside : beyond) {
      Files.write(given, secondSegment(outside[0], outside[1]));
      assertRefused("cannot use native library " + given, "segment 1 goes beyond its end");
    }
  }

  private static byte[] secondSegment(long offset, long length) {
    byte[] content = LibraryFixture.ELF.clone();
    int at = 64 + 56;
    ByteBuffer bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(at, 1).putLong(at + 8, offset).putLong(at + 32, length);
    return content;
  }
}
