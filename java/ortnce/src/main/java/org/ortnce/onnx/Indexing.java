package org.ortnce.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** Operators that read or write a tensor at computed places. */
final class Indexing {
  private static final Set<String> REDUCTIONS = Set.of("none", "add", "mul");

  private Indexing() {}

  static Value gather(Value data, Value indices, long axis) {
    Args.present("Gather", "data", data);
    Args.type("Gather", "indices", indices, Types.INDICES);
    Shape shape = Shape.unknown();
    if (data.shape().hasRank()) {
      int at = Args.axis("Gather", "axis", axis, data.shape().rank());
      if (indices.shape().hasRank()) {
        List<Dim> dims = new ArrayList<>(data.shape().dims());
        dims.remove(at);
        dims.addAll(at, indices.shape().dims());
        shape = Shape.of(dims);
      }
    }
    return NodeBuilder.standard("Gather")
        .input(data)
        .input(indices)
        .intAttribute("axis", axis)
        .output(new TensorType(data.elementType(), shape), elements(data, indices))
        .gradient(LayoutGradients.gather(axis))
        .buildOne();
  }

  /** The elements picked out of a known vector, such as a Shape, at known places. */
  private static List<Dim> elements(Value data, Value indices) {
    long[] places = Args.constants(indices);
    if (data.elements() == null || places == null || indices.shape().rank() > 1) {
      return null;
    }
    List<Dim> picked = new ArrayList<>();
    for (long place : places) {
      if (place >= data.elements().size()) {
        throw Args.expected("Gather", "indices", place, "an index into data, which is " + data);
      }
      picked.add(data.elements().get((int) place));
    }
    return picked;
  }

  static Value compress(Value x, Value condition, long axis) {
    Args.present("Compress", "x", x);
    Args.type("Compress", "condition", condition, Types.BOOLEAN);
    Args.rank("Compress", "condition", condition, 1);
    Shape shape = Shape.unknown();
    if (x.shape().hasRank()) {
      List<Dim> dims = new ArrayList<>(x.shape().dims());
      dims.set(Args.axis("Compress", "axis", axis, dims.size()), Dim.unknown());
      shape = Shape.of(dims);
    }
    return NodeBuilder.standard("Compress")
        .input(x)
        .input(condition)
        .intAttribute("axis", axis)
        .output(new TensorType(x.elementType(), shape), null)
        .buildOne();
  }

  static Value gatherElements(Value data, Value indices, long axis) {
    Args.present("GatherElements", "data", data);
    Args.type("GatherElements", "indices", indices, Types.INDICES);
    alongAxis("GatherElements", data, indices, axis);
    return NodeBuilder.standard("GatherElements")
        .input(data)
        .input(indices)
        .intAttribute("axis", axis)
        .output(new TensorType(data.elementType(), indices.shape()), null)
        .buildOne();
  }

  /** Indices have the rank of the data and do not reach over it in any other axis. */
  private static void alongAxis(String op, Value data, Value indices, long axis) {
    Args.sameRank(op, "data", data, "indices", indices);
    if (!data.shape().hasRank()) {
      return;
    }
    if (data.shape().rank() == 0) {
      throw Args.expected(op, "data", data, "rank 1 or more");
    }
    int at = Args.axis(op, "axis", axis, data.shape().rank());
    for (int i = 0; indices.shape().hasRank() && i < data.shape().rank(); i++) {
      Dim index = indices.shape().dim(i);
      Dim dim = data.shape().dim(i);
      if (i != at && index.isFixed() && dim.isFixed() && index.size() > dim.size()) {
        throw Args.expected(
            op, "indices", indices, "dimension " + i + " to be at most that of data, " + data);
      }
    }
  }

  static Value scatterElements(
      Value data, Value indices, Value updates, long axis, String reduction) {
    String op = "ScatterElements";
    Args.present(op, "data", data);
    Args.type(op, "indices", indices, Types.INDICES);
    Args.sameType(op, "data", data, "updates", updates);
    alongAxis(op, data, indices, axis);
    if (!updates.shape().isCompatibleWith(indices.shape())) {
      throw Args.expected(op, "updates", updates, "the shape of indices, which is " + indices);
    }
    return NodeBuilder.standard(op)
        .input(data)
        .input(indices)
        .input(updates)
        .intAttribute("axis", axis)
        .stringAttribute("reduction", reduction(op, reduction))
        .output(data.type(), null)
        .buildOne();
  }

  static Value scatterND(Value data, Value indices, Value updates, String reduction) {
    String op = "ScatterND";
    Args.present(op, "data", data);
    Args.type(op, "indices", indices, Types.INT64_ONLY);
    Args.sameType(op, "data", data, "updates", updates);
    if (data.shape().hasRank() && indices.shape().hasRank()) {
      checkUpdates(op, data, indices, updates);
    }
    return NodeBuilder.standard(op)
        .input(data)
        .input(indices)
        .input(updates)
        .stringAttribute("reduction", reduction(op, reduction))
        .output(data.type(), null)
        .buildOne();
  }

  /** Updates have the shape indices[:-1] ++ data[k:], with k the last dimension of indices. */
  private static void checkUpdates(String op, Value data, Value indices, Value updates) {
    int last = indices.shape().rank() - 1;
    if (last < 0 || data.shape().rank() == 0) {
      throw Args.expected(
          op, last < 0 ? "indices" : "data", last < 0 ? indices : data, "rank 1 or more");
    }
    Dim k = indices.shape().dim(last);
    if (!k.isFixed()) {
      return;
    }
    if (k.size() > data.shape().rank()) {
      throw Args.expected(
          op, "indices", indices, "a last dimension of at most the rank of data, " + data);
    }
    List<Dim> wanted = new ArrayList<>(indices.shape().dims().subList(0, last));
    wanted.addAll(data.shape().dims().subList((int) k.size(), data.shape().rank()));
    Shape shape = Shape.of(wanted);
    if (!updates.shape().isCompatibleWith(shape)) {
      throw Args.expected(op, "updates", updates, "shape " + shape);
    }
  }

  private static String reduction(String op, String reduction) {
    if (reduction == null || !REDUCTIONS.contains(reduction)) {
      throw Args.expected(op, "reduction", reduction, "one of none, add, mul");
    }
    return reduction;
  }

  static Value oneHot(Value indices, long depth, Tensor offOn, long axis) {
    Args.type("OneHot", "indices", indices, Types.NUMERIC_NO_BFLOAT16);
    Args.given("OneHot", "offOn", offOn);
    if (depth < 1) {
      throw Args.expected("OneHot", "depth", depth, "at least 1");
    }
    if (offOn.rank() != 1 || offOn.dim(0) != 2) {
      throw Args.expected("OneHot", "offOn", offOn, "shape [2]");
    }
    Shape shape = Shape.unknown();
    if (indices.shape().hasRank()) {
      List<Dim> dims = new ArrayList<>(indices.shape().dims());
      dims.add(Args.axis("OneHot", "axis", axis, dims.size() + 1), Dim.of(depth));
      shape = Shape.of(dims);
    }
    ElementType element = offOn.elementType();
    return NodeBuilder.standard("OneHot")
        .input(indices)
        .input(Constants.constant(Tensor.scalar(depth)))
        .input(Constants.constant(offOn))
        .intAttribute("axis", axis)
        .output(new TensorType(element, shape), null)
        .buildOne();
  }
}
