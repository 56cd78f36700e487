package org.ortnce.tensor;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.ortnce.io.AtomicFile;

/**
 * NumPy's .npz files: zip archives of named .npy arrays, stored or deflated (numpy.savez,
 * numpy.savez_compressed).
 */
public final class Npz {
  /** The most bytes of elements that {@link #read(Path)} takes from one file: 8 GiB. */
  public static final long DEFAULT_MAX_BYTES = 1L << 33;

  static final String SUFFIX = ".npy";

  /** The first moment that a zip archive can name: equal arrays make equal files. */
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

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
    try (NpzFile npz = NpzFile.open(file)) {
      Map<String, Tensor> arrays = new LinkedHashMap<>();
      long left = maxBytes;
      for (String name : npz.names()) {
        Tensor array = npz.read(name, left);
        arrays.put(name, array);
        left -= array.elementCount() * array.elementType().byteSize();
      }
      return Collections.unmodifiableMap(arrays);
    }
  }

  /**
   * Writes arrays, stored without compression, in the order of the map. Whoever opens {@code file}
   * finds the old content or all of the new. No copy of an array is made. Files of 4 GiB and more
   * are ZIP64 archives.
   *
   * @param arrays by name, without {@code .npy}; they must not change meanwhile
   * @throws IllegalArgumentException if NumPy has no such element type (string, bfloat16)
   * @throws IOException if writing fails; an old file is then untouched
   */
  public static void write(Path file, Map<String, Tensor> arrays) throws IOException {
    Objects.requireNonNull(arrays, "arrays");
    Map<String, byte[]> headers = new LinkedHashMap<>();
    arrays.forEach((name, array) -> headers.put(name, NpyHeader.write(array)));
    AtomicFile.write(
        file,
        out -> {
          // Not closed: the stream is the caller's.
          ZipOutputStream zip = new ZipOutputStream(new BufferedOutputStream(out));
          for (Map.Entry<String, Tensor> entry : arrays.entrySet()) {
            write(zip, entry.getKey(), headers.get(entry.getKey()), entry.getValue());
          }
          zip.finish();
          zip.flush();
        });
  }

  private static void write(ZipOutputStream zip, String name, byte[] header, Tensor array)
      throws IOException {
    // A stored entry begins with its checksum.
    CheckedOutputStream sum = new CheckedOutputStream(OutputStream.nullOutputStream(), new CRC32());
    sum.write(header, 0, header.length);
    array.writeLittleEndian(sum);
    ZipEntry entry = new ZipEntry(name + SUFFIX);
    entry.setMethod(ZipEntry.STORED);
    entry.setTimeLocal(TIME);
    entry.setSize(header.length + array.elementCount() * array.elementType().byteSize());
    entry.setCrc(sum.getChecksum().getValue());
    zip.putNextEntry(entry);
    zip.write(header, 0, header.length);
    array.writeLittleEndian(zip);
    zip.closeEntry();
  }
}
