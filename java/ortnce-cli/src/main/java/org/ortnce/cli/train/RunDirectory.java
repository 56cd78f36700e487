package org.ortnce.cli.train;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import com.google.gson.reflect.TypeToken;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.ortnce.cli.files.ResultFile;
import org.ortnce.cli.terminal.Json;

/** The directory of a run: its results, its checkpoints, and the settings it was started with. */
public final class RunDirectory {
  private static final String CHECKPOINTS = "checkpoints";
  private static final String SETTINGS = "settings.json";

  private final Path directory;
  private final List<Path> written = new ArrayList<>();

  /** What becomes of a run that is there already. */
  public enum Start {
    /** It must not be there. */
    NEW,
    /** It is moved aside. */
    ANEW,
    /** It goes on from its last checkpoint. */
    RESUME
  }

  private RunDirectory(Path directory) {
    this.directory = directory;
  }

  /**
   * Makes the directory, or takes the one that is there.
   *
   * @throws IOException if it holds checkpoints and {@code start} is {@link Start#NEW}, holds none
   *     and {@code start} is {@link Start#RESUME}, or cannot be made or written
   */
  public static RunDirectory claim(Path directory, Start start) throws IOException {
    RunDirectory run = new RunDirectory(directory);
    boolean checkpoints = run.hasCheckpoints();
    if (start == Start.RESUME && !checkpoints) {
      throw new IOException(directory + " has no checkpoint to resume from");
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
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(checkpoints())) {
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

  /** Keeps the settings for {@link #checkSettings}. */
  public void writeSettings(Map<String, String> settings) throws IOException {
    ResultFile.write(directory.resolve(SETTINGS), Json.write(settings) + "\n");
  }

  /**
   * Compares settings with those kept.
   *
   * @throws IOException if they cannot be read
   * @throws IllegalArgumentException naming those that differ
   */
  public void checkSettings(Map<String, String> settings) throws IOException {
    Path file = directory.resolve(SETTINGS);
    Map<String, String> kept;
    try {
      kept = new Gson().fromJson(Files.readString(file), new TypeToken<Map<String, String>>() {});
    } catch (JsonParseException e) {
      throw new IOException(file + " is damaged: " + e.getMessage(), e);
    }
    if (kept == null) {
      throw new IOException(file + " is empty");
    }
    Map<String, String> all = new TreeMap<>(kept);
    all.putAll(settings);
    List<String> differences = new ArrayList<>();
    for (String name : all.keySet()) {
      if (!Objects.equals(kept.get(name), settings.get(name))) {
        differences.add(name + " was " + kept.get(name) + ", is " + settings.get(name));
      }
    }
    if (!differences.isEmpty()) {
      throw new IllegalArgumentException(
          "the run in "
              + directory
              + " was started with other settings: "
              + String.join("; ", differences));
    }
  }
}
