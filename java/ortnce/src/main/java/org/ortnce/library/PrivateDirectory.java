package org.ortnce.library;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Directories whose content nobody but this user (or root) can change. Whoever can, could put
 * another library there between our check of the sum and ONNX Runtime's opening of the file.
 */
final class PrivateDirectory {
  private static final Path SELF = Path.of("/proc/self");
  private static final Integer ROOT = 0;

  private PrivateDirectory() {}

  /** What a new directory under {@code parent} is created with: mode 0700 where modes exist. */
  static FileAttribute<?>[] attributes(Path parent) {
    return hasModes(parent)
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
        }
        : new FileAttribute<?>[0];
  }

  /**
   * Checks a directory that was there before.
   *
   * @throws NativeLibraryException if it is a link or no directory, or if others own it or may
   *     write to it
   */
  static void check(Path directory) throws IOException {
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      throw refused(directory, "it is not a directory of its own (a link or a file)");
    }
    if (!hasModes(directory)) {
      return;
    }
    PosixFileAttributes found =
        Files.readAttributes(directory, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (found.permissions().contains(PosixFilePermission.GROUP_WRITE)
        || found.permissions().contains(PosixFilePermission.OTHERS_WRITE)) {
      throw refused(
          directory,
          "its mode "
              + PosixFilePermissions.toString(found.permissions())
              + " lets other users write to it; remove it or run chmod go-w on it");
    }
    // Java names users but not the current one; the kernel does, on Linux.
    if (Files.exists(SELF)) {
      Object owner = Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS);
      Object self = Files.getAttribute(SELF, "unix:uid", LinkOption.NOFOLLOW_LINKS);
      if (!owner.equals(self) && !owner.equals(ROOT)) {
        throw refused(directory, "it belongs to user " + found.owner());
      }
    }
  }

  private static boolean hasModes(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("unix");
  }

  private static NativeLibraryException refused(Path directory, String reason) {
    return new NativeLibraryException(
        "cannot use extraction directory " + directory + ": " + reason);
  }
}
