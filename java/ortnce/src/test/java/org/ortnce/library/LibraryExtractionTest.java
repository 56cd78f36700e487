package org.ortnce.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.ChildJvm;
import org.ortnce.reliability.BadInputs;

/** Extraction from the class path: private, verified, repaired, and safe against races. */
@DisabledOnOs(OS.WINDOWS)
@BadInputs
class LibraryExtractionTest {
  @TempDir Path directory;
  private LibraryFixture fixture;
  private Path base;

  @BeforeEach
  void createFixture() throws IOException {
    fixture = new LibraryFixture(directory);
    fixture.pack(LibraryFixture.LINUX, LibraryFixture.ELF);
    base = directory.resolve("deep/base");
  }

  @Test
  void theTemporaryDirectoryIsPrivate() throws IOException {
    Path file = fixture.library().path();
    assertThat(file).isAbsolute().hasBinaryContent(LibraryFixture.ELF);
    assertThat(mode(file.getParent())).isEqualTo("rwx------");
    assertThat(fixture.library().path()).as("another instance").isNotEqualTo(file);
  }

  @Test
  void theTemporaryDirectoryGoesWithTheJvm() throws Exception {
    Path temporary = Files.createDirectory(directory.resolve("tmp"));
    ChildJvm.Outcome outcome =
        ChildJvm.run(
            ExtractAndExit.class,
            List.of("-Djava.io.tmpdir=" + temporary),
            fixture.classPath.toString());
    assertThat(outcome.exitValue()).as(outcome.output()).isZero();
    assertThat(outcome.output().strip()).startsWith(temporary.toString()).endsWith("libortnce.so");
    assertThat(temporary).isEmptyDirectory();
  }

  /** Prints where the library packed under the first argument was extracted to. */
  static final class ExtractAndExit {
    private ExtractAndExit() {}

    public static void main(String[] arguments) throws IOException {
      ClassLoader loader = new URLClassLoader(new URL[] {Path.of(arguments[0]).toUri().toURL()});
      Path file = new NativeLibrary(LibraryFixture.LINUX, name -> null, loader).path();
      if (!Files.isRegularFile(file)) {
        throw new AssertionError(file + " is missing");
      }
      System.out.println(file);
    }
  }

  @Test
  void theStableDirectoryIsNamedByContentAndReused() throws IOException {
    Path file = extract();
    String sum = Sha256.of(fixture.resource(LibraryFixture.LINUX));
    assertThat(file).isEqualTo(base.resolve("linux-x64-" + sum).resolve("libortnce.so"));
    assertThat(mode(file.getParent())).isEqualTo("rwx------");
    Object inode = Files.getAttribute(file, "unix:ino");
    assertThat(Files.getAttribute(extract(), "unix:ino")).as("not written again").isEqualTo(inode);

    byte[] other = LibraryFixture.ELF.clone();
    other[other.length - 1] = 'x';
    fixture.pack(LibraryFixture.LINUX, other);
    assertThat(extract()).isNotEqualTo(file).hasBinaryContent(other);
    assertThat(file).hasBinaryContent(LibraryFixture.ELF);
  }

  @Test
  void j26AChangedFileIsRepairedWithoutTouchingTheOldOne() throws IOException {
    Path file = extract();
    Path old = directory.resolve("old");
    Files.createLink(old, file);
    Files.writeString(file, "changed");
    assertThat(extract()).isEqualTo(file).hasBinaryContent(LibraryFixture.ELF);
    assertThat(old).as("who has the old file open keeps it").hasContent("changed");
    assertNoTemporaryFiles(file);
  }

  @Test
  void aLinkInPlaceOfTheFileIsReplacedNotFollowed() throws IOException {
    Path file = extract();
    Path victim = Files.writeString(directory.resolve("victim"), "precious");
    Files.delete(file);
    Files.createSymbolicLink(file, victim);
    assertThat(extract()).isEqualTo(file).hasBinaryContent(LibraryFixture.ELF);
    assertThat(Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)).isTrue();
    assertThat(victim).hasContent("precious");

