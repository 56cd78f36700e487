package org.ortnce.onnx;

import java.util.ArrayList;
import java.util.List;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * The node that sums the rows of equal indices, and its meaning in standard operators, which stands
 * in for it where the library of domain {@code org.ortnce} is absent.
 */
final class DeduplicateIndexedSlices {
  private static final String DOMAIN = "org.ortnce";
  private static final String OP_TYPE = "DeduplicateIndexedSlices";
  private static final String INDICES = "indices";
  private static final String VALUES = "values";
  private static final String UNIQUE_INDICES = "unique_indices";
  private static final String SUMMED_VALUES = "summed_values";

  private DeduplicateIndexedSlices() {}

  /** Rows that are ascending and unique; types other than float are summed in standard ops. */
  static Gradient.IndexedSlices of(Value indices, Value values) {
    Args.type(OP_TYPE, INDICES, indices, Types.INDICES);
    Args.type(OP_TYPE, VALUES, values, Types.FLOATS);
    checkShapes(indices, values);
    if (values.elementType() != ElementType.FLOAT) {
      return body(indices, values);
    }
    Shape flat = IndexedRows.flatShape(indices, values);
    Shape summed = flat;
    if (flat.hasRank()) {
      List<Dim> dims = new ArrayList<>(flat.dims());
      dims.set(0, Dim.unknown());
      summed = Shape.of(dims);
    }
    List<Value> outputs =
        NodeBuilder.of(OP_TYPE, DOMAIN, 1)
            .input(indices)
            .input(values)
            .output(UNIQUE_INDICES, new TensorType(ElementType.INT64, Shape.ofRank(1)))
            .output(SUMMED_VALUES, new TensorType(ElementType.FLOAT, summed))
            .fallback(function(indices.elementType()))
            .build();
    return new Gradient.IndexedSlices(outputs.get(0), outputs.get(1));
  }

  private static void checkShapes(Value indices, Value values) {
    if (!indices.shape().hasRank()) {
      return;
    }
    int rank = indices.shape().rank();
    if (rank == 0) {
      throw Args.expected(OP_TYPE, INDICES, indices, "rank 1 or more");
    }
    if (!values.shape().hasRank()) {
      return;
    }
    boolean fits =
        rank <= values.shape().rank()
            && indices.shape().isCompatibleWith(Shape.of(values.shape().dims().subList(0, rank)));
    if (!fits) {
      throw Args.expected(
          OP_TYPE, VALUES, values, "a shape that starts with that of indices, " + indices);
    }
  }

  /** Written for tensors of any rank, so that it is the same for all nodes of a model. */
  private static OnnxFunction function(ElementType indexType) {
    OnnxFunction.Builder function = OnnxFunction.builder(DOMAIN, OP_TYPE);
    Value indices = function.input(INDICES, new TensorType(indexType, Shape.unknown()));
    Value values = function.input(VALUES, new TensorType(ElementType.FLOAT, Shape.unknown()));
    Gradient.IndexedSlices result = body(indices, values);
    return function
        .output(UNIQUE_INDICES, result.indices())
        .output(SUMMED_VALUES, result.values())
        .build();
  }

  /**
   * Sums by ScatterElements, which adds one row after the other; ONNX Runtime's ScatterND adds them
   * in parallel and may lose some of equal indices.
   */
  private static Gradient.IndexedSlices body(Value indices, Value values) {
    Value flat = checked(Ops.cast(Ops.reshape(indices, -1), ElementType.INT64));
    List<Value> unique =
        NodeBuilder.standard("Unique")
            .input(flat)
            .intAttribute("sorted", 1)
            .output("Y", new TensorType(ElementType.INT64, Shape.ofRank(1)))
            .optionalOutput("indices", new TensorType(ElementType.INT64, Shape.ofRank(1)))
            .optionalOutput("inverse_indices", flat.type())
            .build();
    Value places = unique.get(2);
    Value rowShape = IndexedRows.rowShape(indices, values);
    Value count = Ops.shape(flat);
    Value rowsShape = Ops.concat(0, count, rowShape);
    Value rows = Layout.reshapeExactly(values, rowsShape, IndexedRows.flatShape(indices, values));
    Value ones = Ops.constantOfShape(Ops.shape(rowShape), Tensor.scalar(1L));
    Value column = Layout.reshapeExactly(places, Ops.concat(0, count, ones), Shape.unknown());
    Value zeros = zeros(Ops.concat(0, Ops.shape(unique.get(0)), rowShape), values.elementType());
    Value summed = Ops.scatterElements(zeros, Ops.expand(column, rowsShape), rows, 0, "add");
    return new Gradient.IndexedSlices(unique.get(0), summed);
  }

  /** The same indices; a run fails if one is negative, as the op does. */
  private static Value checked(Value indices) {
    Value negative = Ops.cast(Ops.less(indices, Ops.scalar(0L)), ElementType.INT64);
    // 0, and out of range for those that are negative.
    return Ops.add(indices, Ops.gather(Ops.vector(0), negative, 0));
  }

  /** A tensor of this shape full of zeros. */
  static Value zeros(Value shape, ElementType type) {
    Value zeros = Ops.constantOfShape(shape, Tensor.scalar(0f));
    return type == ElementType.FLOAT ? zeros : Ops.cast(zeros, type);
  }
}
