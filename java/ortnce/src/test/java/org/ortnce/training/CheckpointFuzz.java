package org.ortnce.training;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.ortnce.fuzz.FuzzFile;
import org.ortnce.fuzz.FuzzInput;
import org.ortnce.tensor.Tensor;

/**
 * Bytes as the arrays of a checkpoint whose checksums are right, or as the whole file: an {@link
 * IOException}, or an {@link IllegalArgumentException} for another training, and then nothing is
 * restored; or a state of the shape that is wanted.
 */
public final class CheckpointFuzz {
  private static final String[] NAMES = {"step", "settings", "state/a", "state/b", "other", "a/b"};

  private CheckpointFuzz() {}

  /** One input. */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    boolean wrap = input.length > 1 && input[0] != 'P';
    Tensor a = Tensor.allocateFloats(2, 3);
    a.floats().put(0, 7);
    try (Checkpoint checkpoint =
        Checkpoint.open(FuzzFile.of("c.npz", wrap ? archive(input) : input))) {
      if (checkpoint.step() < 0 || checkpoint.settings() == null) {
        throw new AssertionError("step " + checkpoint.step());
      }
      checkpoint.restore("s", Map.of("a", a));
    } catch (IOException | IllegalArgumentException expected) {
      if (a.floats().get(0) != 7) {
        throw new AssertionError("a refused checkpoint was restored in part");
      }
    }
  }

  /** Entries: a name, a length and as many bytes. */
  private static byte[] archive(byte[] bytes) throws IOException {
    FuzzInput input = new FuzzInput(bytes);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.setLevel(0);
      boolean[] taken = new boolean[NAMES.length];
      while (input.hasNext()) {
        int name = input.next(NAMES.length);
        byte[] entry = new byte[input.next(256)];
        for (int i = 0; i < entry.length; i++) {
          entry[i] = (byte) input.next(256);
        }
        if (!taken[name]) {
          taken[name] = true;
          zip.putNextEntry(new ZipEntry(NAMES[name] + ".npy"));
          zip.write(entry);
        }
      }
    }
    return out.toByteArray();
  }
}
