package org.ortnce.library;

import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Finds the native library on this machine, checks it, and extracts it if it is packed in a jar.
 * The package description gives the search order. Safe for concurrent use.
 */
public final class NativeLibrary {
  /** System property: the library file, or the directory that holds it. */
  public static final String PATH_PROPERTY = "ortnce.native.path";

  /** System property: the directory to extract a packed library to, kept across JVMs. */
  public static final String EXTRACT_PATH_PROPERTY = "ortnce.native.extract.path";

  private static final Logger LOGGER = System.getLogger("org.ortnce.library");

  private static final NativeLibrary SHARED =
      new NativeLibrary(
          Platform.current(), System::getProperty, NativeLibrary.class.getClassLoader());

  private final Platform platform;
  private final UnaryOperator<String> properties;
  private final ClassLoader loader;
  private Path located;

  NativeLibrary(Platform platform, UnaryOperator<String> properties, ClassLoader loader) {
    this.platform = platform;
    this.properties = properties;
    this.loader = loader;
  }

  /**
   * The absolute path of the checked library. The first call does the work; later ones return the
   * same path as long as the file is there. A failed call may be repeated, for instance after a
   * system property was set.
   *
   * @throws NativeLibraryException if there is no library for this platform, or the one found is
   *     damaged, for another platform, or not what its checksum file promises
   */
  public static Path locate() {
    return SHARED.path();
  }

  /** This platform under ONNX Runtime's name, such as {@code linux-x64}. */
  public static String osArch() {
    return SHARED.platform.osArch();
  }

  /** {@link #locate()} for the platform, properties and class loader of this instance. */
  synchronized Path path() {
    if (located == null || !Files.isRegularFile(located)) {
      located = null;
      String given = properties.apply(PATH_PROPERTY);
      try {
        Path found = given == null ? extracted() : given(given);
        if (platform.usesElf()) {
          ElfHeader.check(found, platform);
        }
        located = found;
      } catch (IOException e) {
        throw new NativeLibraryException(
            "cannot read or extract the native library for " + platform.osArch() + ": " + e, e);
      }
    }
    return located;
  }

  private Path given(String value) throws IOException {
    Path path = pathOf(PATH_PROPERTY, value);
    Path file = Files.isDirectory(path) ? path.resolve(platform.libraryFileName()) : path;
    if (!Files.isRegularFile(file)) {
      throw new NativeLibraryException(
          "system property "
              + PATH_PROPERTY
              + " is '"
              + value
              + "', but "
              + file
              + (Files.exists(file) ? " is not a regular file" : " does not exist")
              + ": set it to the library or to the directory that holds "
              + platform.libraryFileName());
    }
    verifyGiven(file);
    LOGGER.log(Level.DEBUG, "native library {0} from system property {1}", file, PATH_PROPERTY);
    return file;
  }

  /** A library of the user's own build needs no checksum file; one that is there must hold. */
  private static void verifyGiven(Path file) throws IOException {
    Path manifest = file.resolveSibling(file.getFileName() + ".sha256");
    if (!Files.isRegularFile(manifest)) {
      return;
    }
    String wanted;
    try (InputStream in = Files.newInputStream(manifest)) {
      wanted = Sha256.readManifest(in, manifest.toString(), file.getFileName().toString());
    }
    String found = Sha256.of(file);
    if (!found.equals(wanted)) {
      throw new NativeLibraryException(
          "native library "
              + file
              + " has SHA-256 "
              + found
              + ", its checksum file "
              + manifest
              + " says "
              + wanted);
    }
  }

  private Path extracted() throws IOException {
    Optional<PackedLibrary> packed = PackedLibrary.find(loader, platform);
    if (packed.isEmpty()) {
      throw notFound();
    }
    String base = properties.apply(EXTRACT_PATH_PROPERTY);
    Path file =
        base == null
            ? LibraryExtractor.toTemporaryDirectory(packed.get())
            : LibraryExtractor.toStableDirectory(packed.get(), pathOf(EXTRACT_PATH_PROPERTY, base));
    LOGGER.log(
        Level.DEBUG, "native library {0} from class path resource {1}", file, packed.get().url());
    return file;
  }

  private NativeLibraryException notFound() {
    List<String> others =
        Platform.PUBLISHED.stream()
            .filter(other -> loader.getResource(other.resourcePath().substring(1)) != null)
            .map(Platform::osArch)
            .collect(Collectors.toList());
    return new NativeLibraryException(
        "no native library for "
            + platform.osArch()
            + "; searched: (1) system property "
            + PATH_PROPERTY
            + ": not set; (2) class path resource "
            + platform.resourcePath()
            + ": absent"
            + (others.isEmpty() ? "" : ", present for " + others)
            + ". Add the jar org.ortnce:ortnce-native for this platform to the class path, or set -D"
            + PATH_PROPERTY
            + "=<directory that holds "
            + platform.libraryFileName()
            + ">");
  }

  private static Path pathOf(String property, String value) {
    try {
      if (value.isBlank()) {
        throw new InvalidPathException(value, "it is empty");
      }
      return Path.of(value).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new NativeLibraryException(
          "system property " + property + " is no path: " + e.getMessage(), e);
    }
  }
}
