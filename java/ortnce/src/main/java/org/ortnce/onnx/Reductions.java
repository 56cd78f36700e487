package org.ortnce.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.ortnce.tensor.ElementType;

/** Reductions over axes, softmax, arg-max and top-k. */
final class Reductions {
  private Reductions() {}

  /** ReduceSum has its axes as an input since operator set 13. */
  static Value reduceSum(Value x, boolean keepDims, long... axes) {
    Args.type("ReduceSum", "x", x, Types.WIDE);
    Args.given("ReduceSum", "axes", axes);
    TensorType type = reduced("ReduceSum", x, keepDims, axes);
    return NodeBuilder.standard("ReduceSum")
        .input(x)
        .optionalInput(axes.length == 0 ? null : Constants.vector(axes))
        .intAttribute("keepdims", keepDims ? 1 : 0)
        .output(type, null)
        .gradient(ReductionGradients.sum(keepDims, axes))
        .buildOne();
  }

  static Value reduceMean(Value x, boolean keepDims, long... axes) {
    return builder("ReduceMean", Types.WIDE, x, keepDims, axes)
        .gradient(ReductionGradients.mean(keepDims, axes))
        .buildOne();
  }

  /** The others have them as an attribute before operator set 18. */
  static Value reduce(
      String op, Set<ElementType> allowed, Value x, boolean keepDims, long... axes) {
    return builder(op, allowed, x, keepDims, axes).buildOne();
  }

  private static NodeBuilder builder(
      String op, Set<ElementType> allowed, Value x, boolean keepDims, long... axes) {
    Args.type(op, "x", x, allowed);
    Args.given(op, "axes", axes);
    NodeBuilder node =
        NodeBuilder.standard(op)
            .axesInputSince(18)
            .input(x)
            .intAttribute("keepdims", keepDims ? 1 : 0)
            .output(reduced(op, x, keepDims, axes), null);
    return axes.length == 0 ? node : node.intsAttribute("axes", axes);
  }

  /** No axes are all axes. */
  private static TensorType reduced(String op, Value x, boolean keepDims, long[] axes) {
    Shape shape = x.shape();
    if (!shape.hasRank()) {
      boolean known = axes.length == 0 && !keepDims;
      return new TensorType(x.elementType(), known ? Shape.scalar() : Shape.unknown());
    }
    boolean[] mask = Args.axes(op, axes, shape.rank());
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < mask.length; i++) {
      if (axes.length > 0 && !mask[i]) {
        dims.add(shape.dim(i));
      } else if (keepDims) {
        dims.add(Dim.of(1));
      }
    }
    return new TensorType(x.elementType(), Shape.of(dims));
  }

  static Value argMax(Value x, long axis, boolean keepDims) {
    Args.type("ArgMax", "x", x, Types.NUMERIC);
    Shape shape = reduced("ArgMax", x, keepDims, new long[] {axis}).shape();
    return NodeBuilder.standard("ArgMax")
        .input(x)
        .intAttribute("axis", axis)
        .intAttribute("keepdims", keepDims ? 1 : 0)
        .output(new TensorType(ElementType.INT64, shape), null)
        .buildOne();
  }

  static Value softmax(String op, Value x, long axis) {
    Args.type(op, "x", x, Types.FLOATS);
    if (x.shape().hasRank()) {
      Args.axis(op, "axis", axis, x.shape().rank());
    }
    return NodeBuilder.standard(op)
        .input(x)
        .intAttribute("axis", axis)
        .output(x.type(), null)
        .buildOne();
  }

  static TopK topK(Value x, Value k, long axis, boolean largest, boolean sorted) {
    Args.type("TopK", "x", x, Types.NUMERIC_NO_BFLOAT16);
    Args.type("TopK", "k", k, Types.INT64_ONLY);
    if (!Shape.of(1).isCompatibleWith(k.shape())) {
      throw Args.expected("TopK", "k", k, "shape [1]");
    }
    Shape shape = Shape.unknown();
    if (x.shape().hasRank()) {
      List<Dim> dims = new ArrayList<>(x.shape().dims());
      int at = Args.axis("TopK", "axis", axis, dims.size());
      Dim wanted = k.elements() == null ? Dim.unknown() : k.elements().get(0);
      if (wanted.isFixed() && dims.get(at).isFixed() && wanted.size() > dims.get(at).size()) {
        throw Args.expected(
            "TopK", "k", wanted, "at most dimension " + at + " of x, which is " + x);
      }
      dims.set(at, wanted);
      shape = Shape.of(dims);
    }
    List<Value> outputs =
        NodeBuilder.standard("TopK")
            .input(x)
            .input(k)
            .intAttribute("axis", axis)
            .intAttribute("largest", largest ? 1 : 0)
            .intAttribute("sorted", sorted ? 1 : 0)
            .output("values", new TensorType(x.elementType(), shape))
            .output("indices", new TensorType(ElementType.INT64, shape))
            .build();
    return new TopK(outputs.get(0), outputs.get(1));
  }
}
