package org.ortnce.tensor;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * An open .npz file whose arrays are read one by one, also into tensors that are there already.
 * Every read compares the checksum. Nothing is ever extracted to a file.
 */
public final class NpzFile implements Closeable {
  private static final int MAX_ENTRIES = 10_000;

  /** Deflate cannot shrink data by more than this factor. */
  private static final long MAX_RATIO = 1032;

  private static final int CHUNK = 1 << 18;

  private final Path file;
  private final ZipFile zip;
  private final long maxBytes;
  private final Map<String, ZipEntry> entries;

  private NpzFile(Path file, ZipFile zip, long size, Map<String, ZipEntry> entries) {
    this.file = file;
    this.zip = zip;
    // What the file can hold at most, so that a header cannot claim more memory.
    this.maxBytes = size > Long.MAX_VALUE / MAX_RATIO ? Long.MAX_VALUE : size * MAX_RATIO;
    this.entries = entries;
  }

  /**
   * Opens a file and reads its directory.
   *
   * @throws IOException naming the file if it cannot be read, is no zip archive or has an entry
   *     that is no .npy array by its name, two of one name or more than 10000
   */
  public static NpzFile open(Path file) throws IOException {
    Objects.requireNonNull(file, "file");
    if (!Files.isRegularFile(file)) {
      throw Files.exists(file)
          ? new IOException(file + ": is not a regular file, expected a .npz file")
          : new NoSuchFileException(file.toString());
    }
    ZipFile zip;
    try {
      zip = new ZipFile(file.toFile());
    } catch (ZipException | EOFException e) {
      throw new IOException(file + ": is not a .npz (zip) file: " + e.getMessage(), e);
    }
    try {
      return new NpzFile(file, zip, Files.size(file), entries(file, zip));
    } catch (IOException | RuntimeException e) {
      zip.close();
      throw e;
    }
  }

  private static Map<String, ZipEntry> entries(Path file, ZipFile zip) throws IOException {
    if (zip.size() > MAX_ENTRIES) {
      throw new IOException(
          file + ": has " + zip.size() + " entries, expected at most " + MAX_ENTRIES);
    }
    Map<String, ZipEntry> entries = new LinkedHashMap<>();
    for (ZipEntry entry : list(file, zip)) {
      String name = entry.getName();
      if (entry.isDirectory() || !name.endsWith(Npz.SUFFIX)) {
        throw new IOException(file + "!" + name + ": is no .npy array");
      }
      name = name.substring(0, name.length() - Npz.SUFFIX.length());
      if (entries.put(name, entry) != null) {
        throw new IOException(file + ": has two arrays '" + name + "'");
      }
    }
    return Collections.unmodifiableMap(entries);
  }

  private static List<? extends ZipEntry> list(Path file, ZipFile zip) throws IOException {
    try {
      return Collections.list(zip.entries());
    } catch (IllegalArgumentException e) {
      // A name that is no UTF-8, of which ZipFile makes no ZipException.
      throw new IOException(file + ": has an entry whose name is malformed: " + e.getMessage(), e);
    }
  }

  /** The path it was opened by. */
  public Path path() {
    return file;
  }

  /** The names of the arrays, without {@code .npy}, in the order of the file. */
  public Set<String> names() {
    return entries.keySet();
  }

  /**
   * Reads an array into memory outside the Java heap.
   *
   * @param most the most bytes its elements may have
   * @throws IOException naming file and array if it is missing, malformed, damaged or larger
   */
  public Tensor read(String name, long most) throws IOException {
    return reading(name, (in, source) -> Npy.read(in, source, Math.min(most, maxBytes)));
  }

  /**
   * Overwrites the elements of {@code target} by those of an array of its type and shape.
   *
   * @throws IOException naming file and array if it is missing, of another type or shape (nothing
   *     is then written), malformed or damaged (elements may then have been written)
   */
  public void read(String name, Tensor target) throws IOException {
    reading(
        name,
        (in, source) -> {
          NpyHeader.read(in, source).checkIs(target.elementType(), target.shape(), source);
          LittleEndian.read(in, target);
          checkEnd(in, source);
          return null;
        });
  }

  /**
   * Compares type and shape of an array; its elements are not read.
   *
   * @throws IOException naming file and array if it is missing, malformed or of others
   */
  public void checkType(String name, ElementType elementType, long... shape) throws IOException {
    ZipEntry entry = entry(name);
    String source = source(entry);
    try (InputStream in = zip.getInputStream(entry)) {
      NpyHeader.read(in, source).checkIs(elementType, shape, source);
    }
  }

  /**
   * Reads all of an array and keeps nothing: compares its length and checksum.
   *
   * @throws IOException naming file and array if it is missing, malformed or damaged
   */
  public void verify(String name) throws IOException {
    reading(
        name,
        (in, source) -> {
          skip(in, NpyHeader.read(in, source).dataBytes());
          checkEnd(in, source);
          return null;
        });
  }

  private interface Reading<T> {
    T from(InputStream in, String source) throws IOException;
  }

  /** Runs {@code reading} on an array and compares the checksum of all it has read. */
  private <T> T reading(String name, Reading<T> reading) throws IOException {
    ZipEntry entry = entry(name);
    String source = source(entry);
    // ZipFile does not compare checksums itself.
    try (CheckedInputStream in = new CheckedInputStream(zip.getInputStream(entry), new CRC32())) {
      T result = reading.from(in, source);
      if (entry.getCrc() != in.getChecksum().getValue()) {
        throw new IOException(source + ": is damaged: its checksum does not match");
      }
      return result;
    } catch (ZipException | EOFException e) {
      throw new IOException(source + ": is damaged: " + e.getMessage(), e);
    }
  }

  private ZipEntry entry(String name) throws IOException {
    ZipEntry entry = entries.get(name);
    if (entry == null) {
      throw new IOException(file + ": has no array '" + name + "', only " + names());
    }
    return entry;
  }

  private String source(ZipEntry entry) {
    return file + "!" + entry.getName();
  }

  private static void skip(InputStream in, long bytes) throws IOException {
    byte[] piece = new byte[(int) Math.min(CHUNK, bytes)];
    for (long done = 0; done < bytes; ) {
      int read = in.read(piece, 0, (int) Math.min(piece.length, bytes - done));
      if (read < 0) {
        throw new EOFException("ends within its elements");
      }
      done += read;
    }
  }

  private static void checkEnd(InputStream in, String source) throws IOException {
    if (in.read() >= 0) {
      throw new IOException(source + ": has bytes after its elements");
    }
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }

  /** Path and names. */
  @Override
  public String toString() {
    return file + " " + Arrays.toString(names().toArray());
  }
}
