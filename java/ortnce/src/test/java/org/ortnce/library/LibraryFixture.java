package org.ortnce.library;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A class path with packed libraries, system properties, and the loader under test over both. */
final class LibraryFixture {
  static final Platform LINUX = new Platform("linux", "x64");
  static final byte[] ELF = TinyElf.library("RegisterCustomOps");

  final Path classPath;
  final Map<String, String> properties = new HashMap<>();

  LibraryFixture(Path directory) throws IOException {
    classPath = Files.createDirectories(directory.resolve("class path"));
  }

  NativeLibrary library() throws IOException {
    return library(LINUX);
  }

  NativeLibrary library(Platform platform) throws IOException {
    return new NativeLibrary(platform, properties::get, loader());
  }

  /** Sees the fixture's resources and nothing else. */
  ClassLoader loader() throws MalformedURLException {
    return new URLClassLoader(
        new URL[] {classPath.toUri().toURL()}, ClassLoader.getPlatformClassLoader());
  }

  /** Packs {@code content} for {@code platform} with its right checksum file. */
  void pack(Platform platform, byte[] content) throws IOException {
    Path file = resource(platform);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
    writeManifest(file, Sha256.of(file) + "  " + file.getFileName() + "\n");
  }

  Path resource(Platform platform) {
    return classPath.resolve(platform.resourcePath().substring(1));
  }

  static void writeManifest(Path library, String text) throws IOException {
    Files.writeString(
        library.resolveSibling(library.getFileName() + ".sha256"), text, StandardCharsets.US_ASCII);
  }
}
