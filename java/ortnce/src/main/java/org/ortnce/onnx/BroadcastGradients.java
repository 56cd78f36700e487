package org.ortnce.onnx;

import java.util.ArrayList;
import java.util.List;

/** The way back from a broadcast tensor: sums over the dimensions along which it was repeated. */
final class BroadcastGradients {
  private BroadcastGradients() {}

  /** Adds a gradient of the shape of output 0 to an input that was broadcast with the others. */
  static void add(NodeGradients node, int input, Value gradient) {
    add(node, input, gradient, node.inputs());
  }

  /** The same for an input that was broadcast to a shape it had no part in. */
  static void addExpanded(NodeGradients node, int input, Value gradient) {
    add(node, input, gradient, List.of());
  }

  private static void add(NodeGradients node, int input, Value gradient, List<Value> operands) {
    Shape from = node.output(0).shape();
    Value to = node.input(input);
    if (!operands.isEmpty() && operands.stream().allMatch(operand -> operand == to)) {
      node.add(input, gradient);
      return;
    }
    if (!from.hasRank() || !to.shape().hasRank()) {
      throw untold(node, input);
    }
    int missing = from.rank() - to.shape().rank();
    List<Long> ones = new ArrayList<>();
    for (int i = 0; i < to.shape().rank(); i++) {
      Dim dim = to.shape().dim(i);
      Dim wide = from.dim(missing + i);
      if (dim.is(1)) {
        if (!wide.is(1)) {
          ones.add((long) i);
        }
      } else if (!dim.isFixed() && !isKept(to, to.shape().rank() - i, wide, operands)) {
        throw untold(node, input);
      }
    }
    Value sum = gradient;
    if (missing > 0) {
      long[] leading = new long[missing];
      for (int i = 0; i < missing; i++) {
        leading[i] = i;
      }
      sum = Ops.reduceSum(sum, false, leading);
    }
    if (!ones.isEmpty()) {
      sum = Ops.reduceSum(sum, true, ones.stream().mapToLong(Long::longValue).toArray());
    }
    node.add(input, sum);
  }

  /** Whether a dimension of no fixed size is surely as large as that of the result. */
  private static boolean isKept(Value to, int fromEnd, Dim wide, List<Value> operands) {
    Dim dim = to.shape().dim(to.shape().rank() - fromEnd);
    if (wide.is(1) || (dim.isSymbolic() && dim.equals(wide))) {
      return true;
    }
    // If no other operand is larger than 1 here, then this one gives the result its size.
    for (Value other : operands) {
      Shape shape = other.shape();
      boolean small =
          shape.hasRank() && (shape.rank() < fromEnd || shape.dim(shape.rank() - fromEnd).is(1));
      if (other != to && !small) {
        return false;
      }
    }
    return !operands.isEmpty();
  }

  private static IllegalArgumentException untold(NodeGradients node, int input) {
    return node.error(
        "the shapes do not tell where its input "
            + input
            + ", "
            + node.input(input)
            + ", is broadcast");
  }
}
