package org.ortnce.cli.evaluate;

import java.nio.IntBuffer;
import java.nio.LongBuffer;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** Ids of classes and embeddings: int64 or int32, as NumPy and models have them. */
public final class Ids {
  private Ids() {}

  /** Whether elements of this type may be ids. */
  public static boolean areIds(ElementType type) {
    return type == ElementType.INT64 || type == ElementType.INT32;
  }

  /**
   * Ids in the type that a model wants, int64 or int32; every other tensor as it is.
   *
   * @throws IllegalArgumentException if an id is no int32 where the model wants that
   */
  public static Tensor as(ElementType wanted, String name, Tensor ids) {
    if (wanted == ids.elementType() || !areIds(wanted) || !areIds(ids.elementType())) {
      return ids;
    }
    int count = Math.toIntExact(ids.elementCount());
    if (wanted == ElementType.INT64) {
      IntBuffer narrow = ids.ints();
      LongBuffer wide = LongBuffer.allocate(count);
      while (narrow.hasRemaining()) {
        wide.put(narrow.get());
      }
      return Tensor.of(wide.flip(), ids.shape());
    }
    LongBuffer wide = ids.longs();
    IntBuffer narrow = IntBuffer.allocate(count);
    while (wide.hasRemaining()) {
      long id = wide.get();
      if (id != (int) id) {
        throw new IllegalArgumentException(
            "the model wants int32 for its input " + name + ", which cannot be " + id);
      }
      narrow.put((int) id);
    }
    return Tensor.of(narrow.flip(), ids.shape());
  }
}
