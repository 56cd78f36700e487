package org.ortnce.cli.evaluate;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** Examples that lie in two tensors, which may be memory-mapped files: batches are views. */
public final class TensorExamples implements Examples {
  private final Tensor inputs;
  private final Tensor labels;

  /**
   * Examples of the rows of both tensors.
   *
   * @param inputs [size, dim], or ids: int64 or int32 [size] or [size, context]
   * @param labels int64 or int32 [size, num_true], or [size] for one label each
   * @throws IllegalArgumentException if they are no such tensors or differ in size
   */
  public TensorExamples(Tensor inputs, Tensor labels) {
    checkInputs(inputs);
    if (labels.rank() != 1 && labels.rank() != 2) {
      throw new IllegalArgumentException(
          "labels have shape "
              + Arrays.toString(labels.shape())
              + ", expected [examples, num_true] or [examples]");
    }
    if (!isId(labels)) {
      throw new IllegalArgumentException(
          "labels are " + labels.elementType().onnxName() + ", expected int64 or int32");
    }
    if (inputs.dim(0) != labels.dim(0)) {
      throw new IllegalArgumentException(
          "inputs have " + inputs.dim(0) + " rows, labels have " + labels.dim(0));
    }
    this.inputs = inputs;
    this.labels = labels.rank() == 1 ? labels.reshape(labels.dim(0), 1) : labels;
  }

  /**
   * Checks that inputs have the shape of examples.
   *
   * @throws IllegalArgumentException if they have not
   */
  public static void checkInputs(Tensor inputs) {
    boolean ids = isId(inputs);
    if (inputs.rank() != 2 && !(ids && inputs.rank() == 1)) {
      throw new IllegalArgumentException(
          "inputs have shape "
              + Arrays.toString(inputs.shape())
              + ", expected [examples, dim] or ids, [examples] or [examples, context]");
    }
  }

  private static boolean isId(Tensor tensor) {
    return tensor.elementType() == ElementType.INT64 || tensor.elementType() == ElementType.INT32;
  }

  @Override
  public long size() {
    return inputs.dim(0);
  }

  @Override
  public Batch batch(long from, int count) {
    return new Batch(from, rows(inputs, from, count), rows(labels, from, count));
  }

  /** Rows {@code from} to {@code from + count} of a [rows, ...] tensor, not copied. */
  public static Tensor rows(Tensor tensor, long from, int count) {
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
}
