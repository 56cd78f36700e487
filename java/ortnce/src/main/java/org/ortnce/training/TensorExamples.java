package org.ortnce.training;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.ortnce.tensor.Tensor;

/** Examples in memory: a tensor [examples, row...] per column, not copied. */
public final class TensorExamples implements ExampleSource {
  private final List<ExampleColumn> columns;
  private final List<Tensor> tensors;
  private final long size;

  private TensorExamples(List<ExampleColumn> columns, List<Tensor> tensors, long size) {
    this.columns = List.copyOf(columns);
    this.tensors = List.copyOf(tensors);
    this.size = size;
  }

  /**
   * Examples of these tensors, by the name of the column; in the order of the map.
   *
   * @throws IllegalArgumentException if there are none, one is a scalar or of strings, or their
   *     first dimensions differ
   */
  public static TensorExamples of(Map<String, Tensor> tensors) {
    List<ExampleColumn> columns = new ArrayList<>();
    List<Tensor> data = new ArrayList<>();
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      Tensor tensor = entry.getValue();
      if (tensor.rank() == 0) {
        throw new IllegalArgumentException(
            "column '" + entry.getKey() + "' is " + tensor + ", expected [examples, ...]");
      }
      columns.add(ExampleColumn.of(entry.getKey(), tensor.elementType(), tensor.shape()));
      data.add(tensor);
      if (tensor.dim(0) != data.get(0).dim(0)) {
        throw new IllegalArgumentException(
            "column "
                + columns.get(columns.size() - 1)
                + " has "
                + tensor.dim(0)
                + " examples, column "
                + columns.get(0)
                + " has "
                + data.get(0).dim(0));
      }
    }
    if (data.isEmpty()) {
      throw new IllegalArgumentException("there are no columns");
    }
    return new TensorExamples(columns, data, data.get(0).dim(0));
  }

  @Override
  public List<ExampleColumn> columns() {
    return columns;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void read(int column, long first, ByteBuffer target) {
    ExampleColumn wanted = columns.get(column);
    int count = ExampleRows.check(wanted, size, first, target);
    if (count == 0) {
      return;
    }
    // Within one Java buffer, so that positions are ints.
    int rowSize = Math.toIntExact(Tensor.elementCount(wanted.shape(1)));
    int from = Math.toIntExact(first * rowSize);
    int length = count * rowSize;
    Tensor tensor = tensors.get(column);
    ByteBuffer bytes = target.slice().order(ByteOrder.nativeOrder());
    switch (wanted.elementType()) {
      case FLOAT -> bytes.asFloatBuffer().put(tensor.floats().slice(from, length));
      case DOUBLE -> bytes.asDoubleBuffer().put(tensor.doubles().slice(from, length));
      case INT64 -> bytes.asLongBuffer().put(tensor.longs().slice(from, length));
      case INT32 -> bytes.asIntBuffer().put(tensor.ints().slice(from, length));
      default -> {
        int byteSize = wanted.elementType().byteSize();
        bytes.put(tensor.rawBytes().slice(from * byteSize, length * byteSize));
      }
    }
    target.position(target.limit());
  }

  /** Does nothing: the tensors are the caller's. */
  @Override
  public void close() {}
}
