package org.ortnce.nce;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.Gradient;
import org.ortnce.onnx.Gradients;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.Ops;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.tensor.ElementType;

/**
 * What comes before the output layer: from the examples, a graph input, to the activations that the
 * loss takes. A description without numbers; immutable.
 */
public final class InputLayer {
  private static final Dim BATCH = Dim.of("batch");

  /** Rows of an embedding table and how many of them make one example; 0 is one, not averaged. */
  private record Embeddings(long rows, long dim, int context) {}

  private record Dense(long inputs, long units, Activation activation) {}

  private final Optional<Embeddings> embeddings;
  private final Optional<Dense> dense;
  private final long dim;

  private InputLayer(Optional<Embeddings> embeddings, Optional<Dense> dense, long dim) {
    this.embeddings = embeddings;
    this.dense = dense;
    this.dim = dim;
  }

  /** The examples are activations already: graph input {@code inputs}, float [batch, dim]. */
  public static InputLayer features(long dim) {
    return new InputLayer(Optional.empty(), Optional.empty(), positive("dim", dim));
  }

  /**
   * An example is one id, such as the centre word of a skip-gram: graph input {@code input_ids},
   * int64 [batch]; parameter {@code embeddings}, [rows, dim]. Sessions of this library refuse ids
   * that are not in [0, rows), as {@code tf.nn.embedding_lookup} does on a CPU; ONNX Runtime alone
   * counts those from -rows to -1 from the end.
   */
  public static InputLayer embeddings(long rows, long dim) {
    return lookup(rows, dim, 0);
  }

  /**
   * An example is {@code context} ids whose embeddings are averaged, such as the context of a CBOW
   * model: graph input {@code input_ids}, int64 [batch, context].
   */
  public static InputLayer meanEmbeddings(long rows, long dim, int context) {
    return lookup(rows, dim, (int) positive("context", context));
  }

  private static InputLayer lookup(long rows, long dim, int context) {
    Embeddings table = new Embeddings(positive("rows", rows), positive("dim", dim), context);
    return new InputLayer(Optional.of(table), Optional.empty(), dim);
  }

  /**
   * The same layer followed by a dense one: {@code activation(x . hidden_weights + hidden_biases)};
   * parameters {@code hidden_weights}, [dim, units], and {@code hidden_biases}, [units], as in
   * {@code tf.keras.layers.Dense}.
   *
   * @throws IllegalStateException if there is a dense layer already
   */
  public InputLayer dense(long units, Activation activation) {
    if (dense.isPresent()) {
      throw new IllegalStateException("there is a dense layer of " + dim + " units already");
    }
    Objects.requireNonNull(activation, "activation");
    Dense layer = new Dense(dim, positive("units", units), activation);
    return new InputLayer(embeddings, Optional.of(layer), units);
  }

  /** The length of the activations. */
  public long dim() {
    return dim;
  }

  /** The name of the graph input that takes the examples. */
  public String inputName() {
    return embeddings.isPresent() ? GraphNames.INPUT_IDS : GraphNames.INPUTS;
  }

  /** The names and shapes of the parameters. */
  Map<String, Shape> parameters() {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    embeddings.ifPresent(
        table -> shapes.put(GraphNames.EMBEDDINGS, Shape.of(table.rows(), table.dim())));
    dense.ifPresent(
        layer -> {
          shapes.put(GraphNames.HIDDEN_WEIGHTS, Shape.of(layer.inputs(), layer.units()));
          shapes.put(GraphNames.HIDDEN_BIASES, Shape.of(layer.units()));
        });
    return shapes;
  }

  /**
   * Adds the layer to a model: its graph input and its parameters.
   *
   * @return the activations, float [batch, dim]
   */
  Value in(ModelBuilder model, Parameters parameters) {
    Value x = examples();
    model.input(inputName(), x);
    return dense(looksUp() ? lookUp(x, model, parameters) : x, model, parameters);
  }

  /** Whether the examples are ids of embeddings. */
  boolean looksUp() {
    return embeddings.isPresent();
  }

  /** What follows the look-up of embeddings, as a layer of its own. */
  InputLayer afterLookUp() {
    return new InputLayer(Optional.empty(), dense, dim);
  }

  /** The embeddings of ids, averaged over the context of an example: float [batch, length]. */
  Value lookUp(Value ids, ModelBuilder model, Parameters parameters) {
    Embeddings table = embeddings.orElseThrow();
    model.metadata(MetadataKeys.rowsOf(inputName()), Long.toString(table.rows()));
    Value rows = Ops.gather(parameters.in(model, GraphNames.EMBEDDINGS), ids, 0);
    return table.context() > 0 ? Ops.reduceMean(rows, false, 1) : rows;
  }

  /**
   * The gradient by the embeddings.
   *
   * @param g the gradient by what {@link #lookUp} returned
   */
  Gradient lookUpGradient(Value ids, Value g) {
    Embeddings table = embeddings.orElseThrow();
    Value rows = g;
    if (table.context() > 0) {
      // Divided before it is repeated: there are fewer elements then.
      Value share = Ops.div(g, Ops.scalar((float) table.context()));
      Value shape = Ops.concat(0, Ops.shape(ids), Ops.vector(table.dim()));
      rows = Ops.expand(Ops.unsqueeze(share, 1), shape);
    }
    return Gradients.deduplicate(ids, rows);
  }

  /** The dense layer, if there is one, of what was looked up or given. */
  Value dense(Value examples, ModelBuilder model, Parameters parameters) {
    Value x = examples;
    if (dense.isPresent()) {
      Value weights = parameters.in(model, GraphNames.HIDDEN_WEIGHTS);
      Value biases = parameters.in(model, GraphNames.HIDDEN_BIASES);
      x = dense.get().activation().of(Ops.gemm(x, weights, biases));
    }
    return x;
  }

  /** The graph input that takes the examples. */
  Value examples() {
    if (embeddings.isEmpty()) {
      long features = dense.map(Dense::inputs).orElse(dim);
      return Value.input(ElementType.FLOAT, Shape.of(BATCH, Dim.of(features)));
    }
    int context = embeddings.get().context();
    Shape shape = context == 0 ? Shape.of(BATCH) : Shape.of(BATCH, Dim.of(context));
    return Value.input(ElementType.INT64, shape);
  }

  private static long positive(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be >= 1, got " + value);
    }
    return value;
  }
}
