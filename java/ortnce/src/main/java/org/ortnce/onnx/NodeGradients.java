package org.ortnce.onnx;

import java.util.List;
import org.ortnce.tensor.ElementType;

/**
 * One node on the way back from the loss, as a {@link GradientRule} sees it: its values, the
 * gradients by its outputs, and where those by its inputs go.
 */
public final class NodeGradients {
  private final Node node;
  private final Backward backward;

  NodeGradients(Node node, Backward backward) {
    this.node = node;
    this.backward = backward;
  }

  /** The number of inputs, holes included. */
  public int inputCount() {
    return node.inputs().size();
  }

  /** An input; null for a hole. */
  public Value input(int index) {
    return node.inputs().get(index);
  }

  /** An output; also one that the loss does not need may be used. */
  public Value output(int index) {
    return node.outputs().get(index);
  }

  /** Whether the loss depends on this output, so that there is a gradient by it. */
  public boolean hasOutputGradient(int index) {
    return backward.sums().has(output(index));
  }

  /**
   * The gradient by an output, of its type; rows of a table are spread out.
   *
   * @throws IllegalStateException if there is none
   */
  public Value outputGradient(int index) {
    if (!hasOutputGradient(index)) {
      throw new IllegalStateException(
          node.qualifiedName() + ": there is no gradient by output " + index);
    }
    return backward.sums().dense(output(index));
  }

  /** Whether the gradient by this input is needed. What is added for others is dropped. */
  public boolean wants(int input) {
    return input < inputCount() && backward.wants(input(input));
  }

  /**
   * Adds a gradient by an input.
   *
   * @param gradient of the type of the input
   * @throws IllegalArgumentException if its type is another
   */
  public void add(int input, Value gradient) {
    if (wants(input)) {
      check(input, gradient, input(input).type());
      contribute(input, new GradientSums.Part(new Gradient.Dense(gradient), true));
    }
  }

  /**
   * Adds a gradient by rows of an input. Rows may come in any order and several times.
   *
   * @param indices rows of the input, int64 or int32 of rank 1 or more, not negative
   * @param values their gradients, [indices shape..., row shape...]
   * @throws IllegalArgumentException if types or shapes do not fit
   */
  public void addSlices(int input, Value indices, Value values) {
    addSlices(input, indices, values, false);
  }

  /**
   * Adds a gradient by rows of an input that are ascending and unique already.
   *
   * @param indices rows of the input, int64 [K], ascending and unique
   * @param values their gradients, [K, row shape...]
   * @throws IllegalArgumentException if types or shapes do not fit
   */
  public void addUniqueSlices(int input, Value indices, Value values) {
    if (wants(input)) {
      check(input, indices, new TensorType(ElementType.INT64, Shape.ofRank(1)));
      addSlices(input, indices, values, true);
    }
  }

  private void addSlices(int input, Value indices, Value values, boolean unique) {
    if (wants(input)) {
      Shape rows = IndexedRows.valuesShape(indices, input(input).shape());
      check(input, values, new TensorType(input(input).elementType(), rows));
      contribute(input, new GradientSums.Part(new Gradient.IndexedSlices(indices, values), unique));
    }
  }

  private void check(int input, Value found, TensorType expected) {
    if (found == null
        || found.elementType() != expected.elementType()
        || !found.shape().isCompatibleWith(expected.shape())) {
      throw new IllegalArgumentException(
          node.qualifiedName()
              + ": the gradient by input "
              + input
              + " has "
              + found
              + ", expected "
              + expected);
    }
  }

  private void contribute(int input, GradientSums.Part part) {
    backward.add(node, input(input), part);
  }

  /** Hands all that came for an output on to an input, rows of a table as such. */
  void forward(int output, int input) {
    contribute(input, backward.sums().part(output(output)));
  }

  /** All inputs; null is a hole. */
  List<Value> inputs() {
    return node.inputs();
  }

  /**
   * The error for a node that has a rule but cannot be differentiated.
   *
   * @param reason why, such as {@code axis is 1, expected 0}
   */
  public IllegalArgumentException error(String reason) {
    return backward.path().error(node, reason);
  }
}
