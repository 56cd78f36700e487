package org.ortnce.training;

import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.ortnce.tensor.Tensor;

/**
 * An optimizer with its state for some parameters: applies gradients to them in place. Not for
 * several threads at once.
 */
public final class BoundOptimizer {
  private final Optimizer optimizer;
  private final List<Parameter> parameters;
  private final Map<Parameter, FloatBuffer[]> buffers = new HashMap<>();
  private final Map<String, Tensor> slots;

  private final CacheLines lines = new CacheLines();

  // Blocks of the parameter, its gradient and its slots.
  private final float[] values = new float[FloatBlocks.SIZE];
  private final float[] gradient = new float[FloatBlocks.SIZE];
  private final float[][] state;

  BoundOptimizer(Optimizer optimizer, List<Parameter> parameters) {
    this.optimizer = optimizer;
    this.parameters = List.copyOf(parameters);
    List<String> names = optimizer.slotNames();
    this.state = new float[names.size()][FloatBlocks.SIZE];
    Map<String, Tensor> all = new LinkedHashMap<>();
    Map<String, Parameter> byName = new LinkedHashMap<>();
    for (Parameter parameter : this.parameters) {
      if (byName.put(parameter.name(), parameter) != null) {
        throw new IllegalArgumentException("two parameters are named '" + parameter.name() + "'");
      }
      FloatBuffer[] own = new FloatBuffer[1 + names.size()];
      own[0] = parameter.floats();
      for (int s = 0; s < names.size(); s++) {
        Tensor slot = Tensor.allocateFloats(parameter.value().shape());
        own[1 + s] = slot.floats();
        float initial = optimizer.initialValue(s);
        if (initial != 0) {
          FloatBlocks.fill(own[1 + s], () -> initial);
        }
        all.put(slotName(parameter, names.get(s)), slot);
      }
      buffers.put(parameter, own);
    }
    this.slots = Collections.unmodifiableMap(all);
  }

  /** The name of a slot among {@link #slots}. */
  static String slotName(Parameter parameter, String slot) {
    return parameter.name() + "/" + slot;
  }

  /** The rule and its settings. */
  public Optimizer optimizer() {
    return optimizer;
  }

  /** The parameters, in the order given. */
  public List<Parameter> parameters() {
    return parameters;
  }

  /**
   * The state: float tensors of the parameters' shapes by name, such as {@code
   * weights/accumulator}, direct and not copied. What is written to them is the new state.
   */
  public Map<String, Tensor> slots() {
    return slots;
  }

