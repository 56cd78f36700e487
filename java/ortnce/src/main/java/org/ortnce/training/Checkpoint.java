package org.ortnce.training;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Npz;
import org.ortnce.tensor.NpzFile;
import org.ortnce.tensor.Tensor;

/**
 * A saved moment of a training: the number of steps taken, the state after them and a text of the
 * settings that must be the same to go on. A .npz file that numpy.load reads: {@code step} int64,
 * {@code settings} uint8 (UTF-8), and {@code state/} followed by the name for each tensor of the
 * state.
 *
 * <p>An open checkpoint has been read once in full: all checksums match.
 */
public final class Checkpoint implements Closeable {
  private static final String STEP = "step";
  private static final String SETTINGS = "settings";
  private static final String STATE = "state/";
  private static final long MAX_SETTINGS = 1 << 20;

  private final NpzFile npz;
  private final long step;
  private final String settings;
  private final Set<String> names;

  private Checkpoint(NpzFile npz, long step, String settings, Set<String> names) {
    this.npz = npz;
    this.step = step;
    this.settings = settings;
    this.names = names;
  }

  /**
   * Writes a checkpoint. Whoever opens {@code file}, also after a crash, finds the old content or
   * all of the new. The tensors are written from where they are, without a copy of a whole one.
   *
   * @param step the number of steps taken
   * @param settings what must be the same to go on; lines of {@code name: value} make good errors
   * @param state the tensors by name ({@link BoundOptimizer#state}); no step may be taken meanwhile
   * @throws IOException if writing fails; an old file is then untouched
   */
  public static void write(Path file, long step, String settings, Map<String, Tensor> state)
      throws IOException {
    if (step < 0) {
      throw new IllegalArgumentException("step is " + step + ", expected 0 or more");
    }
    byte[] text = settings.getBytes(StandardCharsets.UTF_8);
    if (text.length > MAX_SETTINGS) {
      throw new IllegalArgumentException(
          "settings have " + text.length + " bytes, expected at most " + MAX_SETTINGS);
    }
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    arrays.put(STEP, Tensor.scalar(step));
    arrays.put(SETTINGS, Tensor.of(ByteBuffer.wrap(text), ElementType.UINT8, text.length));
    state.forEach((name, tensor) -> arrays.put(STATE + name, tensor));
    Npz.write(file, arrays);
  }

  /**
   * Opens a checkpoint and reads it once to compare all checksums.
   *
   * @throws IOException naming the file and what is wrong with it: it cannot be read, is cut,
   *     damaged or no checkpoint
   */
  public static Checkpoint open(Path file) throws IOException {
    NpzFile npz = NpzFile.open(file);
    try {
      Tensor step = Tensor.scalar(0L);
      npz.read(STEP, step);
      Tensor settings = npz.read(SETTINGS, MAX_SETTINGS);
      if (step.longs().get(0) < 0 || settings.elementType() != ElementType.UINT8) {
        throw new IOException(file + ": is no checkpoint: step or settings are malformed");
      }
      Set<String> names = new LinkedHashSet<>();
      for (String name : npz.names()) {
        if (name.startsWith(STATE)) {
          npz.verify(name);
          names.add(name.substring(STATE.length()));
        } else if (!name.equals(STEP) && !name.equals(SETTINGS)) {
          throw new IOException(file + ": is no checkpoint: it has an array '" + name + "'");
        }
      }
      String text = StandardCharsets.UTF_8.decode(settings.rawBytes()).toString();
      return new Checkpoint(npz, step.longs().get(0), text, names);
    } catch (IOException | RuntimeException e) {
      npz.close();
      throw e;
    }
  }

  /** The file. */
  public Path path() {
    return npz.path();
  }

  /** The number of steps taken: the number of the next step. */
  public long step() {
    return step;
  }

  /** The settings it was written with. */
  public String settings() {
    return settings;
  }

  /** The names of the tensors of the state. */
  public Set<String> names() {
    return Set.copyOf(names);
  }

  /**
   * Overwrites {@code state} by that of the checkpoint. Settings, names, types and shapes of all
   * tensors are compared before the first is written.
   *
   * @param settings those of the training that goes on
   * @param state the tensors by name, writable
   * @throws IllegalArgumentException if the settings differ, naming both values; nothing is then
   *     changed
   * @throws IOException if names, types or shapes differ (nothing is then changed) or reading fails
   *     (the state is then not usable)
   */
  public void restore(String settings, Map<String, Tensor> state) throws IOException {
    Objects.requireNonNull(settings, "settings");
    if (!settings.equals(this.settings)) {
      throw new IllegalArgumentException(
          SettingsDifference.message(path(), this.settings, settings));
    }
    if (!names.equals(state.keySet())) {
      Set<String> missing = new TreeSet<>(state.keySet());
      missing.removeAll(names);
      Set<String> extra = new TreeSet<>(names);
      extra.removeAll(state.keySet());
      throw new IOException(
          path() + ": has no state " + missing + ", has state that is not expected " + extra);
    }
    for (Map.Entry<String, Tensor> entry : state.entrySet()) {
      Tensor target = entry.getValue();
      npz.checkType(STATE + entry.getKey(), target.elementType(), target.shape());
    }
    for (Map.Entry<String, Tensor> entry : state.entrySet()) {
      npz.read(STATE + entry.getKey(), entry.getValue());
    }
  }

  @Override
  public void close() throws IOException {
    npz.close();
  }
}
