package org.ortnce.tensor;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * NumPy's .npz files: zip archives of named .npy arrays, stored or deflated (numpy.savez,
 * numpy.savez_compressed). Nothing is ever extracted to a file.
 */
public final class Npz {
  /** The most bytes of elements that {@link #read(Path)} takes from one file: 8 GiB. */
  public static final long DEFAULT_MAX_BYTES = 1L << 33;

  private static final int MAX_ENTRIES = 10_000;

  /** Deflate cannot shrink data by more than this factor. */
  private static final long MAX_RATIO = 1032;

  private static final String SUFFIX = ".npy";

  private Npz() {}

  /**
   * Reads all arrays of a file into memory outside the Java heap, in the order of the file.
   *
   * @return the arrays by name, without {@code .npy}
   * @throws IOException naming the file and the array if one is malformed (see {@link Npy#read}),
   *     there are more than 10000, or they have more than {@link #DEFAULT_MAX_BYTES} bytes
   */
  public static Map<String, Tensor> read(Path file) throws IOException {
    return read(file, DEFAULT_MAX_BYTES);
  }

  /**
   * As {@link #read(Path)} with another limit.
   *
   * @param maxBytes the most bytes of elements of all arrays together; compressed data is not
   *     unpacked beyond
   */
  public static Map<String, Tensor> read(Path file, long maxBytes) throws IOException {
    Objects.requireNonNull(file, "file");
    if (!Files.isRegularFile(file)) {
      throw Files.exists(file)
          ? new IOException(file + ": is not a regular file, expected a .npz file")
          : new NoSuchFileException(file.toString());
    }
    long size = Files.size(file);
    try (ZipFile zip = new ZipFile(file.toFile())) {
      if (zip.size() > MAX_ENTRIES) {
        throw new IOException(
            file + ": has " + zip.size() + " entries, expected at most " + MAX_ENTRIES);
      }
      Map<String, Tensor> arrays = new LinkedHashMap<>();
      long left = maxBytes;
      List<? extends ZipEntry> entries = Collections.list(zip.entries());
      for (ZipEntry entry : entries) {
        Tensor array = read(zip, entry, file + "!" + entry.getName(), Math.min(left, bound(size)));
        String name = entry.getName();
        name = name.substring(0, name.length() - SUFFIX.length());
        if (arrays.put(name, array) != null) {
          throw new IOException(file + ": has two arrays '" + name + "'");
        }
        left -= array.elementCount() * array.elementType().byteSize();
      }
      return Collections.unmodifiableMap(arrays);
    } catch (ZipException e) {
      throw new IOException(file + ": is not a .npz (zip) file: " + e.getMessage(), e);
    }
  }

  /** What a file of this size can hold at most, so that a header cannot claim more memory. */
  private static long bound(long fileSize) {
    return fileSize > Long.MAX_VALUE / MAX_RATIO ? Long.MAX_VALUE : fileSize * MAX_RATIO;
  }

  private static Tensor read(ZipFile zip, ZipEntry entry, String source, long maxBytes)
      throws IOException {
    if (entry.isDirectory() || !entry.getName().endsWith(SUFFIX)) {
      throw new IOException(source + ": is no .npy array");
    }
    // ZipFile does not compare checksums itself.
    try (CheckedInputStream in = new CheckedInputStream(zip.getInputStream(entry), new CRC32())) {
      Tensor array = Npy.read(in, source, maxBytes);
      if (entry.getCrc() != in.getChecksum().getValue()) {
        throw new IOException(source + ": is damaged: its checksum does not match");
      }
      return array;
    } catch (ZipException | EOFException e) {
      throw new IOException(source + ": is damaged: " + e.getMessage(), e);
    }
  }
}
