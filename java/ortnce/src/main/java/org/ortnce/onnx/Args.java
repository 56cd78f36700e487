package org.ortnce.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.ortnce.tensor.ElementType;

/**
 * Checks of the arguments of an operator; every error names operator, argument, found, expected.
 */
final class Args {
  private Args() {}

  static IllegalArgumentException error(String op, String text) {
    return new IllegalArgumentException(op + ": " + text);
  }

  static IllegalArgumentException expected(String op, String arg, Object found, String expected) {
    return error(op, arg + " is " + found + ", expected " + expected);
  }

  static Value present(String op, String arg, Value value) {
    if (value == null) {
      throw expected(op, arg, null, "a value");
    }
    return value;
  }

  static <T> T given(String op, String arg, T value) {
    if (value == null) {
      throw expected(op, arg, null, "one that is not null");
    }
    return value;
  }

  static void type(String op, String arg, Value value, Set<ElementType> allowed) {
    present(op, arg, value);
    if (!allowed.contains(value.elementType())) {
      throw expected(op, arg, value, "elements of type " + names(allowed));
    }
  }

  private static String names(Set<ElementType> types) {
    return types.stream().map(ElementType::onnxName).collect(Collectors.joining(", "));
  }

  static void sameType(String op, String firstArg, Value first, String arg, Value value) {
    present(op, firstArg, first);
    present(op, arg, value);
    if (first.elementType() != value.elementType()) {
      throw expected(op, arg, value, "the element type of " + firstArg + ", which is " + first);
    }
  }

  static void rank(String op, String arg, Value value, int rank) {
    present(op, arg, value);
    if (value.shape().hasRank() && value.shape().rank() != rank) {
      throw expected(op, arg, value, rank == 0 ? "a scalar" : "rank " + rank);
    }
  }

  static void sameRank(String op, String firstArg, Value first, String arg, Value value) {
    if (first.shape().hasRank()
        && value.shape().hasRank()
        && first.shape().rank() != value.shape().rank()) {
      throw expected(op, arg, value, "the rank of " + firstArg + ", which is " + first);
    }
  }

  /** An axis in [-rank, rank) as one in [0, rank). */
  static int axis(String op, String arg, long axis, int rank) {
    if (axis < -rank || axis >= rank) {
      throw expected(op, arg, axis, "an axis in [" + -rank + ", " + rank + ")");
    }
    return (int) (axis < 0 ? axis + rank : axis);
  }

  /** Axes in [-rank, rank) as a mask over [0, rank), each at most once. */
  static boolean[] axes(String op, long[] axes, int rank) {
    boolean[] mask = new boolean[rank];
    for (long given : axes) {
      int axis = axis(op, "axes", given, rank);
      if (mask[axis]) {
        throw expected(op, "axes", Arrays.toString(axes), "each axis once");
      }
      mask[axis] = true;
    }
    return mask;
  }

  /** Dimension {@code axis}, or unknown if the rank is. */
  static Dim dim(Value value, int axis) {
    return value.shape().hasRank() ? value.shape().dim(axis) : Dim.unknown();
  }

  /** The elements of an integer vector that are all known numbers; or null. */
  static long[] constants(Value value) {
    List<Dim> elements = value.elements();
    return elements != null && elements.stream().allMatch(Dim::isFixed)
        ? elements.stream().mapToLong(Dim::size).toArray()
        : null;
  }
}
