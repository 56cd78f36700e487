package org.ortnce.nce;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;

/**
 * The lines of a regular file, one byte a character. Opened once: what was checked is what is read.
 */
final class VocabularyFile implements Closeable {
  private static final long MAX_BYTES = 1L << 30;
  private static final int MAX_LINE_BYTES = 4096;
  private static final int BUFFER_BYTES = 1 << 16;

  private final Path file;
  private final FileChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).limit(0);
  private final byte[] line = new byte[MAX_LINE_BYTES];

  /** Bytes that may still be read, as many as there were when the file was opened. */
  private long left;

  private long number;

  private VocabularyFile(Path file, FileChannel channel, long size) {
    this.file = file;
    this.channel = channel;
    this.left = size;
  }

  /**
   * Opens a file.
   *
   * @param directory where the file must lie, or null for anywhere
   */
  static VocabularyFile open(Path file, Path directory) throws IOException {
    Path real = file.toRealPath();
    if (directory != null) {
      Path allowed = directory.toRealPath();
      if (!real.startsWith(allowed)) {
        throw refused(file, "lies outside " + directory);
      }
      if (hasOtherNames(real)) {
        throw refused(file, "has other names (hard links), which may lie outside " + directory);
      }
    }
    BasicFileAttributes before = attributes(real);
    if (!before.isRegularFile()) {
      // Found before it is opened: opening a FIFO waits for a writer.
      throw refused(file, "is not a regular file");
    }
    FileChannel channel =
        FileChannel.open(real, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    VocabularyFile opened = null;
    try {
      // The name still leads to the file that was checked, so that is the one that was opened.
      if (!real.equals(real.toRealPath())
          || !Objects.equals(before.fileKey(), attributes(real).fileKey())) {
        throw refused(file, "was replaced while it was opened");
      }
      long size = channel.size();
      if (size > MAX_BYTES) {
        throw refused(file, "has " + size + " bytes, expected at most " + MAX_BYTES);
      }
      opened = new VocabularyFile(file, channel, size);
      return opened;
    } finally {
      if (opened == null) {
        channel.close();
      }
    }
  }

  private static BasicFileAttributes attributes(Path real) throws IOException {
    return Files.readAttributes(real, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  private static boolean hasOtherNames(Path real) throws IOException {
    return real.getFileSystem().supportedFileAttributeViews().contains("unix")
        && !Files.isDirectory(real)
        && (Integer) Files.getAttribute(real, "unix:nlink", LinkOption.NOFOLLOW_LINKS) > 1;
  }

  private static FileSystemException refused(Path file, String reason) {
    return new FileSystemException(file.toString(), null, reason);
  }

  /** The next line without its end, or null after the last. */
  String next() throws IOException {
    int length = 0;
    boolean any = false;
    while (buffer.hasRemaining() || refill()) {
      if (!any) {
        any = true;
        number++;
      }
      byte b = buffer.get();
      if (b == '\n') {
        break;
      }
      if (length == MAX_LINE_BYTES) {
        throw new IOException(
            file + ": line " + number + ": is longer than " + MAX_LINE_BYTES + " bytes");
      }
      line[length++] = b;
    }
    if (!any) {
      return null;
    }
    if (length > 0 && line[length - 1] == '\r') {
      length--;
    }
    return new String(line, 0, length, StandardCharsets.ISO_8859_1);
  }

  private boolean refill() throws IOException {
    buffer.clear().limit((int) Math.min(BUFFER_BYTES, left));
    int read = left == 0 ? -1 : channel.read(buffer);
    buffer.flip();
    left = read < 0 ? 0 : left - read;
    return read > 0;
  }

  /** The number of the line that was read last, from 1. */
  long number() {
    return number;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
