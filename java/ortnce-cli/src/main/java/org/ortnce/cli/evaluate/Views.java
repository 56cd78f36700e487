package org.ortnce.cli.evaluate;

import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** Parts and other forms of tensors. */
final class Views {
  private Views() {}

  /** Rows {@code from} to {@code from + count} of a [rows, ...] tensor, not copied. */
  static Tensor rows(Tensor tensor, long from, int count) {
    long[] shape = tensor.shape();
    shape[0] = 1;
    long rowSize = Tensor.elementCount(shape);
    shape[0] = count;
    // A tensor fits into one Java buffer, so its indices are ints.
    int start = Math.toIntExact(from * rowSize);
    int length = Math.toIntExact(count * rowSize);
    return switch (tensor.elementType()) {
      case FLOAT -> Tensor.of(tensor.floats().slice(start, length), shape);
      case DOUBLE -> Tensor.of(tensor.doubles().slice(start, length), shape);
      case INT64 -> Tensor.of(tensor.longs().slice(start, length), shape);
      case INT32 -> Tensor.of(tensor.ints().slice(start, length), shape);
      default -> {
        int size = tensor.elementType().byteSize();
        ByteBuffer bytes = tensor.rawBytes();
        ByteBuffer slice = bytes.slice(start * size, length * size).order(bytes.order());
        yield Tensor.of(slice, tensor.elementType(), shape);
      }
    };
  }

  /** Whether elements of this type may be ids. */
  static boolean isId(ElementType type) {
    return type == ElementType.INT64 || type == ElementType.INT32;
  }

  /**
   * Ids in the type that a model wants, int64 or int32; every other tensor as it is.
   *
   * @throws IllegalArgumentException if an id is no int32 where the model wants that
   */
  static Tensor ids(String name, Tensor ids, ElementType wanted) {
    if (wanted == ids.elementType() || !isId(wanted) || !isId(ids.elementType())) {
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
