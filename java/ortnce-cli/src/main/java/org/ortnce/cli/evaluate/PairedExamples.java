package org.ortnce.cli.evaluate;

import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;
import org.ortnce.tensor.Tensor;

/** Examples whose inputs and labels are rows of two arrays. */
public final class PairedExamples implements Examples, Closeable {
  private final Rows inputs;
  private final Rows labels;

  /**
   * Examples of the rows of both arrays, which are closed with this object.
   *
   * @param inputs [size, dim], or ids: int64 or int32 [size] or [size, context]
   * @param labels int64 or int32 [size, num_true], or [size] for one label each
   * @throws IllegalArgumentException if they are no such arrays or differ in size
   */
  public PairedExamples(Rows inputs, Rows labels) {
    checkInputs(inputs);
    int rank = labels.shape().length;
    if (rank != 1 && rank != 2) {
      throw new IllegalArgumentException(
          "labels have shape "
              + Arrays.toString(labels.shape())
              + ", expected [examples, num_true] or [examples]");
    }
    if (!Ids.areIds(labels.elementType())) {
      throw new IllegalArgumentException(
          "labels are " + labels.elementType().onnxName() + ", expected int64 or int32");
    }
    if (inputs.size() != labels.size()) {
      throw new IllegalArgumentException(
          "inputs have " + inputs.size() + " rows, labels have " + labels.size());
    }
    this.inputs = inputs;
    this.labels = labels;
  }

  /** The same of two tensors. */
  public PairedExamples(Tensor inputs, Tensor labels) {
    this(Rows.of(inputs), Rows.of(labels));
  }

  /**
   * Checks that inputs have the shape of examples.
   *
   * @throws IllegalArgumentException if they have not
   */
  public static void checkInputs(Rows inputs) {
    int rank = inputs.shape().length;
    if (rank != 2 && !(Ids.areIds(inputs.elementType()) && rank == 1)) {
      throw new IllegalArgumentException(
          "inputs have shape "
              + Arrays.toString(inputs.shape())
              + ", expected [examples, dim] or ids, [examples] or [examples, context]");
    }
  }

  @Override
  public long size() {
    return inputs.size();
  }

  @Override
  public Batch batch(long from, int count) throws IOException {
    Tensor ids = labels.rows(from, count);
    return new Batch(from, inputs.rows(from, count), ids.rank() == 1 ? ids.reshape(count, 1) : ids);
  }

  @Override
  public void close() throws IOException {
    try (inputs) {
      labels.close();
    }
  }
}
