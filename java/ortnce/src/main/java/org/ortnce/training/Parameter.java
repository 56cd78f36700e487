package org.ortnce.training;

import java.nio.FloatBuffer;
import java.util.Objects;
import java.util.function.DoubleSupplier;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * A trained tensor: a name and float elements of shape [rows, ...] in a direct buffer, which ONNX
 * Runtime reads in place and an optimizer changes in place. A row is everything after the first
 * dimension; sparse gradients touch whole rows. A buffer holds less than 2 GiB: larger tables are
 * several parameters (partitions).
 *
 * <p>The random initialisers give the same bits for a seed on every machine and Java runtime.
 */
public final class Parameter {
  private final String name;
  private final Tensor value;
  private final int rowSize;

  private Parameter(String name, Tensor value) {
    this.name = name;
    this.value = value;
    long rows = value.dim(0);
    this.rowSize = rows == 0 ? 0 : Math.toIntExact(value.elementCount() / rows);
  }

  /**
   * A parameter over {@code value}: a direct, writable tensor is kept and shared with the caller,
   * any other is copied.
   *
   * @throws IllegalArgumentException if the name is blank or has a {@code /}, or the value is no
   *     float tensor of rank 1 or more
   */
  public static Parameter of(String name, Tensor value) {
    checkName(name);
    Objects.requireNonNull(value, "value");
    if (value.elementType() != ElementType.FLOAT || value.rank() == 0) {
      throw new IllegalArgumentException(
          "parameter '" + name + "' is " + value + ", expected float[rows, ...]");
    }
    if (value.isDirect() && !value.floats().isReadOnly()) {
      return new Parameter(name, value);
    }
    Tensor copy = Tensor.allocateFloats(value.shape());
    copy.floats().put(value.floats());
    return new Parameter(name, copy);
  }

  /** Zeros (tf.keras.initializers.Zeros). */
  public static Parameter zeros(String name, long... shape) {
    checkName(name);
    return of(name, Tensor.allocateFloats(shape));
  }

  /**
   * Uniform over [low, high) (tf.keras.initializers.RandomUniform; other numbers for a seed): low +
   * (high - low) u in double, rounded to float.
   */
  public static Parameter uniform(String name, double low, double high, long seed, long... shape) {
    if (!(low <= high) || !Double.isFinite(high - low)) {
      throw new IllegalArgumentException(
          "parameter '" + name + "': [" + low + ", " + high + ") is no finite range");
    }
    SplitMix64 random = new SplitMix64(seed);
    return filled(name, () -> low + (high - low) * random.nextDouble(), shape);
  }

  /** Normal with mean 0 (tf.keras.initializers.RandomNormal; other numbers for a seed). */
  public static Parameter normal(String name, double stddev, long seed, long... shape) {
    checkStddev(name, stddev);
    NormalNumbers numbers = new NormalNumbers(seed);
    return filled(name, () -> stddev * numbers.next(), shape);
  }

  /**
   * Normal with mean 0, values beyond two {@code stddev} drawn again
   * (tf.keras.initializers.TruncatedNormal; other numbers for a seed).
   */
  public static Parameter truncatedNormal(String name, double stddev, long seed, long... shape) {
    checkStddev(name, stddev);
    NormalNumbers numbers = new NormalNumbers(seed);
    return filled(name, () -> stddev * numbers.nextTruncated(), shape);
  }

  private static Parameter filled(String name, DoubleSupplier values, long... shape) {
    Parameter parameter = zeros(name, shape);
    FloatBlocks.fill(parameter.floats(), values);
    return parameter;
  }

  /** The name, unique among the parameters of a training. */
  public String name() {
    return name;
  }

  /** The elements, float [rows, ...], direct and of the platform's byte order; not a copy. */
  public Tensor value() {
    return value;
  }

  /** The size of the first dimension. */
  public long rows() {
    return value.dim(0);
  }

  /** The elements of a row; 0 if there are no rows. */
  public int rowSize() {
    return rowSize;
  }

  /** The elements as a buffer of its own position; not a copy. */
  FloatBuffer floats() {
    return value.floats();
  }

  /** Name, type and shape, such as {@code weights float[5000, 64]}. */
  @Override
  public String toString() {
    return name + " " + value;
  }

  private static void checkName(String name) {
    Objects.requireNonNull(name, "name");
    if (name.isBlank()) {
      throw new IllegalArgumentException("the name of a parameter is blank");
    }
    if (name.indexOf('/') >= 0) {
      throw new IllegalArgumentException(
          "parameter '" + name + "': '/' separates parameters and slots, it cannot be in a name");
    }
  }

  private static void checkStddev(String name, double stddev) {
    if (!(stddev >= 0) || Double.isInfinite(stddev)) {
      throw new IllegalArgumentException(
          "parameter '" + name + "': stddev is " + stddev + ", expected a finite number >= 0");
    }
  }
}
