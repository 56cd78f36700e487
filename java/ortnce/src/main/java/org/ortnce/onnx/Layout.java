package org.ortnce.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.ortnce.tensor.ElementType;

/** Operators that change the shape of a tensor, or tell it. */
final class Layout {
  private Layout() {}

  /** The shape that an int64 vector describes, as far as it is known. */
  static Shape shapeOf(Value vector) {
    if (vector.elements() != null) {
      return Shape.of(vector.elements());
    }
    Dim length = Args.dim(vector, 0);
    return length.isFixed() && length.size() < 64
        ? Shape.ofRank((int) length.size())
        : Shape.unknown();
  }

  static Value shape(Value x) {
    Args.present("Shape", "x", x);
    boolean known = x.shape().hasRank();
    Dim rank = known ? Dim.of(x.shape().rank()) : Dim.unknown();
    return NodeBuilder.standard("Shape")
        .input(x)
        .output(new TensorType(ElementType.INT64, Shape.of(rank)), known ? x.shape().dims() : null)
        .buildOne();
  }

  static Value size(Value x) {
    Args.present("Size", "x", x);
    return NodeBuilder.standard("Size")
        .input(x)
        .output(new TensorType(ElementType.INT64, Shape.scalar()), null)
        .buildOne();
  }

  static Value reshape(Value x, long... wanted) {
    Args.present("Reshape", "x", x);
    Args.given("Reshape", "shape", wanted);
    return reshape(x, Constants.vector(wanted), Reshapes.infer(x, wanted));
  }

  static Value reshape(Value x, Value wanted) {
    Args.present("Reshape", "x", x);
    Args.type("Reshape", "shape", wanted, Types.INT64_ONLY);
    Args.rank("Reshape", "shape", wanted, 1);
    return reshape(x, wanted, Reshapes.infer(x, shapeOf(wanted)));
  }

  private static Value reshape(Value x, Value wanted, Shape result) {
    return NodeBuilder.standard("Reshape")
        .input(x)
        .input(wanted)
        .output(new TensorType(x.elementType(), result), x.elements())
        .gradient(LayoutGradients::reshape)
        .buildOne();
  }

  /** x in a shape where 0 is a dimension without elements, not one to keep. */
  static Value reshapeExactly(Value x, Value wanted, Shape result) {
    return NodeBuilder.standard("Reshape")
        .input(x)
        .input(wanted)
        .intAttribute("allowzero", 1)
        .output(new TensorType(x.elementType(), result), null)
        .gradient(LayoutGradients::reshape)
        .buildOne();
  }

  static Value transpose(Value x, int... perm) {
    Args.present("Transpose", "x", x);
    Args.given("Transpose", "perm", perm);
    NodeBuilder node = NodeBuilder.standard("Transpose").input(x);
    Shape shape = x.shape();
    int rank = perm.length > 0 || !shape.hasRank() ? perm.length : shape.rank();
    if (perm.length > 0) {
      if (shape.hasRank() && shape.rank() != rank) {
        throw Args.expected(
            "Transpose", "perm", Arrays.toString(perm), "one axis for each of x, which is " + x);
      }
      long[] axes = Arrays.stream(perm).asLongStream().toArray();
      Args.axes("Transpose", axes, rank);
      for (int axis : perm) {
        if (axis < 0) {
          throw Args.expected("Transpose", "perm", Arrays.toString(perm), "no negative axes");
        }
      }
      node.intsAttribute("perm", axes);
    }
    Shape result = Shape.unknown();
    if (shape.hasRank()) {
      List<Dim> dims = new ArrayList<>(shape.dims());
      Collections.reverse(dims);
      for (int i = 0; i < perm.length; i++) {
        dims.set(i, shape.dim(perm[i]));
      }
      result = Shape.of(dims);
    } else if (perm.length > 0) {
      result = Shape.ofRank(rank);
    }
    return node.output(new TensorType(x.elementType(), result), null)
        .gradient(LayoutGradients.transpose(perm))
        .buildOne();
  }

  static Value squeeze(Value x, long... axes) {
    Args.present("Squeeze", "x", x);
    Args.given("Squeeze", "axes", axes);
    Shape result = Shape.unknown();
    if (x.shape().hasRank()) {
      boolean[] mask = Args.axes("Squeeze", axes, x.shape().rank());
      List<Dim> dims = new ArrayList<>();
      boolean known = true;
      for (int i = 0; i < mask.length; i++) {
        Dim dim = x.shape().dim(i);
        if (mask[i] && dim.isFixed() && !dim.is(1)) {
          throw Args.expected("Squeeze", "x", x, "dimension " + i + " to be 1");
        }
        // Without axes every dimension of size 1 goes, so each size must be known.
        known &= axes.length > 0 || dim.isFixed();
        if (axes.length > 0 ? !mask[i] : !dim.is(1)) {
          dims.add(dim);
        }
      }
      result = known ? Shape.of(dims) : Shape.unknown();
    }
    return NodeBuilder.standard("Squeeze")
        .input(x)
        .optionalInput(axes.length == 0 ? null : Constants.vector(axes))
        .output(new TensorType(x.elementType(), result), x.elements())
        .gradient(LayoutGradients.squeeze(axes))
        .buildOne();
  }

