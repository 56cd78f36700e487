package org.ortnce.training;

import java.util.List;

/**
 * An update rule of tf.keras.optimizers (Keras 3, TensorFlow 2.21) with its settings; {@link
 * Optimizers} makes them. Immutable. {@link #bind} gives the state for some parameters, which does
 * the updates. {@link #toString()} names rule and settings, for a checkpoint to compare.
 *
 * <p>A sparse gradient updates the rows it names and nothing else: values and slots of other rows
 * stay as they are. For {@code sgd} and {@code adagrad} that is what Keras computes, since a row
 * without gradient changes nothing there. For {@code momentum} and {@code adam} it is the "lazy"
 * update (tf.compat.v1.train.MomentumOptimizer on IndexedSlices, TensorFlow Addons' LazyAdam):
 * Keras 3 turns the gradient dense, decays the moments of every row and moves every row in every
 * step.
 *
 * <p>Elements are updated in float, as Keras does, operation by operation; Adam's bias correction
 * is computed in double. The result does not depend on the machine, nor on whether the op or Java
 * computes it.
 */
public abstract sealed class Optimizer permits Sgd, Momentum, Adagrad, Adam {
  Optimizer() {}

  /** The state tensors that each parameter has besides its value, as Keras names them. */
  public abstract List<String> slotNames();

  /**
   * State for these parameters, at its initial value.
   *
   * @throws IllegalArgumentException if two parameters have one name
   */
  public final BoundOptimizer bind(List<Parameter> parameters) {
    return new BoundOptimizer(this, parameters);
  }

  /** What the elements of slot {@code slot} begin with. */
  abstract float initialValue(int slot);

  /** What the attribute {@code rule} of op {@code ApplyGradients} calls this rule. */
  abstract String rule();

  /**
   * The numbers that the rule takes, from the learning rate and the step, 0 the first: the op's
   * input {@code coefficients}.
   */
  abstract float[] coefficients(double learningRate, long step);

  /**
   * Updates elements [0, count) of a block in place.
   *
   * @param values elements of the parameter
   * @param gradient their gradients
   * @param slots their state, in the order of {@link #slotNames}
   * @param coefficients those of {@link #coefficients}
   */
  abstract void update(
      float[] values, float[] gradient, float[][] slots, int count, float[] coefficients);

  /** Rule and settings, such as {@code adagrad(initial_accumulator_value=0.1, epsilon=1.0E-7)}. */
  @Override
  public abstract String toString();
}
