package org.ortnce.library;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Puts a packed library where ONNX Runtime can open it by path. */
final class LibraryExtractor {
  private LibraryExtractor() {}

  /** Extracts to a fresh directory that only this user may enter; both go when the JVM exits. */
  static Path toTemporaryDirectory(PackedLibrary library) throws IOException {
    Path directory = Files.createTempDirectory("ortnce-");
    // Deleted in the reverse of this order, so the directory is empty by then.
    directory.toFile().deleteOnExit();
    Path file = Files.createFile(directory.resolve(library.platform().libraryFileName()));
    file.toFile().deleteOnExit();
    library.copyTo(file);
    return file;
  }

  /**
   * Extracts to {@code base/<os-arch>-<SHA-256>/<library>}, or reuses what is there if it has that
   * sum. A file with another sum, or a symbolic link, is replaced by an atomic move, so processes
   * that start together or still run with the old file do no harm to each other.
   *
   * @throws NativeLibraryException if somebody else could change the directory
   */
  static Path toStableDirectory(PackedLibrary library, Path base) throws IOException {
    Path directory = base.resolve(library.platform().osArch() + "-" + library.sha256());
    Files.createDirectories(base);
    try {
      Files.createDirectory(directory, PrivateDirectory.attributes(base));
    } catch (FileAlreadyExistsException e) {
      PrivateDirectory.check(directory);
    }
    Path target = directory.resolve(library.platform().libraryFileName());
    if (Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)
        && Sha256.of(target).equals(library.sha256())) {
      return target;
    }
    if (Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new NativeLibraryException(
          "cannot extract the native library: " + target + " is a directory; remove it");
    }
    Path temporary = Files.createTempFile(directory, target.getFileName() + ".", ".tmp");
    try {
      library.copyTo(temporary);
      move(temporary, target);
    } finally {
      Files.deleteIfExists(temporary);
    }
    return target;
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      throw new NativeLibraryException(
          "file system of " + to.getParent() + " cannot move files atomically", e);
    }
  }
}
