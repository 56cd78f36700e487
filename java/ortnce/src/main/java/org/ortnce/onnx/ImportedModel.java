package org.ortnce.onnx;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A model that exists, such as an encoder exported by PyTorch or TensorFlow, whose values can be
 * used in a new graph. Immutable.
 *
 * <pre>{@code
 * ImportedModel encoder = ImportedModel.load(Path.of("encoder.onnx"));
 * Value hidden = encoder.value("pooled");
 * OnnxModel model = new ModelBuilder()
 *     .inputsOf(hidden)
 *     .output("norm", Ops.reduceSum(Ops.mul(hidden, hidden), false, 1))
 *     .build();
 * }</pre>
 *
 * <p>The new model has what the values used need and nothing else: nodes with their subgraphs,
 * initializers, functions and graph inputs. They keep their names; where the new model gives a name
 * itself, its other bearer gets a new one. ONNX's own operator set is raised to version 17 at
 * least: nodes that would mean something else there, such as a Softmax or Squeeze of version 11,
 * are written in its terms; the builder refuses what does not go together. External data of
 * initializers is left in place: the new model must be saved beside it, or with {@link
 * ExternalDataOptions}, which copies it; that of tensors in attributes and subgraphs is read into
 * the model. Metadata is not taken over. A graph input with an initializer as its default is the
 * initializer.
 */
public final class ImportedModel {
  private final OnnxModel model;
  private final Map<String, TensorType> declared;
  private final Map<String, String> symbols;

  /** The new names of graph inputs that have one. */
  private final Map<String, String> inputNames;

  private final Map<String, Value> values;

  private ImportedModel(
      OnnxModel model,
      Map<String, TensorType> declared,
      Map<String, String> symbols,
      Map<String, String> inputNames)
      throws IOException {
    this.model = model;
    this.declared = declared;
    this.symbols = symbols;
    this.inputNames = inputNames;
    this.values = new GraphImporter(model, this::typeOf, this::inputName).values();
  }