  /**
   * All that steps change: the values of the parameters by name, such as {@code weights}, and
   * {@link #slots}; not copied. What a checkpoint holds.
   */
  public Map<String, Tensor> state() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    for (Parameter parameter : parameters) {
      all.put(parameter.name(), parameter.value());
    }
    all.putAll(slots);
    return Collections.unmodifiableMap(all);
  }

  /**
   * Takes one step: updates the parameters of these gradients, each alone, in place. Every check
   * comes before the first write.
   *
   * <p>Gradients that are NaN or infinite are not refused: they make the elements they meet, and
   * their slots, NaN or infinite ({@link ParameterGradient#firstNonFinite}).
   *
   * @param gradients at most one for a parameter; parameters without one stay as they are
   * @param learningRate finite and not negative
   * @param step the number of steps taken before
   * @throws IllegalArgumentException if a parameter is not bound here or has two gradients, an
   *     index is out of range or not ascending, or a number is not as above; nothing is then
   *     changed
   */
  public void apply(List<ParameterGradient> gradients, double learningRate, long step) {
    checkStep(learningRate, step);
    for (int i = 0; i < gradients.size(); i++) {
      check(gradients, i);
    }
    float[] coefficients = optimizer.coefficients(learningRate, step);
    for (ParameterGradient one : gradients) {
      Tensor indices = one.indices().orElse(null);
      if (indices == null) {
        applySpan(one, 0, 0, one.values().elementCount(), coefficients);
      } else if (one.parameter().rowSize() > FloatBlocks.SIZE) {
        applyLongRows(one, indices.longs(), coefficients);
      } else {
        applyRows(one, indices.longs(), coefficients);
      }
    }
  }

  /**
   * Checks the numbers of a step.
   *
   * @throws IllegalArgumentException unless the learning rate is finite and neither is negative
   */
  static void checkStep(double learningRate, long step) {
    if (!(learningRate >= 0) || Double.isInfinite(learningRate)) {
      throw new IllegalArgumentException(
          "learningRate is " + learningRate + ", expected a finite number >= 0");
    }
    if (step < 0) {
      throw new IllegalArgumentException("step is " + step + ", expected 0 or more");
    }
  }

  private void check(List<ParameterGradient> gradients, int i) {
    ParameterGradient one = Objects.requireNonNull(gradients.get(i), "gradient");
    if (!buffers.containsKey(one.parameter())) {
      throw new IllegalArgumentException(
          "parameter '" + one.parameter().name() + "' is not bound to this optimizer");
    }
    for (int j = 0; j < i; j++) {
      if (gradients.get(j).parameter() == one.parameter()) {
        throw new IllegalArgumentException(
            "parameter '" + one.parameter().name() + "' has two gradients");
      }
    }
    one.checkIndices();
  }

  /**
   * Rows are packed into a block, updated together, and put back: the loop of the update is long
   * whatever the size of a row.
   */
  private void applyRows(ParameterGradient one, LongBuffer rows, float[] coefficients) {
    int rowSize = one.parameter().rowSize();
    if (rowSize == 0) {
      return;
    }
    FloatBuffer[] own = buffers.get(one.parameter());
    FloatBuffer from = one.values().floats();
    int most = FloatBlocks.SIZE / rowSize;
    for (int first = 0; first < rows.limit(); first += most) {
      int end = Math.min(rows.limit(), first + most);
      int count = (end - first) * rowSize;
      touch(own, rows, first, end, rowSize);
      move(own, rows, first, end, rowSize, true);
      FloatBlocks.get(from, first * rowSize, gradient, 0, count);
      update(one.factor(), count, coefficients);
      move(own, rows, first, end, rowSize, false);
    }
  }

  private void touch(FloatBuffer[] own, LongBuffer rows, int first, int end, int rowSize) {
    for (FloatBuffer buffer : own) {
      for (int i = first; i < end; i++) {
        lines.read(buffer, (int) (rows.get(i) * rowSize), rowSize);
      }
    }
  }

  /** Copies rows [first, end) of the indices into the blocks or back, neighbours in one piece. */
  private void move(
      FloatBuffer[] own, LongBuffer rows, int first, int end, int rowSize, boolean load) {
    for (int i = first; i < end; ) {
      long row = rows.get(i);
      int next = i + 1;
      while (next < end && rows.get(next) == row + (next - i)) {
        next++;
      }
      int at = Math.toIntExact(row * rowSize);
      move(own, at, (i - first) * rowSize, (next - i) * rowSize, load);
      i = next;
    }
  }

  private void move(FloatBuffer[] own, int at, int in, int count, boolean load) {
    for (int b = 0; b < own.length; b++) {
      float[] block = b == 0 ? values : state[b - 1];
      if (load) {
        FloatBlocks.get(own[b], at, block, in, count);
      } else {
        FloatBlocks.put(block, in, own[b], at, count);
      }
    }
  }

  private void applyLongRows(ParameterGradient one, LongBuffer rows, float[] coefficients) {
    long rowSize = one.parameter().rowSize();
    for (int i = 0; i < rows.limit(); i++) {
      applySpan(one, rows.get(i) * rowSize, i * rowSize, rowSize, coefficients);
    }
  }

  /** Elements [at, at + count) of the parameter, with gradients from element {@code from}. */
  private void applySpan(
      ParameterGradient one, long at, long from, long count, float[] coefficients) {
    FloatBuffer[] own = buffers.get(one.parameter());
    FloatBuffer gradients = one.values().floats();
    // A buffer has at most 2^31 - 1 elements, so every position within it is an int.
    for (long done = 0; done < count; ) {
      int size = (int) Math.min(FloatBlocks.SIZE, count - done);
      int position = Math.toIntExact(at + done);
      move(own, position, 0, size, true);
      FloatBlocks.get(gradients, Math.toIntExact(from + done), gradient, 0, size);
      update(one.factor(), size, coefficients);
      move(own, position, 0, size, false);
      done += size;
    }
  }

  private void update(float factor, int count, float[] coefficients) {
    if (factor != 1) {
      for (int i = 0; i < count; i++) {
        gradient[i] *= factor;
      }
    }
    optimizer.update(values, gradient, state, count, coefficients);
  }
}
