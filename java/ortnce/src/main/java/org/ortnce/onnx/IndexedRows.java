package org.ortnce.onnx;

import java.util.ArrayList;
import java.util.List;
import org.ortnce.tensor.ElementType;

/** Rows of a table with indices of any shape: [indices shape..., row shape...]. */
final class IndexedRows {
  private IndexedRows() {}

  /** The shape of the rows of a table at these indices. */
  static Shape valuesShape(Value indices, Shape table) {
    if (!indices.shape().hasRank() || !table.hasRank() || table.rank() == 0) {
      return Shape.unknown();
    }
    List<Dim> dims = new ArrayList<>(indices.shape().dims());
    dims.addAll(table.dims().subList(1, table.rank()));
    return Shape.of(dims);
  }

  /** [K, row shape...], as far as it is known. */
  static Shape flatShape(Value indices, Value values) {
    if (!indices.shape().hasRank() || !values.shape().hasRank()) {
      return Shape.unknown();
    }
    List<Dim> dims = new ArrayList<>();
    dims.add(indices.shape().rank() == 1 ? indices.shape().dim(0) : Dim.unknown());
    dims.addAll(values.shape().dims().subList(indices.shape().rank(), values.shape().rank()));
    return Shape.of(dims);
  }

  /** Indices as int64 [K]. */
  static Value flatIndices(Value indices) {
    Value flat = isVector(indices) ? indices : Ops.reshape(indices, -1);
    return flat.elementType() == ElementType.INT64 ? flat : Ops.cast(flat, ElementType.INT64);
  }

  /** Rows as [K, row shape...]. */
  static Value flatValues(Value indices, Value flatIndices, Value values) {
    if (isVector(indices)) {
      return values;
    }
    Value shape = Ops.concat(0, Ops.shape(flatIndices), rowShape(indices, values));
    return Layout.reshapeExactly(values, shape, flatShape(indices, values));
  }

  /** The shape of one row, int64 vector. */
  static Value rowShape(Value indices, Value values) {
    Value rank = Ops.shape(Ops.shape(indices));
    return Ops.slice(Ops.shape(values), rank, Ops.vector(Long.MAX_VALUE), Ops.vector(0), null);
  }

  private static boolean isVector(Value indices) {
    return indices.shape().hasRank() && indices.shape().rank() == 1;
  }
}
