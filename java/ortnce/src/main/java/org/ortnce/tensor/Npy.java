package org.ortnce.tensor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.ortnce.io.AtomicFile;

/**
 * NumPy's .npy files: one array each.
 *
 * <p>Read are versions 1.0 to 3.0, little-endian elements in C order of the types f2, f4, f8, i1,
 * i2, i4, i8, u1, u2, u4, u8 and b1, up to 2^31-1 bytes of elements, which is what a Java buffer
 * holds. NumPy has no bfloat16; arrays of ml_dtypes' type are saved as V2, plain pairs of bytes,
 * which are read, and written, as bfloat16. In Python {@code
 * numpy.load(f).view(ml_dtypes.bfloat16)} is their array.
 */
public final class Npy {
  private static final int CHUNK = 1 << 18;

  private Npy() {}

  /**
   * Maps a file into memory: the elements are read when they are used, outside the Java heap, and
   * cannot be written. The file must not be cut or changed while the tensor is in use; replacing it
   * by another file, as {@link #write} does, is safe.
   *
   * @throws IOException naming the file and what is wrong with it: it cannot be read, is malformed,
   *     of the wrong length, of another byte order, order of elements or type, or too large
   */
  public static Tensor read(Path file) throws IOException {
    Objects.requireNonNull(file, "file");
    if (!Files.isRegularFile(file)) {
      throw Files.exists(file)
          ? new IOException(file + ": is not a regular file, expected a .npy file")
          : new NoSuchFileException(file.toString());
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      NpyHeader header = NpyHeader.read(Channels.newInputStream(channel), file.toString());
      long bytes = header.dataBytes();
      checkBytes(bytes, file.toString());
      header.checkFileSize(channel.size(), file.toString());
      ByteBuffer data =
          channel
              .map(FileChannel.MapMode.READ_ONLY, header.length(), bytes)
              .order(ByteOrder.LITTLE_ENDIAN);
      boolean aligned = header.length() % header.elementType().byteSize() == 0;
      return tensor(aligned ? data : moved(data), header);
    }
  }

  /** Native code may want elements at multiples of their size. */
  private static ByteBuffer moved(ByteBuffer data) {
    return ByteBuffer.allocateDirect(data.remaining())
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(data)
        .flip();
  }

  /**
   * Writes a tensor, version 1.0. Whoever opens {@code file} finds the old content or all of the
   * new.
   *
   * @throws IllegalArgumentException if NumPy has no such element type (string)
   * @throws IOException if writing fails; an old file is then untouched
   */
  public static void write(Path file, Tensor tensor) throws IOException {
    Objects.requireNonNull(tensor, "tensor");
    byte[] header = NpyHeader.write(tensor);
    AtomicFile.write(
        file,
        out -> {
          out.write(header);
          tensor.writeLittleEndian(out);
        });
  }

  /**
   * Reads one array from a stream into memory outside the Java heap.
   *
   * @param maxBytes the most bytes its elements may have
   */
  static Tensor read(InputStream in, String source, long maxBytes) throws IOException {
    NpyHeader header = NpyHeader.read(in, source);
    long bytes = header.dataBytes();
    checkBytes(bytes, source);
    if (bytes > maxBytes) {
      throw new IOException(
          source
              + ": wants "
              + bytes
              + " bytes of elements, at most "
              + maxBytes
              + " can be there");
    }
    ByteBuffer data = ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
    byte[] piece = new byte[CHUNK];
    while (data.hasRemaining()) {
      int read = in.read(piece, 0, Math.min(piece.length, data.remaining()));
      if (read < 0) {
        throw new IOException(
            source + ": has " + data.position() + " bytes of elements, its header wants " + bytes);
      }
      data.put(piece, 0, read);
    }
    if (in.read() >= 0) {
      throw new IOException(source + ": has bytes after its " + bytes + " bytes of elements");
    }
    return tensor(data.flip(), header);
  }

  private static void checkBytes(long bytes, String source) throws IOException {
    if (bytes > Integer.MAX_VALUE) {
      throw new IOException(
          source
              + ": has "
              + bytes
              + " bytes of elements, a tensor holds at most "
              + Integer.MAX_VALUE
              + ": split it, for weights into partitions");
    }
  }

  private static Tensor tensor(ByteBuffer littleEndian, NpyHeader header) {
    // On a big-endian platform Tensor refuses the byte order, as ONNX Runtime does the platform.
    return Tensor.of(littleEndian, header.elementType(), header.shape());
  }
}