  static Value unsqueeze(Value x, long... axes) {
    Args.present("Unsqueeze", "x", x);
    Args.given("Unsqueeze", "axes", axes);
    Shape result = Shape.unknown();
    if (x.shape().hasRank()) {
      boolean[] mask = Args.axes("Unsqueeze", axes, x.shape().rank() + axes.length);
      List<Dim> dims = new ArrayList<>();
      int next = 0;
      for (boolean isNew : mask) {
        dims.add(isNew ? Dim.of(1) : x.shape().dim(next++));
      }
      result = Shape.of(dims);
    }
    return NodeBuilder.standard("Unsqueeze")
        .input(x)
        .input(Constants.vector(axes))
        .output(
            new TensorType(x.elementType(), result),
            result.hasRank() && result.rank() <= 1 ? x.elements() : null)
        .gradient(LayoutGradients.unsqueeze(axes))
        .buildOne();
  }

  static Value expand(Value x, Value wanted) {
    Args.present("Expand", "x", x);
    Args.type("Expand", "shape", wanted, Types.INT64_ONLY);
    Args.rank("Expand", "shape", wanted, 1);
    Shape result = Elementwise.broadcast("Expand", "x", x.shape(), "shape", shapeOf(wanted));
    return NodeBuilder.standard("Expand")
        .input(x)
        .input(wanted)
        .output(new TensorType(x.elementType(), result), null)
        .gradient(LayoutGradients::expand)
        .buildOne();
  }

  /** Checks ONNX's unidirectional broadcasting: {@code value} is stretched, {@code to} is not. */
  static void checkExpandsTo(String op, String arg, Value value, Shape to) {
    if (!value.shape().hasRank()) {
      return;
    }
    int extra = to.rank() - value.shape().rank();
    boolean fits = extra >= 0;
    for (int i = 0; fits && i < value.shape().rank(); i++) {
      Dim dim = value.shape().dim(i);
      fits = dim.is(1) || !dim.differs(to.dim(i + extra));
    }
    if (!fits) {
      throw Args.expected(op, arg, value, "a shape that can be broadcast to " + to);
    }
  }

  static Value concat(long axis, List<Value> values) {
    Args.given("Concat", "values", values);
    if (values.isEmpty()) {
      throw Args.error("Concat", "needs at least one value");
    }
    Value first = Args.present("Concat", "values[0]", values.get(0));
    Shape shape = first.shape();
    for (int i = 1; i < values.size(); i++) {
      String arg = "values[" + i + "]";
      Value value = values.get(i);
      Args.sameType("Concat", "values[0]", first, arg, value);
      Args.sameRank("Concat", "values[0]", first, arg, value);
      shape = joined(axis, shape, first, arg, value);
    }
    if (shape.hasRank()) {
      Args.axis("Concat", "axis", axis, shape.rank());
    }
    return NodeBuilder.standard("Concat")
        .inputs(values)
        .intAttribute("axis", axis)
        .output(new TensorType(first.elementType(), shape), elements(values))
        .gradient(LayoutGradients.concat(axis))
        .buildOne();
  }

  private static Shape joined(long axis, Shape before, Value first, String arg, Value value) {
    if (!before.hasRank() || !value.shape().hasRank()) {
      return Shape.unknown();
    }
    int at = Args.axis("Concat", "axis", axis, before.rank());
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < before.rank(); i++) {
      Dim a = before.dim(i);
      Dim b = value.shape().dim(i);
      if (i == at) {
        if (a.isFixed() && b.isFixed() && a.size() > Long.MAX_VALUE - b.size()) {
          throw Args.expected("Concat", arg, value, "fewer than 2^63 elements along axis " + i);
        }
        dims.add(
            a.isFixed() && b.isFixed()
                ? Dim.of(a.size() + b.size())
                : a.is(0) ? b : b.is(0) ? a : Dim.unknown());
      } else if (a.differs(b)) {
        throw Args.expected(
            "Concat", arg, value, "dimension " + i + " to be " + a + " as in values[0], " + first);
      } else {
        dims.add(a.meet(b));
      }
    }
    return Shape.of(dims);
  }

  private static List<Dim> elements(List<Value> values) {
    List<Dim> all = new ArrayList<>();
    for (Value value : values) {
      if (value.elements() == null) {
        return null;
      }
      all.addAll(value.elements());
    }
    return all;
  }

  static Value slice(Value x, long[] starts, long[] ends, long[] axes, long[] steps) {
    Args.present("Slice", "x", x);
    Shape shape = Slices.infer(x, starts, ends, axes, steps);
    return NodeBuilder.standard("Slice")
        .input(x)
        .input(Constants.vector(starts))
        .input(Constants.vector(ends))
        .input(Constants.vector(axes))
        .optionalInput(steps == null ? null : Constants.vector(steps))
        .output(new TensorType(x.elementType(), shape), Slices.elements(x, starts, ends, steps))
        .buildOne();
  }

  static Value slice(Value x, Value starts, Value ends, Value axes, Value stepsOrNull) {
    Args.present("Slice", "x", x);
    Args.type("Slice", "starts", starts, Types.INDICES);
    for (Object[] arg : new Object[][] {{"ends", ends}, {"axes", axes}, {"steps", stepsOrNull}}) {
      Value value = (Value) arg[1];
      if (value != null || !arg[0].equals("steps")) {
        Args.sameType("Slice", "starts", starts, (String) arg[0], value);
        Args.rank("Slice", (String) arg[0], value, 1);
      }
    }
    Args.rank("Slice", "starts", starts, 1);
    return NodeBuilder.standard("Slice")
        .input(x)
        .input(starts)
        .input(ends)
        .input(axes)
        .optionalInput(stepsOrNull)
        .output(new TensorType(x.elementType(), Slices.infer(x, axes)), null)
        .buildOne();
  }
}
