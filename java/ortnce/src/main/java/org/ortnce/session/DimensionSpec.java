package org.ortnce.session;

import java.util.Objects;

/**
 * One dimension of a model's input or output.
 *
 * @param size the fixed size, or -1 if it is known only when the model runs
 * @param symbol the name of a dimension without a fixed size, such as {@code batch}: equal names
 *     mean equal sizes; empty if it has none
 */
public record DimensionSpec(long size, String symbol) {
  /** Checks that the symbol is there. */
  public DimensionSpec {
    Objects.requireNonNull(symbol, "symbol");
  }

  /** Whether every run has this size. */
  public boolean isFixed() {
    return size >= 0;
  }

  /** The size, else the symbol, else {@code ?}. */
  @Override
  public String toString() {
    return isFixed() ? Long.toString(size) : symbol.isEmpty() ? "?" : symbol;
  }
}
