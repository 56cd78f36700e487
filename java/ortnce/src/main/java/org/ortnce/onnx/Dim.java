package org.ortnce.onnx;

import java.util.Objects;

/** One dimension of a {@link Shape}: a fixed size, a named (symbolic) size, or unknown. */
public final class Dim {
  private static final Dim UNKNOWN = new Dim(-1, null);

  private final long size;
  private final String symbol;

  private Dim(long size, String symbol) {
    this.size = size;
    this.symbol = symbol;
  }

  /**
   * A dimension of {@code size} elements.
   *
   * @throws IllegalArgumentException if {@code size} is negative
   */
  public static Dim of(long size) {
    if (size < 0) {
      throw new IllegalArgumentException("a dimension must be >= 0, got " + size);
    }
    return new Dim(size, null);
  }

  /**
   * A dimension known by name only ({@code dim_param}); equal names are equal sizes within a model.
   *
   * @throws IllegalArgumentException if {@code symbol} is null or empty
   */
  public static Dim of(String symbol) {
    if (symbol == null || symbol.isEmpty()) {
      throw new IllegalArgumentException("a symbolic dimension needs a name, got " + symbol);
    }
    return new Dim(-1, symbol);
  }

  /** A dimension of which nothing is known. */
  public static Dim unknown() {
    return UNKNOWN;
  }

  /** Whether the size is known. */
  public boolean isFixed() {
    return size >= 0;
  }

  /** Whether the dimension has a name but no known size. */
  public boolean isSymbolic() {
    return symbol != null;
  }

  /**
   * The size of a fixed dimension.
   *
   * @throws IllegalStateException if the dimension is not fixed
   */
  public long size() {
    if (!isFixed()) {
      throw new IllegalStateException("dimension " + this + " has no fixed size");
    }
    return size;
  }

  /**
   * The name of a symbolic dimension.
   *
   * @throws IllegalStateException if the dimension is not symbolic
   */
  public String symbol() {
    if (!isSymbolic()) {
      throw new IllegalStateException("dimension " + this + " has no name");
    }
    return symbol;
  }

  boolean is(long fixed) {
    return size == fixed && isFixed();
  }

  /** Whether both are fixed to different sizes, so that they can never be equal. */
  boolean differs(Dim other) {
    return isFixed() && other.isFixed() && size != other.size;
  }

  /** What is known of a dimension that must equal both this and {@code other}. */
  Dim meet(Dim other) {
    if (isFixed() || other.equals(UNKNOWN)) {
      return this;
    }
    return other.isFixed() || equals(UNKNOWN) ? other : this;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Dim dim && size == dim.size && Objects.equals(symbol, dim.symbol);
  }

  @Override
  public int hashCode() {
    return Objects.hash(size, symbol);
  }

  /** The size, the name, or {@code ?}. */
  @Override
  public String toString() {
    return isFixed() ? Long.toString(size) : isSymbolic() ? symbol : "?";
  }
}