  /**
   * Reads a model file.
   *
   * @throws IOException as {@link OnnxModel#load} does, or if the graph is not sound, has sparse
   *     initializers
   */
  public static ImportedModel load(Path file) throws IOException {
    OnnxModel model = OnnxModel.load(file);
    try {
      return of(model);
    } catch (IOException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Takes a model that was read.
   *
   * @throws IOException if the graph is not sound, as for {@link #load}
   * @throws IllegalArgumentException if it was built and not read: use its values themselves
   */
  public static ImportedModel of(OnnxModel model) throws IOException {
    if (model.data().stream().anyMatch(Objects::nonNull)) {
      throw new IllegalArgumentException(
          "the model must have been read from a file or bytes, got one that was built: " + model);
    }
    return new ImportedModel(model, Map.of(), Map.of(), Map.of());
  }

  /** The model itself. */
  public OnnxModel model() {
    return model;
  }

  /**
   * A value by its name in the model: an input, an initializer or an output of any node.
   *
   * @throws IllegalArgumentException if there is none, it is no tensor, or the model does not say
   *     what it is: then {@link #withType} must
   */
  public Value value(String name) {
    Value value = found(name);
    if (value.type() == null) {
      throw new IllegalArgumentException(
          "the model does not say of which type and shape '"
              + name
              + "' is: declare it by withType(name, type)");
    }
    return value;
  }

  /** Whether the model has such a value. */
  public boolean hasValue(String name) {
    return values.containsKey(name);
  }

  /** The type of a value, as far as the model or {@link #withType} says it. */
  public Optional<TensorType> typeOfValue(String name) {
    return Optional.ofNullable(values.get(name)).map(Value::type);
  }

  /**
   * The graph inputs that a value needs, in the order of the model, under the names they have in
   * new graphs.
   *
   * @throws IllegalArgumentException if there is no such value
   */
  public List<ValueInfo> inputsOf(String name) {
    Plan plan = new Plan(List.of(new Plan.Output(name, found(name))));
    Set<String> needed =
        plan.leaves().stream()
            .filter(leaf -> leaf.kind() == Value.Kind.INPUT)
            .map(leaf -> leaf.imported().name())
            .collect(Collectors.toSet());
    return model.inputs().stream()
        .map(input -> new ValueInfo(inputName(input.name()), input.tensorType(), input.typeText()))
        .filter(input -> needed.contains(input.name()))
        .toList();
  }

  /** Whether a type of the model has a symbolic dimension of this name. */
  public boolean hasDimension(String symbol) {
    Dim dim = Dim.of(symbol);
    return values.values().stream()
        .filter(v -> v.type() != null && v.shape().hasRank())
        .anyMatch(v -> v.shape().dims().contains(dim));
  }

  /**
   * The same model with the type of a value declared, or known more closely.
   *
   * @throws IllegalArgumentException if there is no such value, or it is of another type
   */
  public ImportedModel withType(String name, TensorType type) {
    Value value = found(name);
    boolean fits =
        value.type() == null
            || (value.elementType() == type.elementType()
                && value.shape().isCompatibleWith(type.shape()));
    if (!fits) {
      throw new IllegalArgumentException(
          "value '" + name + "' is " + value + ", it cannot be declared " + type);
    }
    Map<String, TensorType> more = new HashMap<>(declared);
    more.put(name, type);
    return copy(more, symbols, inputNames);
  }

  private Value found(String name) {
    Value value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "the model has no value '"
              + name
              + "'; its inputs are "
              + names(model.inputs())
              + ", its outputs "
              + names(model.outputs()));
    }
    return value;
  }

  /**
   * The same model with a symbolic dimension called otherwise, in all types: to make it that of the
   * new graph.
   *
   * @throws IllegalArgumentException if another dimension of a known type has the new name
   */
  public ImportedModel withDimension(String symbol, String newSymbol) {
    if (hasDimension(newSymbol) && !symbol.equals(newSymbol)) {
      throw new IllegalArgumentException(
          "dimension '" + symbol + "' cannot be called '" + newSymbol + "': another one is");
    }
    Map<String, String> more = new TreeMap<>(symbols);
    more.replaceAll((from, to) -> to.equals(symbol) ? newSymbol : to);
    more.putIfAbsent(symbol, newSymbol);
    return copy(declared, more, inputNames);
  }

  /**
   * The same model whose graph input is called otherwise in new graphs, such as one that the new
   * graph has a name in common with. Here the value keeps its name.
   *
   * @throws IllegalArgumentException if there is no such input, or another has the new name
   */
  public ImportedModel withInputName(String input, String newName) {
    Names.check("input", newName);
    if (model.inputs().stream().noneMatch(info -> info.name().equals(input))) {
      throw new IllegalArgumentException(
          "the model has no input '" + input + "'; its inputs are " + names(model.inputs()));
    }
    for (ValueInfo other : model.inputs()) {
      if (!other.name().equals(input) && inputName(other.name()).equals(newName)) {
        throw new IllegalArgumentException(
            "input '" + input + "' cannot be called '" + newName + "': another one is");
      }
    }
    Map<String, String> more = new HashMap<>(inputNames);
    more.put(input, newName);
    return copy(declared, symbols, more);
  }

  private String inputName(String name) {
    return inputNames.getOrDefault(name, name);
  }

  private ImportedModel copy(
      Map<String, TensorType> newTypes,
      Map<String, String> newSymbols,
      Map<String, String> newInputNames) {
    try {
      return new ImportedModel(model, newTypes, newSymbols, newInputNames);
    } catch (IOException e) {
      throw new IllegalStateException("the graph was sound before", e);
    }
  }

  /** What is known of a value: what was declared goes before what the model says. */
  private TensorType typeOf(String name, TensorType written) {
    TensorType type = declared.getOrDefault(name, written);
    if (type == null || !type.shape().hasRank() || symbols.isEmpty()) {
      return type;
    }
    List<Dim> dims = new ArrayList<>(type.shape().dims());
    dims.replaceAll(
        dim ->
            dim.isSymbolic() && symbols.containsKey(dim.symbol())
                ? Dim.of(symbols.get(dim.symbol()))
                : dim);
    return new TensorType(type.elementType(), Shape.of(dims));
  }

  private static List<String> names(List<ValueInfo> infos) {
    return infos.stream().map(ValueInfo::name).toList();
  }

  /** The graph. */
  @Override
  public String toString() {
    return "ImportedModel[" + model + "]";
  }
}
