package org.ortnce.nce;

import java.io.IOException;
import java.nio.file.Path;
import org.ortnce.fuzz.FuzzFile;
import org.ortnce.tensor.Tensor;

/**
 * Any bytes as a vocabulary file: an {@link IOException} that does not repeat them, or weights that
 * are finite and not negative.
 */
public final class VocabularyFuzz {
  private VocabularyFuzz() {}

  /** One input. */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    Path file = FuzzFile.of("vocabulary", input);
    Tensor weights;
    try {
      weights = UnigramVocabulary.read(file);
    } catch (IOException e) {
      checkMessage(e.getMessage().substring(file.toString().length()));
      return;
    }
    for (float weight : weights.toFloatArray()) {
      if (!(weight >= 0 && weight < Float.POSITIVE_INFINITY)) {
        throw new AssertionError("weight " + weight);
      }
    }
  }

  private static void checkMessage(String text) {
    if (!text.matches("[ -~]{1,200}")) {
      throw new AssertionError("message: " + text);
    }
  }
}
