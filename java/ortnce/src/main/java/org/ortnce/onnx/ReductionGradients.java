package org.ortnce.onnx;

/** The gradient rules of sums and means: the gradient is repeated over what was reduced. */
final class ReductionGradients {
  private ReductionGradients() {}

  static GradientRule sum(boolean keepDims, long... axes) {
    long[] copy = axes.clone();
    return node -> node.add(0, spread(node, node.outputGradient(0), keepDims, copy));
  }

  static GradientRule mean(boolean keepDims, long... axes) {
    long[] copy = axes.clone();
    return node -> {
      Value g = node.outputGradient(0);
      // Divided before it is repeated: there are fewer elements then.
      Value share = Ops.div(g, Ops.cast(count(node.input(0), copy), g.elementType()));
      node.add(0, spread(node, share, keepDims, copy));
    };
  }

  /** Without axes all are reduced, and a scalar can be repeated as it is. */
  private static Value spread(NodeGradients node, Value g, boolean keepDims, long... axes) {
    Value x = node.input(0);
    Value aligned = keepDims || axes.length == 0 ? g : Ops.unsqueeze(g, axes);
    return Ops.expand(aligned, LayoutGradients.shapeOf(x));
  }

  /** How many elements of x one mean was taken over, int64 scalar. */
  private static Value count(Value x, long... axes) {
    if (axes.length == 0 && !x.shape().isFixed()) {
      return Ops.size(x);
    }
    long[] reduced = axes;
    if (axes.length == 0) {
      reduced = new long[x.shape().rank()];
      for (int i = 0; i < reduced.length; i++) {
        reduced[i] = i;
      }
    }
    long fixed = 1;
    Value count = null;
    for (long axis : reduced) {
      Dim dim =
          x.shape().hasRank()
              ? x.shape().dim(Args.axis("ReduceMean", "axes", axis, x.shape().rank()))
              : Dim.unknown();
      if (dim.isFixed()) {
        fixed *= dim.size();
      } else {
        Value size = Ops.gather(Ops.shape(x), Ops.scalar(axis), 0);
        count = count == null ? size : Ops.mul(count, size);
      }
    }
    if (count == null) {
      return Ops.scalar(fixed);
    }
    return fixed == 1 ? count : Ops.mul(count, Ops.scalar(fixed));
  }
}
