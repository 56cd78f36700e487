package org.ortnce.nce;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ortnce.tensor.Tensor;

/**
 * Reads the weights of a fixed unigram sampler from a file in the format of TensorFlow's {@code
 * vocab_file}. Here no op opens a file: the tensor becomes an initializer of the model.
 *
 * <p>Each line is a weight, or anything, a comma and a weight: {@code the,5021.0}. Lines end at LF
 * or CR LF; an empty line is skipped and takes no id. A weight is a decimal or hexadecimal number
 * as in C, with blanks around it if need be, whatever the locale; it must be finite and not
 * negative. At most 1 GiB, in lines of at most 4096 bytes.
 *
 * <p>Errors are {@link IOException}s that name the file and the number of the line, from 1, and
 * never its content, since what was named by mistake may be secret.
 */
public final class UnigramVocabulary {
  private static final String BLANKS = "[ \\t\\x0B\\f\\r]*";
  private static final Pattern WEIGHT =
      Pattern.compile(
          BLANKS
              + "([+-]?)((?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?"
              + "|(0[xX](?:[0-9a-fA-F]+\\.?[0-9a-fA-F]*|\\.[0-9a-fA-F]+))([pP][+-]?\\d+)?)"
              + BLANKS);
  private static final String BYTE_ORDER_MARK = "\u00ef\u00bb\u00bf";

  private final Path file;
  private float[] weights = new float[1024];
  private int size;

  private UnigramVocabulary(Path file) {
    this.file = file;
  }

  /**
   * Reads the weights of {@code file}.
   *
   * @return float [lines that are not empty]
   * @throws IOException if it cannot be read, is no regular file, or has a line that is no weight,
   *     or no weight at all
   */
  public static Tensor read(Path file) throws IOException {
    return new UnigramVocabulary(Objects.requireNonNull(file, "file")).readFrom(null);
  }

  /**
   * The same for a name that is not trusted: the file must lie in a directory, with symbolic links
   * resolved, and have no other name (hard link).
   *
   * @param directory where files may be read; a relative {@code file} is looked up in it
   */
  public static Tensor read(Path file, Path directory) throws IOException {
    Path resolved = directory.resolve(Objects.requireNonNull(file, "file"));
    return new UnigramVocabulary(resolved).readFrom(directory);
  }

  private static IOException error(Path file, String text) {
    return new IOException(file + ": " + text);
  }

  private Tensor readFrom(Path directory) throws IOException {
    try (VocabularyFile lines = VocabularyFile.open(file, directory)) {
      for (String line = lines.next(); line != null; line = lines.next()) {
        if (lines.number() == 1 && line.startsWith(BYTE_ORDER_MARK)) {
          throw error(file, "line 1: starts with a byte order mark, expected plain text");
        }
        if (!line.isEmpty()) {
          add(weight(line, lines.number()));
        }
      }
    }
    if (size == 0) {
      throw error(file, "has no weights");
    }
    return Tensor.of(Arrays.copyOf(weights, size), size);
  }

  private void add(float weight) {
    if (size == weights.length) {
      // Half as much again: a file of 1 GiB has at most 2^29 lines, so this cannot overflow.
      weights = Arrays.copyOf(weights, size + size / 2);
    }
    weights[size++] = weight;
  }

  private float weight(String line, long number) throws IOException {
    Matcher text = WEIGHT.matcher(line.substring(line.lastIndexOf(',') + 1));
    if (!text.matches()) {
      throw error(file, "line " + number + ": expected a weight, alone or after a comma");
    }
    String magnitude = text.group(2);
    if (text.group(3) != null && text.group(4) == null) {
      // Java wants an exponent in hexadecimal numbers.
      magnitude += "p0";
    }
    float weight = Float.parseFloat(magnitude);
    if (!Float.isFinite(weight) || (weight > 0 && text.group(1).equals("-"))) {
      throw error(file, "line " + number + ": expected a weight that is finite and not negative");
    }
    return weight;
  }
}
