package org.ortnce.onnx;

import java.util.List;
import java.util.Set;
import org.ortnce.tensor.ElementType;

/** Element-wise operators and ONNX's multidirectional broadcasting. */
final class Elementwise {
  private Elementwise() {}

  static Value unary(String op, Set<ElementType> allowed, Value x) {
    Args.type(op, "x", x, allowed);
    return NodeBuilder.standard(op).input(x).output(x.type(), null).buildOne();
  }

  /** One that can be differentiated. */
  static Value unary(String op, Set<ElementType> allowed, Value x, GradientRule rule) {
    Args.type(op, "x", x, allowed);
    return NodeBuilder.standard(op).input(x).output(x.type(), null).gradient(rule).buildOne();
  }

  static Value test(String op, Set<ElementType> allowed, Value x) {
    Args.type(op, "x", x, allowed);
    TensorType type = new TensorType(ElementType.BOOL, x.shape());
    return NodeBuilder.standard(op).input(x).output(type, null).buildOne();
  }

  static Value binary(String op, Set<ElementType> allowed, Value a, Value b, GradientRule rule) {
    Args.type(op, "a", a, allowed);
    Args.sameType(op, "a", a, "b", b);
    return pair(op, a, b, a.elementType()).gradient(rule).buildOne();
  }

  static Value compare(String op, Set<ElementType> allowed, Value a, Value b) {
    Args.type(op, "a", a, allowed);
    Args.sameType(op, "a", a, "b", b);
    return pair(op, a, b, ElementType.BOOL).buildOne();
  }

  static Value pow(Value base, Value exponent) {
    Args.type("Pow", "base", base, Types.POWERS);
    Args.type("Pow", "exponent", exponent, Types.NUMERIC);
    return pair("Pow", base, exponent, base.elementType()).buildOne();
  }

  static Value mod(Value a, Value b) {
    Args.type("Mod", "a", a, Types.NUMERIC);
    Args.sameType("Mod", "a", a, "b", b);
    // For floating point only C's fmod is defined.
    return pair("Mod", a, b, a.elementType())
        .intAttribute("fmod", a.elementType().isFloatingPoint() ? 1 : 0)
        .buildOne();
  }

  private static NodeBuilder pair(String op, Value a, Value b, ElementType result) {
    Shape shape = broadcast(op, "a", a, "b", b);
    return NodeBuilder.standard(op).input(a).input(b).output(new TensorType(result, shape), null);
  }

  static Value variadic(String op, Value... values) {
    if (values.length == 0) {
      throw Args.error(op, "needs at least one value");
    }
    Args.type(op, "values[0]", values[0], Types.NUMERIC);
    Shape shape = values[0].shape();
    for (int i = 1; i < values.length; i++) {
      Args.sameType(op, "values[0]", values[0], "values[" + i + "]", values[i]);
      shape = broadcast(op, "values before it", shape, "values[" + i + "]", values[i].shape());
    }
    return NodeBuilder.standard(op)
        .inputs(List.of(values))
        .output(new TensorType(values[0].elementType(), shape), null)
        .buildOne();
  }

  static Value where(Value condition, Value x, Value y) {
    Args.type("Where", "condition", condition, Types.BOOLEAN);
    Args.sameType("Where", "x", x, "y", y);
    Shape values = broadcast("Where", "x", x, "y", y);
    Shape shape = broadcast("Where", "condition", condition.shape(), "x and y", values);
    return NodeBuilder.standard("Where")
        .input(condition)
        .input(x)
        .input(y)
        .output(new TensorType(x.elementType(), shape), null)
        .buildOne();
  }

  static Value clip(Value x, Value minOrNull, Value maxOrNull) {
    Args.type("Clip", "x", x, Types.NUMERIC);
    bound("min", minOrNull, x);
    bound("max", maxOrNull, x);
    return NodeBuilder.standard("Clip")
        .input(x)
        .optionalInput(minOrNull)
        .optionalInput(maxOrNull)
        .output(x.type(), null)
        .buildOne();
  }

  private static void bound(String arg, Value bound, Value x) {
    if (bound != null) {
      Args.sameType("Clip", "x", x, arg, bound);
      Args.rank("Clip", arg, bound, 0);
    }
  }

  static Value cast(Value x, ElementType to) {
    Args.present("Cast", "x", x);
    Args.given("Cast", "to", to);
    List<Dim> elements = Types.INDICES.contains(to) ? x.elements() : null;
    return NodeBuilder.standard("Cast")
        .input(x)
        .intAttribute("to", to.onnxCode())
        .output(new TensorType(to, x.shape()), elements)
        .gradient(ElementwiseGradients::cast)
        .buildOne();
  }

  private static Shape broadcast(String op, String aName, Value a, String bName, Value b) {
    return broadcast(op, aName, a.shape(), bName, b.shape());
  }

  /** The shape of the result of broadcasting two tensors over each other. */
  static Shape broadcast(String op, String aName, Shape a, String bName, Shape b) {
    if (!a.hasRank() || !b.hasRank()) {
      return Shape.unknown();
    }
    Dim[] dims = new Dim[Math.max(a.rank(), b.rank())];
    for (int fromEnd = 1; fromEnd <= dims.length; fromEnd++) {
      Dim left = fromEnd > a.rank() ? Dim.of(1) : a.dim(a.rank() - fromEnd);
      Dim right = fromEnd > b.rank() ? Dim.of(1) : b.dim(b.rank() - fromEnd);
      Dim dim = broadcast(left, right);
      if (dim == null) {
        throw Args.expected(
            op, bName, b, "a shape that can be broadcast with " + aName + ", which is " + a);
      }
      dims[dims.length - fromEnd] = dim;
    }
    return Shape.of(dims);
  }

  /** Null if it cannot be done. */
  private static Dim broadcast(Dim a, Dim b) {
    if (a.is(1)) {
      return b;
    }
    if (b.is(1)) {
      return a;
    }
    if (a.isFixed() || b.isFixed()) {
      // A fixed size other than 1 rules: the other side is either that size or 1.
      return a.differs(b) ? null : a.isFixed() ? a : b;
    }
    return a.equals(b) ? a : Dim.unknown();
  }
}
