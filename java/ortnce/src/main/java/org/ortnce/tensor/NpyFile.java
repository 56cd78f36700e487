package org.ortnce.tensor;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Objects;

/**
 * An open .npy file whose rows are read in pieces: of any length, never mapped and never loaded
 * whole. The files and errors are those of {@link Npy#read(Path)}, but for the limit of 2 GiB.
 *
 * <p>Several threads may read at once. The thread that reads must not be interrupted: that closes
 * the file.
 */
public final class NpyFile implements Closeable {
  private final Path file;
  private final FileChannel channel;
  private final NpyHeader header;
  private final long rowBytes;

  private NpyFile(Path file, FileChannel channel, NpyHeader header) {
    this.file = file;
    this.channel = channel;
    this.header = header;
    long[] row = header.shape().clone();
    row[0] = 1;
    this.rowBytes = Tensor.elementCount(row) * header.elementType().byteSize();
  }

  /**
   * Opens a file.
   *
   * @throws IOException naming the file and what is wrong with it: it cannot be read, is malformed,
   *     not of the length its header wants, or of rank 0
   */
  public static NpyFile open(Path file) throws IOException {
    Objects.requireNonNull(file, "file");
    if (!Files.isRegularFile(file)) {
      throw Files.exists(file)
          ? new IOException(file + ": is not a regular file, expected a .npy file")
          : new NoSuchFileException(file.toString());
    }
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      NpyHeader header = NpyHeader.read(Channels.newInputStream(channel), file.toString());
      header.checkFileSize(channel.size(), file.toString());
      if (header.shape().length == 0) {
        throw new IOException(file + ": holds a scalar, expected rows");
      }
      if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
        throw new IOException(file + ": is little-endian, this machine is not");
      }
      return new NpyFile(file, channel, header);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** The path it was opened by. */
  public Path path() {
    return file;
  }

  /** The element type. */
  public ElementType elementType() {
    return header.elementType();
  }

  /** The shape, a fresh copy, of rank 1 or more. */
  public long[] shape() {
    return header.shape().clone();
  }

  /** The size of the first dimension. */
  public long rows() {
    return header.shape()[0];
  }

  /** The bytes of a row. */
  public long rowBytes() {
    return rowBytes;
  }

  /**
   * Fills {@code target} from its position to its limit with rows, in the platform's byte order.
   *
   * @param first the first row
   * @throws IllegalArgumentException if that is no whole number of rows or they are not all there
   * @throws IOException if the file has been cut since it was opened, or cannot be read
   */
  public void read(long first, ByteBuffer target) throws IOException {
    int bytes = target.remaining();
    long count = rowBytes == 0 ? 0 : bytes / rowBytes;
    if (count * rowBytes != bytes) {
      throw new IllegalArgumentException(
          file + ": " + bytes + " bytes are no whole number of rows of " + rowBytes + " bytes");
    }
    if (first < 0 || first > rows() || count > rows() - first) {
      throw new IllegalArgumentException(
          file + ": " + count + " rows from " + first + " are not within [0, " + rows() + ")");
    }
    long at = header.length() + first * rowBytes;
    while (target.hasRemaining()) {
      int read = channel.read(target, at);
      if (read < 0) {
        throw new EOFException(
            file + ": ends at byte " + channel.size() + " while rows from " + first + " are read");
      }
      at += read;
    }
  }

  /**
   * Maps rows into memory, as {@link Npy#read(Path)} maps a file; the tensor outlives this object.
   *
   * @param first the first row
   * @param count how many
   * @throws IllegalArgumentException if they are not all there, or more than 2 GiB
   * @throws IOException if the file cannot be mapped, or its elements do not lie at multiples of
   *     their size
   */
  public Tensor map(long first, long count) throws IOException {
    if (first < 0 || count < 0 || first > rows() - count) {
      throw new IllegalArgumentException(
          file + ": " + count + " rows from " + first + " are not within [0, " + rows() + ")");
    }
    if (rowBytes > 0 && count > Integer.MAX_VALUE / rowBytes) {
      throw new IllegalArgumentException(
          file + ": " + count + " rows of " + rowBytes + " bytes are more than a tensor holds");
    }
    if (header.length() % header.elementType().byteSize() != 0) {
      throw new IOException(file + ": its elements begin at byte " + header.length());
    }
    long[] shape = header.shape().clone();
    shape[0] = count;
    ByteBuffer mapped =
        channel
            .map(
                FileChannel.MapMode.READ_ONLY, header.length() + first * rowBytes, count * rowBytes)
            .order(ByteOrder.LITTLE_ENDIAN);
    return Tensor.of(mapped, header.elementType(), shape);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** Path, type and shape. */
  @Override
  public String toString() {
    return file + " " + elementType().onnxName() + Arrays.toString(header.shape());
  }
}
