package org.ortnce.onnx;

/** The gradient rules of matrix products; g is the gradient by the result. */
final class MatrixGradients {
  private MatrixGradients() {}

  /** Of matrices: g b' for a, a' g for b. */
  static void matMul(NodeGradients node) {
    Value a = node.input(0);
    Value b = node.input(1);
    if (!isMatrix(a) || !isMatrix(b)) {
      throw node.error("a is " + a + " and b " + b + ", expected rank 2");
    }
    Value g = node.outputGradient(0);
    if (node.wants(0)) {
      node.add(0, Ops.gemm(g, b, null, 1, 1, false, true));
    }
    if (node.wants(1)) {
      node.add(1, Ops.gemm(a, g, null, 1, 1, true, false));
    }
  }

  private static boolean isMatrix(Value value) {
    return value.shape().hasRank() && value.shape().rank() == 2;
  }

  /** The rule of one Gemm with these attributes: alpha a' b' + beta c. */
  static GradientRule gemm(float alpha, float beta, boolean transA, boolean transB) {
    return node -> {
      Value g = node.outputGradient(0);
      Value a = node.input(0);
      Value b = node.input(1);
      if (node.wants(0)) {
        node.add(
            0,
            transA
                ? Ops.gemm(b, g, null, alpha, 1, transB, true)
                : Ops.gemm(g, b, null, alpha, 1, false, !transB));
      }
      if (node.wants(1)) {
        node.add(
            1,
            transB
                ? Ops.gemm(g, a, null, alpha, 1, true, transA)
                : Ops.gemm(a, g, null, alpha, 1, !transA, false));
      }
      if (node.wants(2)) {
        Value scaled = beta == 1 ? g : Ops.mul(g, Ops.scalar(g.elementType(), beta));
        BroadcastGradients.addExpanded(node, 2, scaled);
      }
    };
  }
}
