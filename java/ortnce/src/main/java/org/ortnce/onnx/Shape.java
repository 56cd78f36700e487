package org.ortnce.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * The shape of a {@link Value}: a list of {@link Dim}s, or nothing at all when the rank is unknown.
 */
public final class Shape {
  private static final Shape UNKNOWN = new Shape(null);
  private static final Shape SCALAR = new Shape(List.of());

  private final List<Dim> dims;

  private Shape(List<Dim> dims) {
    this.dims = dims;
  }

  /** A shape of fixed sizes; every size must be at least 0. */
  public static Shape of(long... sizes) {
    return of(LongStream.of(sizes).mapToObj(Dim::of).toList());
  }

  /** A shape of these dimensions. */
  public static Shape of(Dim... dims) {
    return of(Arrays.asList(dims));
  }

  /** A shape of these dimensions. */
  public static Shape of(List<Dim> dims) {
    return dims.isEmpty() ? SCALAR : new Shape(List.copyOf(dims));
  }

  /** The shape of a single element: rank 0. */
  public static Shape scalar() {
    return SCALAR;
  }

  /** A shape of which not even the rank is known. */
  public static Shape unknown() {
    return UNKNOWN;
  }

  /** A shape of {@code rank} unknown dimensions. */
  public static Shape ofRank(int rank) {
    Dim[] dims = new Dim[rank];
    Arrays.fill(dims, Dim.unknown());
    return of(dims);
  }

  /** Whether the number of dimensions is known. */
  public boolean hasRank() {
    return dims != null;
  }

  /**
   * The number of dimensions.
   *
   * @throws IllegalStateException if it is unknown
   */
  public int rank() {
    return dims().size();
  }

  /** Dimension {@code axis}, counted from 0. */
  public Dim dim(int axis) {
    return dims().get(axis);
  }

  /**
   * The dimensions, unmodifiable.
   *
   * @throws IllegalStateException if the rank is unknown
   */
  public List<Dim> dims() {
    if (dims == null) {
      throw new IllegalStateException("the rank of this shape is unknown");
    }
    return dims;
  }

  /** Whether the rank and every dimension are fixed. */
  public boolean isFixed() {
    return dims != null && dims.stream().allMatch(Dim::isFixed);
  }

  /**
   * The sizes of a fixed shape.
   *
   * @throws IllegalStateException if {@link #isFixed()} is false
   */
  public long[] sizes() {
    return dims().stream().mapToLong(Dim::size).toArray();
  }

  /**
   * Whether a tensor of shape {@code other} may have this shape too: ranks are equal where both are
   * known, and so are fixed dimensions.
   */
  public boolean isCompatibleWith(Shape other) {
    if (dims == null || other.dims == null) {
      return true;
    }
    if (dims.size() != other.dims.size()) {
      return false;
    }
    for (int i = 0; i < dims.size(); i++) {
      if (dims.get(i).differs(other.dims.get(i))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Objects.equals(dims, shape.dims);
  }

  @Override
  public int hashCode() {
    return Objects.hashCode(dims);
  }

  /** Such as {@code [batch, 128]}, {@code []} for a scalar, {@code [...]} for an unknown rank. */
  @Override
  public String toString() {
    return dims == null
        ? "[...]"
        : dims.stream().map(Dim::toString).collect(Collectors.joining(", ", "[", "]"));
  }
}
