package org.ortnce.cli.train;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The directory of a run: its results and its checkpoints. */
public final class RunDirectory {
  private static final System.Logger LOGGER = System.getLogger(RunDirectory.class.getName());
  private static final String CHECKPOINTS = "checkpoints";

  private final Path directory;
  private final Start start;
  private final List<Path> written = new ArrayList<>();

  /** What becomes of a run that is there already. */
  public enum Start {
    /** It must not be there. */
    NEW,
    /** It is moved aside. */
    ANEW,
    /** It goes on from its last checkpoint, or from the beginning if there is none yet. */
    RESUME
  }

  private RunDirectory(Path directory, Start start) {
    this.directory = directory;
    this.start = start;
  }

  /**
   * Looks at what is there, and changes nothing.
   *
   * @throws IOException if it holds checkpoints and {@code start} is {@link Start#NEW}, or cannot
   *     be a directory that we write to
   */
  public static RunDirectory check(Path directory, Start start) throws IOException {
    RunDirectory run = new RunDirectory(directory, start);
    if (start == Start.NEW && run.hasCheckpoints()) {
      throw new IOException(
          directory
              + " holds a run with checkpoints: go on with it by --resume, or move it aside and"
              + " start anew by --start-anew");
    }
    Path existing = directory.toAbsolutePath().normalize();
    while (Files.notExists(existing)) {
      existing = existing.getParent();
    }
    if (!Files.isDirectory(existing)) {
      throw new NotDirectoryException(existing.toString());
    }
    if (!Files.isWritable(existing)) {
      throw new AccessDeniedException(existing.toString());
    }
    return run;
  }

  /**
   * Moves an old run aside if it should, and makes the directory if it is missing.
   *
   * @throws IOException if that fails
   */
  public void prepare() throws IOException {
    boolean checkpoints = hasCheckpoints();
    if (start == Start.RESUME && !checkpoints) {
      LOGGER.log(
          System.Logger.Level.WARNING,
          "{0} has no checkpoint: starting from the beginning",
          directory);
    }
    if (start == Start.ANEW && checkpoints) {
      Files.move(directory, freeName());
    }
    Files.createDirectories(directory);
  }

  private boolean hasCheckpoints() throws IOException {
    if (!Files.isDirectory(checkpoints())) {
      return false;
    }
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(checkpoints(), "checkpoint-*.npz")) {
      return entries.iterator().hasNext();
    }
  }

  private Path freeName() {
    Path absolute = directory.toAbsolutePath().normalize();
    for (int number = 1; ; number++) {
      Path name = absolute.resolveSibling(absolute.getFileName() + ".old-" + number);
      if (Files.notExists(name)) {
        return name;
      }
    }
  }

  /** Where checkpoints are. */
  public Path checkpoints() {
    return directory.resolve(CHECKPOINTS);
  }

  /** A file of this name, which now counts as written. */
  public Path file(String name) {
    Path file = directory.resolve(name);
    written.add(file);
    return file;
  }

  /** The files written, in order. */
  public List<Path> written() {
    return List.copyOf(written);
  }
}
