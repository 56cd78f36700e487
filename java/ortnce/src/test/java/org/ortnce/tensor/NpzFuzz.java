package org.ortnce.tensor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.ortnce.fuzz.FuzzFile;

/**
 * Any bytes as a .npz file, or as entries of one whose checksums are right: an {@link IOException}
 * or arrays that can be written.
 */
public final class NpzFuzz {
  private static final long MOST = 1 << 20;

  private NpzFuzz() {}

  /** One input. */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    boolean wrap = input.length > 1 && input[0] != 'P';
    try {
      Npz.read(FuzzFile.of("a.npz", wrap ? archive(input) : input), MOST)
          .forEach((name, tensor) -> NpyHeader.write(tensor));
    } catch (IOException expected) {
      return;
    }
  }

  /** The second byte tells where the first of two entries ends. */
  private static byte[] archive(byte[] input) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.setLevel(input[0] & 1);
      int middle = Math.min(2 + (input[1] & 0xFF), input.length);
      zip.putNextEntry(new ZipEntry("a.npy"));
      zip.write(input, 2, middle - 2);
      zip.putNextEntry(new ZipEntry("b.npy"));
      zip.write(input, middle, input.length - middle);
    }
    return bytes.toByteArray();
  }
}
