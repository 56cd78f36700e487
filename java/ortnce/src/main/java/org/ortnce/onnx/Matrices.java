package org.ortnce.onnx;

import java.util.ArrayList;
import java.util.List;

/** Matrix products. */
final class Matrices {
  private Matrices() {}

  static Value matMul(Value a, Value b) {
    Args.type("MatMul", "a", a, Types.WIDE);
    Args.sameType("MatMul", "a", a, "b", b);
    return NodeBuilder.standard("MatMul")
        .input(a)
        .input(b)
        .output(new TensorType(a.elementType(), product(a, b)), null)
        .gradient(MatrixGradients::matMul)
        .buildOne();
  }

  /** As numpy.matmul: vectors count as a row on the left and a column on the right. */
  private static Shape product(Value a, Value b) {
    nonScalar("a", a);
    nonScalar("b", b);
    if (!a.shape().hasRank() || !b.shape().hasRank()) {
      return Shape.unknown();
    }
    List<Dim> left = a.shape().dims();
    List<Dim> right = b.shape().dims();
    int rankA = left.size();
    int rankB = right.size();
    Dim inner = left.get(rankA - 1);
    Dim rows = right.get(Math.max(rankB - 2, 0));
    if (inner.differs(rows)) {
      throw Args.expected(
          "MatMul",
          "b",
          b,
          "its dimension "
              + Math.max(rankB - 2, 0)
              + " to be "
              + inner
              + ", the last dimension of a, which is "
              + a);
    }
    Shape batch =
        Elementwise.broadcast(
            "MatMul",
            "a without its last two dimensions",
            Shape.of(left.subList(0, Math.max(rankA - 2, 0))),
            "b without its last two dimensions",
            Shape.of(right.subList(0, Math.max(rankB - 2, 0))));
    List<Dim> dims = new ArrayList<>(batch.dims());
    if (rankA > 1) {
      dims.add(left.get(rankA - 2));
    }
    if (rankB > 1) {
      dims.add(right.get(rankB - 1));
    }
    return Shape.of(dims);
  }

  private static void nonScalar(String arg, Value value) {
    if (value.shape().hasRank() && value.shape().rank() == 0) {
      throw Args.expected("MatMul", arg, value, "rank 1 or more");
    }
  }

  static Value gemm(
      Value a, Value b, Value cOrNull, float alpha, float beta, boolean transA, boolean transB) {
    Args.type("Gemm", "a", a, Types.WIDE);
    Args.sameType("Gemm", "a", a, "b", b);
    Args.rank("Gemm", "a", a, 2);
    Args.rank("Gemm", "b", b, 2);
    Dim inner = Args.dim(a, transA ? 0 : 1);
    if (inner.differs(Args.dim(b, transB ? 1 : 0))) {
      throw Args.expected(
          "Gemm",
          "b",
          b,
          "its dimension " + (transB ? 1 : 0) + " to be " + inner + " as in a, which is " + a);
    }
    Shape shape = Shape.of(Args.dim(a, transA ? 1 : 0), Args.dim(b, transB ? 0 : 1));
    if (cOrNull != null) {
      Args.sameType("Gemm", "a", a, "c", cOrNull);
      Layout.checkExpandsTo("Gemm", "c", cOrNull, shape);
    }
    return NodeBuilder.standard("Gemm")
        .input(a)
        .input(b)
        .optionalInput(cOrNull)
        .floatAttribute("alpha", alpha)
        .floatAttribute("beta", beta)
        .intAttribute("transA", transA ? 1 : 0)
        .intAttribute("transB", transB ? 1 : 0)
        .output(new TensorType(a.elementType(), shape), null)
        .gradient(MatrixGradients.gemm(alpha, beta, transA, transB))
        .buildOne();
  }
}
