package org.ortnce.training;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.ortnce.io.AtomicFile;
import org.ortnce.tensor.Tensor;

/**
 * The checkpoints of one training: files {@code checkpoint-<step, 12 digits>.npz} in a directory of
 * their own. The newest are kept; an older one is deleted only when a newer one is whole and on the
 * device. A training that is killed at any moment finds its last whole checkpoint here.
 *
 * <p>One training at a time: a lock on the file {@code .lock} is held until {@link #close}; a
 * killed process loses it.
 */
public final class CheckpointDirectory implements Closeable {
  /** How many checkpoints are kept unless told otherwise. */
  public static final int DEFAULT_KEEP = 2;

  private static final long END_OF_STEPS = 1_000_000_000_000L;
  private static final Pattern NAME = Pattern.compile("checkpoint-([0-9]{12})\\.npz");
  private static final Logger LOG = System.getLogger(CheckpointDirectory.class.getName());

  private final Path directory;
  private final int keep;
  private final FileChannel lock;

  private CheckpointDirectory(Path directory, int keep, FileChannel lock) {
    this.directory = directory;
    this.keep = keep;
    this.lock = lock;
  }

  /** {@link #open(Path, int)} that keeps {@link #DEFAULT_KEEP}. */
  public static CheckpointDirectory open(Path directory) throws IOException {
    return open(directory, DEFAULT_KEEP);
  }

  /**
   * Opens a directory, creates it if it is missing, and deletes the unfinished files of killed
   * trainings.
   *
   * @param keep the number of newest checkpoints that {@link #save} leaves, 1 or more
   * @throws IOException if it is no directory, cannot be written, or another training has it open
   */
  public static CheckpointDirectory open(Path directory, int keep) throws IOException {
    Objects.requireNonNull(directory, "directory");
    if (keep < 1) {
      throw new IllegalArgumentException("keep is " + keep + ", expected 1 or more");
    }
    if (Files.exists(directory) && !Files.isDirectory(directory)) {
      throw new IOException(directory + ": is a file, expected a directory");
    }
    Files.createDirectories(directory);
    FileChannel lock = lock(directory);
    try {
      for (Path leftover : AtomicFile.deleteLeftovers(directory)) {
        LOG.log(Level.INFO, "deleted {0}, which a killed training left unfinished", leftover);
      }
      return new CheckpointDirectory(directory, keep, lock);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static FileChannel lock(Path directory) throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // Held in this process: told below as if it were held in another.
      LOG.log(Level.DEBUG, "lock", e);
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
    if (lock == null) {
      throw new IOException(directory + ": another training has these checkpoints open");
    }
    return channel;
  }

  /**
   * Writes the checkpoint of {@code step}, and then deletes older ones beyond those kept. Files of
   * later steps, if there are any, stay and do not count.
   *
   * @return its file
   * @throws IOException if writing fails; the checkpoints there are then untouched
   * @see Checkpoint#write
   */
  public Path save(long step, String settings, Map<String, Tensor> state) throws IOException {
    checkOpen();
    if (step < 0 || step >= END_OF_STEPS) {
      throw new IllegalArgumentException(
          "step is " + step + ", expected [0, " + END_OF_STEPS + ")");
    }
    Path file = directory.resolve("checkpoint-" + "%012d".formatted(step) + ".npz");
    Checkpoint.write(file, step, settings, state);
    int left = keep;
    for (Path older : files().headMap(step, true).descendingMap().values()) {
      if (--left < 0) {
        delete(older);
      }
    }
    return file;
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "cannot delete the old checkpoint " + file, e);
    }
  }

  /**
   * Opens the newest whole checkpoint. Files that are cut or damaged are left out with a warning in
   * the log.
   *
   * @return absent if there is no checkpoint
   * @throws IOException if there are checkpoints but none is whole
   */
  public Optional<Checkpoint> latest() throws IOException {
    checkOpen();
    IOException failure = null;
    for (var entry : files().descendingMap().entrySet()) {
      try {
        return Optional.of(open(entry.getValue(), entry.getKey()));
      } catch (IOException e) {
        LOG.log(Level.WARNING, "checkpoint left out: " + e.getMessage(), e);
        failure = e;
      }
    }
    if (failure != null) {
      throw new IOException(
          directory + ": none of its checkpoints is whole: " + failure.getMessage(), failure);
    }
    return Optional.empty();
  }

  private static Checkpoint open(Path file, long step) throws IOException {
    Checkpoint checkpoint = Checkpoint.open(file);
    if (checkpoint.step() != step) {
      checkpoint.close();
      throw new IOException(file + ": holds step " + checkpoint.step());
    }
    return checkpoint;
  }

  /** The checkpoints by step. */
  private NavigableMap<Long, Path> files() throws IOException {
    NavigableMap<Long, Path> found = new TreeMap<>();
    try (Stream<Path> files = Files.list(directory)) {
      files.forEach(
          file -> {
            Matcher name = NAME.matcher(file.getFileName().toString());
            if (name.matches()) {
              found.put(Long.parseLong(name.group(1)), file);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return found;
  }

  private void checkOpen() {
    if (!lock.isOpen()) {
      throw new IllegalStateException(directory + " is closed");
    }
  }

  /** Gives the directory free for another training. */
  @Override
  public void close() throws IOException {
    lock.close();
  }
}
