package org.ortnce.training;

import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * The gradient of a loss with respect to a parameter: dense, of the parameter's shape, or sparse
 * (TensorFlow's IndexedSlices, deduplicated), values [U, row...] for the rows whose indices [U] are
 * given. A view: the tensors are not copied and are read when the gradient is used.
 *
 * <p>The gradient is {@link #factor()} times the values, so that clipping writes nothing.
 */
public final class ParameterGradient {
  private final Parameter parameter;
  private final Tensor indices;
  private final Tensor values;
  private final float factor;

  private ParameterGradient(Parameter parameter, Tensor indices, Tensor values, float factor) {
    this.parameter = parameter;
    this.indices = indices;
    this.values = values;
    this.factor = factor;
  }

  /**
   * A gradient for every element.
   *
   * @throws IllegalArgumentException if {@code values} is no float tensor of the parameter's shape
   */
  public static ParameterGradient dense(Parameter parameter, Tensor values) {
    Objects.requireNonNull(parameter, "parameter");
    Objects.requireNonNull(values, "values");
    checkValues(parameter, values, parameter.value().shape(), "gradient");
    return new ParameterGradient(parameter, null, values, 1);
  }

  /**
   * A gradient for some rows; that of all others is zero.
   *
   * @param indices int64 [U], ascending, each once; the elements are checked when the gradient is
   *     applied
   * @param values float [U, row...]
   * @throws IllegalArgumentException if a type or shape is another
   */
  public static ParameterGradient sparse(Parameter parameter, Tensor indices, Tensor values) {
    Objects.requireNonNull(parameter, "parameter");
    Objects.requireNonNull(indices, "indices");
    Objects.requireNonNull(values, "values");
    if (indices.elementType() != ElementType.INT64 || indices.rank() != 1) {
      throw new IllegalArgumentException(
          "parameter '"
              + parameter.name()
              + "': gradient indices are "
              + indices
              + ", expected int64[U]");
    }
    long[] shape = parameter.value().shape();
    shape[0] = indices.dim(0);
    checkValues(parameter, values, shape, "gradient values");
    return new ParameterGradient(parameter, indices, values, 1);
  }

  private static void checkValues(
      Parameter parameter, Tensor values, long[] shape, String argument) {
    if (values.elementType() != ElementType.FLOAT || !Arrays.equals(values.shape(), shape)) {
      throw new IllegalArgumentException(
          "parameter '"
              + parameter.name()
              + "': "
              + argument
              + " is "
              + values
              + ", expected float"
              + Arrays.toString(shape));
    }
  }

  /** The parameter this is the gradient of. */
  public Parameter parameter() {
    return parameter;
  }

  /** The rows that have a gradient, int64 [U]; absent for a dense gradient. */
  public Optional<Tensor> indices() {
    return Optional.ofNullable(indices);
  }

  /** float, the parameter's shape (dense) or [U, row...] (sparse); to be multiplied by factor. */
  public Tensor values() {
    return values;
  }

  /** What the values are multiplied by; 1 unless clipped. */
  public float factor() {
    return factor;
  }

  /** This gradient times {@code scale}, over the same tensors. */
  public ParameterGradient times(float scale) {
    return scale == 1 ? this : new ParameterGradient(parameter, indices, values, factor * scale);
  }

  /** The sum of the squared elements, in double, in an order that depends on their number alone. */
  public double squaredNorm() {
    FloatBuffer elements = values.floats();
    float[] block = new float[FloatBlocks.SIZE];
    double[] lanes = new double[8];
    for (int done = 0; done < elements.limit(); ) {
      int count = Math.min(block.length, elements.limit() - done);
      FloatBlocks.get(elements, done, block, 0, count);
      addSquares(block, count, lanes);
      done += count;
    }
    double sum = 0;
    for (double lane : lanes) {
      sum += lane;
    }
    return sum * factor * factor;
  }

  /** Eight sums beside each other: one would wait for each addition. */
  private static void addSquares(float[] block, int count, double[] lanes) {
    for (int i = 0; i < count; i++) {
      double element = block[i];
      lanes[i & 7] += element * element;
    }
  }

  /**
   * The first element that is NaN or infinite, such as {@code weights gradient[12] = NaN}, where 12
   * counts elements of the values row by row; empty if all are finite. An optimizer does not look:
   * it would carry such an element into its state, from where it never leaves.
   */
  public Optional<String> firstNonFinite() {
    FloatBuffer elements = values.floats();
    for (int i = 0; i < elements.limit(); i++) {
      float element = elements.get(i) * factor;
      if (!Float.isFinite(element)) {
        return Optional.of(parameter.name() + " gradient[" + i + "] = " + element);
      }
    }
    return Optional.empty();
  }

  /**
   * Checks the elements of the indices.
   *
   * @throws IllegalArgumentException naming the first that is outside the parameter or not above
   *     the one before
   */
  void checkIndices() {
    if (indices == null) {
      return;
    }
    LongBuffer rows = indices.longs();
    long before = -1;
    for (int i = 0; i < rows.limit(); i++) {
      long row = rows.get(i);
      if (row < 0 || row >= parameter.rows()) {
        throw new IllegalArgumentException(
            at(i, row) + " is outside [0, " + parameter.rows() + ")");
      }
      if (row <= before) {
        throw new IllegalArgumentException(
            at(i, row)
                + " is not above indices["
                + (i - 1)
                + "] = "
                + before
                + ": expected ascending, unique indices");
      }
      before = row;
    }
  }

  private String at(int position, long row) {
    return "parameter '" + parameter.name() + "': gradient indices[" + position + "] = " + row;
  }

  /** Parameter, kind and shape, such as {@code weights: sparse gradient float[12, 64]}. */
  @Override
  public String toString() {
    return parameter.name() + ": " + (indices == null ? "dense" : "sparse") + " gradient " + values;
  }
}
