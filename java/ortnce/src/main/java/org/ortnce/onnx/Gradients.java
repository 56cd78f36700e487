package org.ortnce.onnx;

import java.util.List;

/**
 * Gradients of a loss as further nodes of its graph (reverse-mode differentiation).
 *
 * <p>Most operators of {@link Ops} that a network before a loss is made of can be differentiated,
 * and so can every node that has a {@link GradientRule}. Gradients pass through floating-point
 * values only.
 */
public final class Gradients {
  private Gradients() {}

  /**
   * The gradients of the sum of a loss, as TensorFlow's {@code tf.GradientTape.gradient}.
   *
   * <p>The gradient of a table that is only looked up ({@link Ops#gather} along axis 0, the weights
   * of a sampled loss) is {@link Gradient.IndexedSlices} with ascending, unique indices; others are
   * {@link Gradient.Dense}. A run fails if a look-up has negative indices, which count from the
   * end.
   *
   * @param loss floating point, of any shape
   * @param wrt the values to differentiate by, floating point
   * @return the gradient by each value of {@code wrt}
   * @throws IllegalArgumentException if a value is null or not floating point, if the loss does not
   *     depend on one, or if a node between them cannot be differentiated: the message names the
   *     node and its place
   */
  public static List<Gradient> of(Value loss, List<Value> wrt) {
    return Backward.of(loss, wrt, i -> "wrt[" + i + "]");
  }

  /**
   * Sums the rows of equal indices, by one node {@code DeduplicateIndexedSlices} of domain {@code
   * org.ortnce} for float, by standard operators for other types.
   *
   * @param indices int64 or int32 of rank 1 or more, not negative
   * @param values floating point [indices shape..., row shape...]
   * @return indices int64 [U], ascending and unique, and values [U, row shape...], those of one
   *     index added in their order
   * @throws IllegalArgumentException if types or shapes do not fit
   */
  public static Gradient.IndexedSlices deduplicate(Value indices, Value values) {
    return DeduplicateIndexedSlices.of(indices, values);
  }
}
