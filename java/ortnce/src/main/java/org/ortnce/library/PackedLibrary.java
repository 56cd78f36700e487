package org.ortnce.library;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** A library packed as a class path resource, and the SHA-256 sum it must have. */
record PackedLibrary(URL url, Platform platform, String sha256) {

  /**
   * The library packed for {@code platform}, if there is one.
   *
   * @throws NativeLibraryException if its checksum file is absent or malformed
   */
  static Optional<PackedLibrary> find(ClassLoader loader, Platform platform) throws IOException {
    String name = platform.resourcePath().substring(1);
    URL url = loader.getResource(name);
    if (url == null) {
      return Optional.empty();
    }
    URL manifest = loader.getResource(name + ".sha256");
    if (manifest == null) {
      throw new NativeLibraryException(
          "native library " + url + " has no checksum file " + name + ".sha256 beside it");
    }
    try (InputStream in = open(manifest)) {
      String sum = Sha256.readManifest(in, manifest.toString(), platform.libraryFileName());
      return Optional.of(new PackedLibrary(url, platform, sum));
    }
  }

  /**
   * Writes the library to {@code file}, which must exist, and forces it to the disk.
   *
   * @throws NativeLibraryException if what was written does not have the promised sum
   */
  void copyTo(Path file) throws IOException {
    String found;
    try (InputStream in = open(url);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        OutputStream out = Channels.newOutputStream(channel)) {
      found = Sha256.copy(in, out);
      channel.force(true);
    }
    if (!found.equals(sha256)) {
      throw new NativeLibraryException(
          "native library "
              + url
              + " has SHA-256 "
              + found
              + ", its checksum file says "
              + sha256
              + ": the jar is damaged or was changed");
    }
  }

  /** Without the JVM-wide jar cache, which would keep the jar open after the copy. */
  private static InputStream open(URL url) throws IOException {
    URLConnection connection = url.openConnection();
    connection.setUseCaches(false);
    return connection.getInputStream();
  }
}
