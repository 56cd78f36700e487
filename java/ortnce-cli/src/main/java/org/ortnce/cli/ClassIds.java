package org.ortnce.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.ortnce.cli.evaluate.Ids;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Npy;
import org.ortnce.tensor.Tensor;

/** Class ids from files and from the command line. */
final class ClassIds {
  private static final Pattern LIST = Pattern.compile("-?\\d+(,-?\\d+)*");

  private ClassIds() {}

  /** Whether this is a list such as {@code 1,2,3} and not the name of a file. */
  static boolean isList(String argument) {
    return LIST.matcher(argument).matches();
  }

  /**
   * The labels in a list, an example each.
   *
   * @return int64 [batch, 1]
   * @throws IllegalArgumentException if one is no int64
   */
  static Tensor labelsInList(String list) {
    long[] labels = Arrays.stream(list.split(",")).mapToLong(Long::parseLong).toArray();
    return Tensor.of(labels, labels.length, 1);
  }

  /**
   * The labels in a .npy file: int64 or int32, [batch, num_true], or [batch] for one label each.
   *
   * @return int64 [batch, num_true]
   * @throws IllegalArgumentException if they are no such array
   */
  static Tensor labelsInFile(Path file) throws IOException {
    Tensor labels = Ids.as(ElementType.INT64, file.toString(), Npy.read(file));
    if (labels.elementType() != ElementType.INT64 || labels.rank() < 1 || labels.rank() > 2) {
      throw new IllegalArgumentException(
          file + " is " + labels + ", expected int64 or int32 [batch, num_true] or [batch]");
    }
    return labels.rank() == 1 ? labels.reshape(labels.dim(0), 1) : labels;
  }
}
