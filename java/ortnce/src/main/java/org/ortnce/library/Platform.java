package org.ortnce.library;

import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * An operating system and processor under ONNX Runtime's names: {@code linux-x64}, {@code
 * linux-aarch64}, {@code osx-aarch64}, {@code win-x64}. Others keep the names the JVM gives, so
 * that a library of the user's own build still has a place.
 */
record Platform(String os, String arch) {
  /** The platforms that ONNX Runtime itself is published for. */
  static final List<Platform> PUBLISHED =
      List.of(
          new Platform("linux", "x64"),
          new Platform("linux", "aarch64"),
          new Platform("osx", "aarch64"),
          new Platform("win", "x64"));

  /** The platform of this JVM. */
  static Platform current() {
    return of(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
  }

  /** The platform of the system properties {@code os.name} and {@code os.arch}. */
  static Platform of(String osName, String osArch) {
    String os = osName.toLowerCase(Locale.ROOT);
    String arch = osArch.toLowerCase(Locale.ROOT);
    return new Platform(
        os.contains("mac") || os.contains("darwin")
            ? "osx"
            : os.contains("win") ? "win" : os.contains("nux") ? "linux" : plain(os),
        switch (arch) {
          case "amd64", "x86_64" -> "x64";
          case "aarch64", "arm64" -> "aarch64";
          default -> plain(arch);
        });
  }

  /** The name that goes into a resource path, so nothing but letters, digits and underscores. */
  private static String plain(String name) {
    String kept = name.replaceAll("[^a-z0-9_]", "");
    return kept.isEmpty() ? "unknown" : kept;
  }

  String osArch() {
    return os + "-" + arch;
  }

  /** The file name of the library, such as {@code libortnce.so}. */
  String libraryFileName() {
    return switch (os) {
      case "win" -> "libortnce.dll";
      case "osx" -> "libortnce.dylib";
      default -> "libortnce.so";
    };
  }

  /** The absolute class path resource that holds the library. */
  String resourcePath() {
    return "/org/ortnce/native/" + osArch() + "/" + libraryFileName();
  }

  /** Whether shared libraries are ELF files here. */
  boolean usesElf() {
    return os.equals("linux");
  }

  /** The ELF machine number of this processor, where it is known. */
  OptionalInt elfMachine() {
    return switch (arch) {
      case "x64" -> OptionalInt.of(ElfHeader.MACHINE_X86_64);
      case "aarch64" -> OptionalInt.of(ElfHeader.MACHINE_AARCH64);
      default -> OptionalInt.empty();
    };
  }
}
