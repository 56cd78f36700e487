package org.ortnce.onnx;

import java.util.Objects;

/** The gradient of a loss by one value: all of it, or the rows that are not 0. */
public sealed interface Gradient permits Gradient.Dense, Gradient.IndexedSlices {
  /**
   * A gradient in full.
   *
   * @param value of the type of the value it belongs to
   */
  record Dense(Value value) implements Gradient {
    /** Checks that there is a value. */
    public Dense {
      Objects.requireNonNull(value, "value");
    }
  }

  /**
   * The gradient of a table of which few rows were used; TensorFlow's {@code tf.IndexedSlices}.
   * Rows that are not named are 0.
   *
   * @param indices rows of the table, int64 [K]; those of {@link Gradients} are ascending and
   *     unique
   * @param values their gradients, [K, row shape...]
   */
  record IndexedSlices(Value indices, Value values) implements Gradient {
    /** Checks that both are there. */
    public IndexedSlices {
      Objects.requireNonNull(indices, "indices");
      Objects.requireNonNull(values, "values");
    }
  }
}
