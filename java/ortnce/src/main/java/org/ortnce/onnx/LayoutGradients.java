package org.ortnce.onnx;

import java.util.ArrayList;
import java.util.List;

/** The gradient rules of operators that only move elements. */
final class LayoutGradients {
  private LayoutGradients() {}

  /** The gradient takes the shape of the input: Reshape, and Squeeze of all it can. */
  static void reshape(NodeGradients node) {
    Value x = node.input(0);
    node.add(0, Layout.reshapeExactly(node.outputGradient(0), shapeOf(x), x.shape()));
  }

  /** The shape of a value, constant if it is fixed. */
  static Value shapeOf(Value x) {
    return x.shape().isFixed() ? Ops.vector(x.shape().sizes()) : Ops.shape(x);
  }

  static GradientRule squeeze(long... axes) {
    long[] copy = axes.clone();
    return axes.length == 0
        ? LayoutGradients::reshape
        : node -> node.add(0, Ops.unsqueeze(node.outputGradient(0), copy));
  }

  static GradientRule unsqueeze(long... axes) {
    long[] copy = axes.clone();
    return node -> node.add(0, Ops.squeeze(node.outputGradient(0), copy));
  }

  static void expand(NodeGradients node) {
    BroadcastGradients.addExpanded(node, 0, node.outputGradient(0));
  }

  /** The inverse permutation; reversing is its own inverse. */
  static GradientRule transpose(int... perm) {
    int[] inverse = new int[perm.length];
    for (int i = 0; i < perm.length; i++) {
      inverse[perm[i]] = i;
    }
    return node -> node.add(0, Ops.transpose(node.outputGradient(0), inverse));
  }

  /** Each input gets its part of the gradient. */
  static GradientRule concat(long axis) {
    return node -> {
      if (node.inputCount() == 1) {
        node.forward(0, 0);
        return;
      }
      Value g = node.outputGradient(0);
      NodeBuilder split =
          NodeBuilder.standard("Split")
              .input(g)
              .input(sizes(node.inputs(), axis))
              .intAttribute("axis", axis);
      for (int i = 0; i < node.inputCount(); i++) {
        split.output("part" + i, node.input(i).type());
      }
      List<Value> parts = split.build();
      for (int i = 0; i < parts.size(); i++) {
        node.add(i, parts.get(i));
      }
    };
  }

  /** The sizes of values along an axis, int64 vector. */
  private static Value sizes(List<Value> values, long axis) {
    List<Value> sizes = new ArrayList<>();
    long[] fixed = new long[values.size()];
    boolean allFixed = true;
    for (int i = 0; i < fixed.length; i++) {
      Shape shape = values.get(i).shape();
      Dim dim =
          shape.hasRank()
              ? shape.dim(Args.axis("Concat", "axis", axis, shape.rank()))
              : Dim.unknown();
      allFixed &= dim.isFixed();
      fixed[i] = dim.isFixed() ? dim.size() : 0;
      sizes.add(Ops.gather(Ops.shape(values.get(i)), Ops.vector(axis), 0));
    }
    return allFixed ? Ops.vector(fixed) : Ops.concat(0, sizes);
  }

  /** Gradients of a table by the rows that were looked up. */
  static GradientRule gather(long axis) {
    return node -> {
      Shape table = node.input(0).shape();
      boolean rows = axis == 0 || (table.hasRank() && axis == -table.rank());
      if (!rows) {
        throw node.error("axis is " + axis + ", expected 0");
      }
      Value indices = node.input(1);
      Value g = node.outputGradient(0);
      boolean one = indices.shape().hasRank() && indices.shape().rank() == 0;
      node.addSlices(0, one ? Ops.unsqueeze(indices, 0) : indices, one ? Ops.unsqueeze(g, 0) : g);
    };
  }
}
