package org.ortnce.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The result shape of Slice. */
final class Slices {
  private Slices() {}

  static Shape infer(Value x, long[] starts, long[] ends, long[] axes, long[] steps) {
    Args.given("Slice", "starts", starts);
    sameLength("ends", ends, starts);
    sameLength("axes", axes, starts);
    if (steps != null) {
      sameLength("steps", steps, starts);
      for (long step : steps) {
        if (step == 0) {
          throw Args.expected("Slice", "steps", Arrays.toString(steps), "no 0");
        }
      }
    }
    if (!x.shape().hasRank()) {
      return Shape.unknown();
    }
    int rank = x.shape().rank();
    Args.axes("Slice", axes, rank);
    List<Dim> dims = new ArrayList<>(x.shape().dims());
    for (int i = 0; i < axes.length; i++) {
      int axis = Args.axis("Slice", "axes", axes[i], rank);
      long step = steps == null ? 1 : steps[i];
      dims.set(axis, sliced(dims.get(axis), starts[i], ends[i], step));
    }
    return Shape.of(dims);
  }

  private static void sameLength(String arg, long[] values, long[] starts) {
    if (values == null || values.length != starts.length) {
      throw Args.expected(
          "Slice", arg, Arrays.toString(values), starts.length + " elements as starts has");
    }
  }

  private static Dim sliced(Dim dim, long start, long end, long step) {
    if (!dim.isFixed()) {
      boolean whole = start == 0 && end == Long.MAX_VALUE && step == 1;
      return whole ? dim : Dim.unknown();
    }
    if (step < 0 && (end == Long.MAX_VALUE || end == Integer.MAX_VALUE)) {
      // Nothing by ONNX's text; ONNX Runtime reads the largest end as "to the end" backward too.
      return Dim.unknown();
    }
    long size = dim.size();
    long low = step > 0 ? 0 : -1;
    long high = step > 0 ? size : size - 1;
    long from = clamp(start < 0 ? start + size : start, 0, high);
    long to = clamp(end < 0 ? end + size : end, low, high);
    if (size == 0) {
      return Dim.of(0);
    }
    long span = step > 0 ? to - from : from - to;
    long stride = step == Long.MIN_VALUE ? Long.MAX_VALUE : Math.abs(step);
    return Dim.of(span <= 0 ? 0 : (span - 1) / stride + 1);
  }

  private static long clamp(long value, long low, long high) {
    return Math.max(low, Math.min(value, high));
  }

  /** For a slice computed in the graph: the dimensions that are surely not sliced. */
  static Shape infer(Value x, Value axes) {
    if (!x.shape().hasRank()) {
      return Shape.unknown();
    }
    int rank = x.shape().rank();
    long[] known = Args.constants(axes);
    boolean[] mask = known == null ? null : Args.axes("Slice", known, rank);
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      dims.add(mask == null || mask[i] ? Dim.unknown() : x.shape().dim(i));
    }
    return Shape.of(dims);
  }

  /** The elements left of a known vector, for whole steps forward. */
  static List<Dim> elements(Value x, long[] starts, long[] ends, long[] steps) {
    if (x.elements() == null || !x.shape().hasRank() || x.shape().rank() != 1) {
      return null;
    }
    if (starts.length != 1 || (steps != null && steps[0] != 1)) {
      return null;
    }
    int size = x.elements().size();
    long from = clamp(starts[0] < 0 ? starts[0] + size : starts[0], 0, size);
    long to = clamp(ends[0] < 0 ? ends[0] + size : ends[0], from, size);
    return x.elements().subList((int) from, (int) to);
  }
}
