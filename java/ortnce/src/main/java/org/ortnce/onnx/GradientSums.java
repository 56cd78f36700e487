package org.ortnce.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The gradients that have come together at each value. Several of one value are added up when they
 * are asked for; rows of a table are joined as they are, and equal ones summed once at the end.
 */
final class GradientSums {
  /** A gradient, and whether its indices are int64 [K], ascending and unique. */
  record Part(Gradient gradient, boolean unique) {}

  private final Map<Value, List<Part>> parts = new HashMap<>();

  void add(Value value, Part part) {
    parts.computeIfAbsent(value, v -> new ArrayList<>()).add(part);
  }

  boolean has(Value value) {
    return parts.containsKey(value);
  }

  /** The sum of all parts of a value that has some. */
  Part part(Value value) {
    List<Part> all = parts.get(value);
    if (all.size() > 1) {
      Part sum = sum(all);
      all.clear();
      all.add(sum);
    }
    return all.get(0);
  }

  /** The gradient by a value in full. */
  Value dense(Value value) {
    Part part = part(value);
    if (part.gradient() instanceof Gradient.Dense dense) {
      return dense.value();
    }
    Value zeros = DeduplicateIndexedSlices.zeros(Ops.shape(value), value.elementType());
    Value dense = scatter(zeros, unique(part));
    parts.put(value, new ArrayList<>(List.of(new Part(new Gradient.Dense(dense), true))));
    return dense;
  }

  /** The gradient by a value, in full or by rows that are ascending and unique. */
  Gradient finished(Value value) {
    Part part = part(value);
    return part.gradient() instanceof Gradient.Dense ? part.gradient() : unique(part);
  }

  private static Part sum(List<Part> all) {
    Value dense = null;
    List<Part> slices = new ArrayList<>();
    for (Part part : all) {
      if (part.gradient() instanceof Gradient.Dense found) {
        dense = dense == null ? found.value() : Ops.add(dense, found.value());
      } else {
        slices.add(part);
      }
    }
    if (slices.isEmpty()) {
      return new Part(new Gradient.Dense(dense), true);
    }
    Part joined = slices.size() == 1 ? slices.get(0) : join(slices);
    return dense == null
        ? joined
        : new Part(new Gradient.Dense(scatter(dense, unique(joined))), true);
  }

  private static Part join(List<Part> slices) {
    List<Value> indices = new ArrayList<>();
    List<Value> values = new ArrayList<>();
    for (Part part : slices) {
      Gradient.IndexedSlices rows = (Gradient.IndexedSlices) part.gradient();
      Value flat = IndexedRows.flatIndices(rows.indices());
      indices.add(flat);
      values.add(IndexedRows.flatValues(rows.indices(), flat, rows.values()));
    }
    return new Part(
        new Gradient.IndexedSlices(Ops.concat(0, indices), Ops.concat(0, values)), false);
  }

  private static Gradient.IndexedSlices unique(Part part) {
    Gradient.IndexedSlices rows = (Gradient.IndexedSlices) part.gradient();
    return part.unique() ? rows : DeduplicateIndexedSlices.of(rows.indices(), rows.values());
  }

  /** Adds rows to a tensor; the indices must be unique, since rows are added in parallel. */
  private static Value scatter(Value dense, Gradient.IndexedSlices rows) {
    return Ops.scatterND(dense, Ops.unsqueeze(rows.indices(), 1), rows.values(), "add");
  }
}
