package org.ortnce.library;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 sums as lower-case hex, and the one-line files of {@code sha256sum} that hold them. */
final class Sha256 {
  /** A sum, two separators and a file name; anything longer is no such file. */
  private static final int MAX_MANIFEST_BYTES = 4096;

  private static final int HEX_DIGITS = 64;

  private Sha256() {}

  /** The sum of a file. */
  static String of(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return copy(in, OutputStream.nullOutputStream());
    }
  }

  /** Copies {@code in} to {@code out} and returns the sum of what was copied. */
  static String copy(InputStream in, OutputStream out) throws IOException {
    MessageDigest digest = newDigest();
    in.transferTo(new DigestOutputStream(out, digest));
    return HexFormat.of().formatHex(digest.digest());
  }

  /**
   * Reads the sum of {@code fileName} from a manifest: 64 hex digits, two spaces, the name.
   *
   * @param source what to call the manifest in messages
   * @throws NativeLibraryException if the content has another form or names another file
   */
  static String readManifest(InputStream manifest, String source, String fileName)
      throws IOException {
    String text =
        new String(manifest.readNBytes(MAX_MANIFEST_BYTES), StandardCharsets.US_ASCII).strip();
    if (!text.matches("[0-9a-fA-F]{64} [ *]\\S+")) {
      throw new NativeLibraryException(
          "checksum file " + source + " is not one line of 64 hex digits, two spaces and a name");
    }
    String name = text.substring(HEX_DIGITS + 2);
    if (!name.equals(fileName)) {
      throw new NativeLibraryException(
          "checksum file " + source + " is for '" + name + "', expected '" + fileName + "'");
    }
    return text.substring(0, HEX_DIGITS).toLowerCase(java.util.Locale.ROOT);
  }

  private static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
