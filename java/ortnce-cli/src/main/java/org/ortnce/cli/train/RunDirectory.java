package org.ortnce.cli.train;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The directory of a run: its results and its checkpoints. */
public final class RunDirectory {
  private static final System.Logger LOGGER = System.getLogger(RunDirectory.class.getName());
  private static final String CHECKPOINTS = "checkpoints";

  private final Path directory;
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

  private RunDirectory(Path directory) {
    this.directory = directory;
  }

  /**
   * Makes the directory, or takes the one that is there.
   *
   * @throws IOException if it holds checkpoints and {@code start} is {@link Start#NEW}, or cannot
   *     be made
   */
  public static RunDirectory claim(Path directory, Start start) throws IOException {
    RunDirectory run = new RunDirectory(directory);
    boolean checkpoints = run.hasCheckpoints();
    if (start == Start.RESUME && !checkpoints) {
      LOGGER.log(
          System.Logger.Level.WARNING,
          "{0} has no checkpoint: starting from the beginning",
          directory);
    }
    if (start == Start.NEW && checkpoints) {
      throw new IOException(
          directory
              + " holds a run with checkpoints: go on with it by --resume, or move it aside and"
              + " start anew by --start-anew");
    }
    if (start == Start.ANEW && checkpoints) {
      Files.move(directory, run.freeName());
    }
    Files.createDirectories(directory);
    return run;
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
