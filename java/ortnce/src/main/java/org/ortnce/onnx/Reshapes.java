package org.ortnce.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The result shape of Reshape: 0 copies a dimension, one -1 takes what is left. */
final class Reshapes {
  private Reshapes() {}

  static Shape infer(Value x, long[] wanted) {
    List<Dim> dims = new ArrayList<>();
    int inferred = -1;
    for (int i = 0; i < wanted.length; i++) {
      if (wanted[i] < -1 || (wanted[i] == -1 && inferred >= 0)) {
        throw Args.expected(
            "Reshape", "shape", Arrays.toString(wanted), "sizes, and -1 at most once");
      }
      if (wanted[i] == -1) {
        inferred = i;
        dims.add(Dim.unknown());
      } else {
        dims.add(wanted[i] == 0 ? copied(x, i, Arrays.toString(wanted)) : Dim.of(wanted[i]));
      }
    }
    if (x.shape().hasRank()) {
      fit(x, dims, inferred);
    }
    return Shape.of(dims);
  }

  /** For a shape computed in the graph: what is unknown of it may also be -1. */
  static Shape infer(Value x, Shape wanted) {
    if (!wanted.hasRank()) {
      return wanted;
    }
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < wanted.rank(); i++) {
      Dim dim = wanted.dim(i);
      // A dimension of 0 found by a Shape node would be copied too, so a symbol may mislead only
      // for empty tensors, where it names 0 on both sides.
      dims.add(dim.is(0) ? copied(x, i, wanted.toString()) : dim);
    }
    Shape result = Shape.of(dims);
    if (x.shape().isFixed() && result.isFixed()) {
      fit(x, dims, -1);
    }
    return result;
  }

  private static Dim copied(Value x, int axis, String wanted) {
    if (!x.shape().hasRank()) {
      return Dim.unknown();
    }
    if (axis >= x.shape().rank()) {
      throw Args.expected(
          "Reshape", "shape", wanted, "no 0 past the last dimension of x, which is " + x);
    }
    return x.shape().dim(axis);
  }

  /** Checks that the sizes agree and fills in the inferred dimension, where both can be known. */
  private static void fit(Value x, List<Dim> dims, int inferred) {
    List<Dim> from = new ArrayList<>(x.shape().dims());
    List<Dim> to = new ArrayList<>(dims);
    if (inferred >= 0) {
      to.remove(inferred);
    }
    // A symbol on both sides cancels out, wherever it stands.
    to.removeIf(dim -> dim.isSymbolic() && from.remove(dim));
    boolean open = to.stream().anyMatch(dim -> !dim.isFixed());
    List<Dim> left = from.stream().filter(dim -> !dim.isFixed()).toList();
    if (open || left.size() > 1) {
      return;
    }
    long have = product("x", x, from);
    long want = product("shape", Shape.of(dims), to);
    if (left.size() == 1) {
      if (inferred >= 0 && have == want) {
        dims.set(inferred, left.get(0));
      }
    } else if (inferred < 0 ? have != want : want != 0 && have % want != 0) {
      throw Args.expected("Reshape", "x", x, "as many elements as " + Shape.of(dims) + " has");
    } else if (inferred >= 0 && want != 0) {
      dims.set(inferred, Dim.of(have / want));
    }
  }

  /** How many elements the known dimensions make; the argument is named where they are too many. */
  private static long product(String argument, Object value, List<Dim> dims) {
    if (dims.stream().anyMatch(dim -> dim.is(0))) {
      return 0;
    }
    long product = 1;
    for (Dim dim : dims) {
      if (dim.isFixed() && dim.size() > Long.MAX_VALUE / product) {
        throw Args.expected("Reshape", argument, value, "fewer than 2^63 elements");
      }
      product = dim.isFixed() ? product * dim.size() : product;
    }
    return product;
  }
}