    Path twin = Files.write(directory.resolve("twin"), LibraryFixture.ELF);
    Files.delete(file);
    Files.createSymbolicLink(file, twin);
    assertThat(Files.isSymbolicLink(extract())).as("even to the same content").isFalse();
  }

  @Test
  void directoriesThatOthersCouldChangeAreRefused() throws IOException {
    Path hashed = extract().getParent();
    Files.setPosixFilePermissions(hashed, PosixFilePermissions.fromString("rwxrwx---"));
    assertRefused(hashed.toString(), "rwxrwx---", "chmod go-w");
    Files.setPosixFilePermissions(hashed, PosixFilePermissions.fromString("rwxr-x-w-"));
    assertRefused(hashed.toString(), "rwxr-x-w-");
    Files.setPosixFilePermissions(hashed, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(extract()).hasBinaryContent(LibraryFixture.ELF);

    Path moved = Files.move(hashed, directory.resolve("moved"));
    Files.createSymbolicLink(hashed, moved);
    assertRefused(hashed.toString(), "a link or a file");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aDirectoryOfAnotherUserIsRefused() throws IOException {
    Path hashed = extract().getParent();
    Object self = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    assumeTrue(self.equals(0), "only root can give a directory away");
    Files.setAttribute(hashed, "unix:uid", 12345);
    assertRefused(hashed.toString(), "belongs to user 12345");
  }

  @Test
  void aDirectoryInPlaceOfTheFileIsRefused() throws IOException {
    Path file = extract();
    Files.delete(file);
    Files.createDirectory(file);
    assertRefused(file.toString(), "is a directory");
  }

  @Test
  void anUnusableBaseIsNamed() throws IOException {
    base = Files.writeString(directory.resolve("file"), "");
    assertRefused("cannot read or extract the native library for linux-x64", base.toString());
  }

  @Test
  void concurrentFirstUseGivesOneWholeFile() throws Exception {
    List<Callable<Path>> tasks = new ArrayList<>();
    NativeLibrary shared = library();
    for (int i = 0; i < 16; i++) {
      NativeLibrary library = i % 2 == 0 ? shared : library();
      tasks.add(
          () -> {
            Path file = library.path();
            assertThat(file).hasBinaryContent(LibraryFixture.ELF);
            return file;
          });
    }
    ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
    try {
      List<Path> files = new ArrayList<>();
      for (Future<Path> future : threads.invokeAll(tasks)) {
        files.add(future.get());
      }
      assertThat(files).containsOnly(files.get(0));
      assertNoTemporaryFiles(files.get(0));
    } finally {
      threads.shutdownNow();
    }
  }

  /** Our classes hold no native state, so a second copy of them works on the same file. */
  @Test
  void j32TwoClassLoadersShareTheFile() throws Exception {
    List<Path> files = new ArrayList<>();
    List<Class<?>> classes = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      URL ours = NativeLibrary.class.getProtectionDomain().getCodeSource().getLocation();
      URL[] urls = {ours, fixture.classPath.toUri().toURL()};
      ClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
      Class<?> library = loader.loadClass(NativeLibrary.class.getName());
      Class<?> platform = loader.loadClass(Platform.class.getName());
      var platformConstructor = platform.getDeclaredConstructor(String.class, String.class);
      platformConstructor.setAccessible(true);
      var constructor =
          library.getDeclaredConstructor(
              platform, java.util.function.UnaryOperator.class, ClassLoader.class);
      constructor.setAccessible(true);
      var path = library.getDeclaredMethod("path");
      path.setAccessible(true);
      java.util.function.UnaryOperator<String> properties = properties()::get;
      classes.add(library);
      files.add(
          (Path)
              path.invoke(
                  constructor.newInstance(
                      platformConstructor.newInstance("linux", "x64"), properties, loader)));
    }
    assertThat(classes.get(0)).isNotSameAs(classes.get(1));
    assertThat(files.get(0)).isEqualTo(files.get(1)).hasBinaryContent(LibraryFixture.ELF);
  }

  private java.util.Map<String, String> properties() {
    return java.util.Map.of(NativeLibrary.EXTRACT_PATH_PROPERTY, base.toString());
  }

  private NativeLibrary library() throws IOException {
    fixture.properties.putAll(properties());
    return fixture.library();
  }

  private Path extract() throws IOException {
    return library().path();
  }

  private void assertRefused(String... parts) {
    assertThatThrownBy(this::extract)
        .isInstanceOf(NativeLibraryException.class)
        .message()
        .contains(parts);
  }

  private static void assertNoTemporaryFiles(Path file) throws IOException {
    try (Stream<Path> files = Files.list(file.getParent())) {
      assertThat(files).containsExactly(file);
    }
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
