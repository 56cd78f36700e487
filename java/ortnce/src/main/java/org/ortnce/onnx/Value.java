package org.ortnce.onnx;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;
import org.ortnce.tensor.TensorData;

/**
 * A tensor in a graph that is being built: a graph input, an initializer or an output of a node.
 *
 * <p>A value has a type and no name; {@link ModelBuilder} gives names when a model is built, and
 * one value may take part in several models. Two values are equal only if they are the same object.
 */
public final class Value {
  /** Where a value comes from. */
  enum Kind {
    INPUT,
    INITIALIZER,
    FORMAL,
    NODE
  }

  private final Kind kind;
  private final TensorType type;
  private final Node node;
  private final int index;
  private final TensorData data;
  private final List<Dim> elements;
  private final ImportedLeaf imported;

  private Value(
      Kind kind,
      TensorType type,
      Node node,
      int index,
      TensorData data,
      List<Dim> elements,
      ImportedLeaf imported) {
    this.kind = kind;
    this.type = type;
    this.node = node;
    this.index = index;
    this.data = data;
    this.elements = elements;
    this.imported = imported;
  }

  /** A graph input of this type; {@link ModelBuilder#input} gives it a name. */
  public static Value input(TensorType type) {
    return new Value(Kind.INPUT, Objects.requireNonNull(type, "type"), null, 0, null, null, null);
  }

  /** A graph input of this type; {@link ModelBuilder#input} gives it a name. */
  public static Value input(ElementType elementType, Shape shape) {
    return input(new TensorType(elementType, shape));
  }

  /**
   * An initializer: data stored in the model. {@link ModelBuilder#initializer} gives it a name,
   * else it gets one.
   *
   * <p>The elements are not copied, neither here nor in the model: they are read when a model is
   * saved, so they should not change before. They may be more than a {@link Tensor} holds: {@link
   * org.ortnce.tensor.RowTable}.
   *
   * @throws IllegalArgumentException for a tensor of strings
   */
  public static Value initializer(TensorData data) {
    Objects.requireNonNull(data, "data");
    if (data.elementType() == ElementType.STRING) {
      throw new IllegalArgumentException("an initializer cannot hold strings, got " + data);
    }
    TensorType type = new TensorType(data.elementType(), Shape.of(data.shape()));
    return new Value(Kind.INITIALIZER, type, null, 0, data, null, null);
  }

  static Value formal(TensorType type) {
    return new Value(Kind.FORMAL, Objects.requireNonNull(type, "type"), null, 0, null, null, null);
  }

  static Value output(Node node, int index, TensorType type, List<Dim> elements) {
    return new Value(Kind.NODE, type, node, index, null, elements, null);
  }

  /** A leaf of a model that was read; the type is null if it is not known. */
  static Value imported(Kind kind, TensorType type, ImportedLeaf leaf) {
    return new Value(kind, type, null, 0, null, null, leaf);
  }

  /** Element type and shape; null only inside an imported graph, where it is not known. */
  public TensorType type() {
    return type;
  }

  /** The element type. */
  public ElementType elementType() {
    return type.elementType();
  }

  /** What is known of the shape. */
  public Shape shape() {
    return type.shape();
  }

  /**
   * The content of an initializer that was made of a {@link Tensor}; empty for one in a file, and
   * for a value that only a run gives.
   */
  public Optional<Tensor> constant() {
    return data instanceof Tensor tensor ? Optional.of(tensor) : Optional.empty();
  }

  /** The elements of an initializer, wherever they are; empty for an imported one too. */
  public Optional<TensorData> content() {
    return Optional.ofNullable(data);
  }

  Kind kind() {
    return kind;
  }

  /** The node this is an output of; null for every other kind. */
  Node node() {
    return node;
  }

  /** Which output of {@link #node()} this is. */
  int index() {
    return index;
  }

  /** The content of an initializer; null for an imported one and every other kind. */
  TensorData data() {
    return data;
  }

  /** Where an input or initializer of a model that was read comes from; null for all others. */
  ImportedLeaf imported() {
    return imported;
  }

  /** The elements of an integer scalar or vector, as far as they follow from shapes; or null. */
  List<Dim> elements() {
    return elements;
  }

  /** The type, such as {@code float[batch, 128]}. */
  @Override
  public String toString() {
    return String.valueOf(type);
  }
}
