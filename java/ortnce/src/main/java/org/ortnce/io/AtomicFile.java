package org.ortnce.io;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Writes a file so that whoever opens the path finds the old content or the whole new content.
 *
 * <p>The bytes go to a new file beside the target, are forced to the device, and replace the target
 * in one rename. A target that is a symbolic link is replaced itself; the file it points to stays.
 * Writers of one target at the same time do not mix: the last one wins.
 */
public final class AtomicFile {
  /** Bounds the off-heap copy that a channel makes of each piece of heap memory. */
  private static final int CHUNK = 1 << 20;

  private static final String PREFIX = ".ortnce-";
  private static final String SUFFIX = ".tmp";
  private static final Pattern TEMPORARY =
      Pattern.compile(
          Pattern.quote(PREFIX)
              + "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
              + Pattern.quote(SUFFIX));

  private AtomicFile() {}

  /** Produces the content of a file. */
  @FunctionalInterface
  public interface Content {
    /** Writes all bytes to {@code out}, which the caller closes. */
    void writeTo(OutputStream out) throws IOException;
  }

  /** ASCII text for a place in a file that was written already, such as a sum of what follows. */
  public record Patch(long position, String text) {}

  /** Produces the content of a file, a part of which is known only at the end. */
  @FunctionalInterface
  public interface PatchedContent {
    /**
     * Writes all bytes to {@code out}, which the caller closes.
     *
     * @return what to put in the place of some of them
     */
    Patch writeTo(OutputStream out) throws IOException;
  }

  /** Produces the content of a file whose name follows from it. */
  @FunctionalInterface
  public interface NamedContent {
    /**
     * Writes all bytes to {@code out}, which the caller closes.
     *
     * @return the name of the file
     */
    String writeTo(OutputStream out) throws IOException;
  }

  /**
   * Replaces a file of a directory, or creates it, under a name that is known only when its content
   * is written, such as one with a checksum.
   *
   * @return the file
   * @throws IOException as {@link #write} does
   */
  public static Path writeNamed(Path directory, NamedContent content) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new FileNotFoundException("there is no directory " + directory);
    }
    Path absolute = directory.toAbsolutePath();
    String[] name = new String[1];
    return replace(
        absolute,
        channel -> name[0] = content.writeTo(new ChannelOutput(channel, directory)),
        () -> {
          Path target = absolute.resolve(name[0]);
          checkTarget(target, target);
          return target;
        });
  }

  /**
   * Replaces {@code target}, or creates it.
   *
   * @throws IOException if the directory is missing, the target is no regular file, or writing
   *     fails, with {@link ClosedByInterruptException} by an interrupt; an existing target is then
   *     untouched and nothing is left beside it
   */
  public static void write(Path target, Content content) throws IOException {
    replace(target, channel -> content.writeTo(new ChannelOutput(channel, target)));
  }

  /**
   * Replaces {@code target}, or creates it, by a file that is written in one pass and then patched.
   *
   * @throws IOException as {@link #write} does
   */
  public static void writePatched(Path target, PatchedContent content) throws IOException {
    replace(
        target,
        channel -> {
          ChannelOutput out = new ChannelOutput(channel, target);
          Patch patch = content.writeTo(out);
          channel.position(patch.position());
          out.write(patch.text().getBytes(StandardCharsets.US_ASCII));
        });
  }

  private static void replace(Path target, ChannelContent content) throws IOException {
    Objects.requireNonNull(target, "target");
    Path absolute = target.toAbsolutePath();
    Path directory = absolute.getParent();
    if (directory == null) {
      throw new FileSystemException(target.toString(), null, "is a directory, expected a file");
    }
    checkTarget(target, absolute);
    if (!Files.isDirectory(directory)) {
      throw new FileNotFoundException(target + ": there is no directory " + directory);
    }
    replace(directory, content, () -> absolute);
  }

  private static void checkTarget(Path target, Path absolute) throws IOException {
    if (Files.isDirectory(absolute)) {
      throw new FileSystemException(target.toString(), null, "is a directory, expected a file");
    }
    // The rename would put a plain file in the place of a device or a pipe.
    boolean special =
        Files.exists(absolute, LinkOption.NOFOLLOW_LINKS)
            && !Files.isRegularFile(absolute, LinkOption.NOFOLLOW_LINKS)
            && !Files.isSymbolicLink(absolute);
    if (special) {
      throw new FileSystemException(
          target.toString(), null, "is a device, a pipe or a socket, expected a file");
    }
  }

  private interface ChannelContent {
    void writeTo(FileChannel channel) throws IOException;
  }

  /** What a written file is to replace. */
  private interface Target {
    Path path() throws IOException;
  }

  private static Path replace(Path directory, ChannelContent content, Target named)
      throws IOException {
    Path temporary = directory.resolve(PREFIX + UUID.randomUUID() + SUFFIX);
    Path target;
    try {
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        content.writeTo(channel);
        try {
          channel.force(true);
        } catch (IOException e) {
          throw unwritten(directory, e);
        }
      }
      target = named.path();
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      throw new IOException(directory + ": the file system cannot replace a file in one step", e);
    } finally {
      Files.deleteIfExists(temporary);
    }
    forceDirectory(directory);
    return target;
  }

  /**
   * Deletes the new files that killed writers left in a directory. No writer may be at work there.
   *
   * @return the deleted files
   */
  public static List<Path> deleteLeftovers(Path directory) throws IOException {
    List<Path> leftovers;
    try (Stream<Path> files = Files.list(directory)) {
      leftovers =
          files
              .filter(file -> TEMPORARY.matcher(file.getFileName().toString()).matches())
              .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
              .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    for (Path file : leftovers) {
      Files.deleteIfExists(file);
    }
    return leftovers;
  }

  /** Makes the rename last over a power failure, where the system lets a directory be opened. */
  private static void forceDirectory(Path directory) {
    // An interrupt would close the channel, and the new content is there already.
    boolean interrupted = Thread.interrupted();
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      System.getLogger(AtomicFile.class.getName())
          .log(System.Logger.Level.DEBUG, "cannot force directory " + directory, e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** What the system says of a write does not tell of which file. */
  private static IOException unwritten(Path where, IOException cause) {
    if (cause instanceof ClosedByInterruptException) {
      // It has no message, and callers know it by its type.
      cause.initCause(new IOException(where + ": the thread that wrote it was interrupted"));
      return cause;
    }
    return new IOException(where + ": cannot be written: " + cause.getMessage(), cause);
  }

  private static final class ChannelOutput extends OutputStream {
    private final FileChannel channel;
    private final Path target;

    ChannelOutput(FileChannel channel, Path target) {
      this.channel = channel;
      this.target = target;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, bytes.length);
      for (int done = 0; done < length; ) {
        int size = Math.min(CHUNK, length - done);
        ByteBuffer piece = ByteBuffer.wrap(bytes, offset + done, size);
        try {
          while (piece.hasRemaining()) {
            channel.write(piece);
          }
        } catch (IOException e) {
          throw unwritten(target, e);
        }
        done += size;
      }
    }
  }
}
