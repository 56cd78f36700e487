package org.ortnce.session;

import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.Map;
import org.ortnce.nce.MetadataKeys;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * Inputs that are ids of rows, of which the model's metadata tell how many there are. ONNX's Gather
 * would name neither the input nor its place, and take id -1 for the last row, which TensorFlow's
 * look-up refuses.
 */
final class IdRanges {
  private final Map<String, Long> rows = new HashMap<>();

  /**
   * Reads the metadata of a model.
   *
   * @throws IllegalArgumentException if a number of rows is none
   */
  IdRanges(Map<String, String> metadata, Map<String, TensorSpec> inputs) {
    for (TensorSpec input : inputs.values()) {
      if (input.elementType() == ElementType.INT64) {
        ModelMetadata.number(metadata, MetadataKeys.rowsOf(input.name()), "a number of rows")
            .ifPresent(limit -> rows.put(input.name(), limit));
      }
    }
  }

  /**
   * Checks every value of such an input.
   *
   * @throws IllegalArgumentException naming the place, the id and the range
   */
  void check(Map<String, Tensor> values) {
    rows.forEach((name, limit) -> check(name, values.get(name), limit));
  }

  private static void check(String name, Tensor tensor, long limit) {
    LongBuffer ids = tensor.longs();
    for (int at = ids.position(); at < ids.limit(); at++) {
      long id = ids.get(at);
      if (id < 0 || id >= limit) {
        throw new IllegalArgumentException(
            name
                + place(tensor.shape(), at - ids.position())
                + " = "
                + id
                + " must be in [0, "
                + limit
                + ")");
      }
    }
  }

  /** The indices of an element, such as {@code [3,1]}. */
  private static String place(long[] shape, long element) {
    StringBuilder place = new StringBuilder(shape.length == 0 ? "" : "]");
    long rest = element;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      place.insert(0, (axis == 0 ? "[" : ",") + rest % shape[axis]);
      rest /= shape[axis];
    }
    return place.toString();
  }
}
