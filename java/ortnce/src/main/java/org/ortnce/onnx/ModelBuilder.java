package org.ortnce.onnx;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.ortnce.onnx.proto.FunctionProto;
import org.ortnce.onnx.proto.GraphProto;
import org.ortnce.onnx.proto.ModelProto;
import org.ortnce.onnx.proto.StringStringEntryProto;
import org.ortnce.onnx.proto.TensorProto;
import org.ortnce.tensor.TensorData;

/**
 * Assembles a model: names the inputs, initializers and outputs of a graph of {@link Value}s.
 *
 * <p>The model has exactly the nodes that its outputs need. Operator set imports follow from them.
 * The same calls in the same order give the same bytes. Names must not be empty and are unique over
 * inputs, initializers and outputs. Not for use by several threads at once.
 *
 * <pre>{@code
 * Value x = Value.input(ElementType.FLOAT, Shape.of(Dim.of("batch"), Dim.of(3)));
 * Value w = Value.initializer(Tensor.of(new float[6], 3, 2));
 * OnnxModel model = new ModelBuilder()
 *     .input("x", x)
 *     .initializer("w", w)
 *     .output("y", Ops.matMul(x, w))
 *     .build();
 * }</pre>
 */
public final class ModelBuilder {
  private final Map<Value, String> inputs = new LinkedHashMap<>();
  private final Map<Value, String> initializers = new LinkedHashMap<>();
  private final List<Plan.Output> outputs = new ArrayList<>();
  private final List<Shape> outputShapes = new ArrayList<>();
  private final Map<String, String> uses = new HashMap<>();
  private final Map<String, String> metadata = new TreeMap<>();
  private String graphName = "graph";
  private String docString = "";
  private String producerName = "ort-nce";
  private String producerVersion = "";
  private boolean portable = true;

  /** An empty model. */
  public ModelBuilder() {}

  /**
   * Adds a graph input. Inputs stay in the model even if nothing reads them.
   *
   * @throws IllegalArgumentException if the name is empty or taken, or the value is no {@link
   *     Value#input}, has a name already, or has no known rank
   */
  public ModelBuilder input(String name, Value value) {
    check("input", name, value, is(value, Value.Kind.INPUT), shapeOf(value), inputs);
    inputs.put(value, name);
    return this;
  }

  /**
   * Adds the graph inputs of imported models that these values need, under the names and in the
   * order they have there. Those that have a name in this model already stay as they are.
   *
   * @throws IllegalArgumentException if a name is taken, or an input is no tensor of known rank
   */
  public ModelBuilder inputsOf(Value... values) {
    List<Plan.Output> wanted = new ArrayList<>();
    for (Value value : values) {
      wanted.add(new Plan.Output("", value));
    }
    new Plan(wanted)
        .leaves().stream()
            .filter(leaf -> leaf.kind() == Value.Kind.INPUT && leaf.imported() != null)
            .filter(leaf -> !inputs.containsKey(leaf))
            .sorted(Comparator.comparingInt(leaf -> leaf.imported().position()))
            .forEach(this::importedInput);
    return this;
  }

  private void importedInput(Value leaf) {
    String name = leaf.imported().name();
    if (leaf.type() == null) {
      throw new IllegalArgumentException(
          "input '" + name + "' of the imported model is no tensor of a known type");
    }
    input(name, leaf);
  }

  /**
   * Names an initializer. Initializers that nothing reads are not written.
   *
   * @throws IllegalArgumentException if the name is empty or taken, or the value is no {@link
   *     Value#initializer}, or has a name already
   */
  public ModelBuilder initializer(String name, Value value) {
    check(
        "initializer",
        name,
        value,
        is(value, Value.Kind.INITIALIZER),
        shapeOf(value),
        initializers);
    initializers.put(value, name);
    return this;
  }

  /**
   * Adds a graph output. One value may be several outputs, and an input may be an output.
   *
   * @throws IllegalArgumentException if the name is empty or taken, the value null, or its rank
   *     unknown
   */
  public ModelBuilder output(String name, Value value) {
    return output(name, value, value == null ? null : value.shape());
  }

  /**
   * Adds a graph output of which more is known than could be inferred.
   *
   * @param shape the shape written in the model; it must have a rank and not contradict the value
   */
  public ModelBuilder output(String name, Value value, Shape shape) {
    if (value != null && (shape == null || !value.shape().isCompatibleWith(shape))) {
      throw new IllegalArgumentException(
          "output '" + name + "' has shape " + value.shape() + ", which cannot be " + shape);
    }
    check("output", name, value, value != null, shape, Map.of());
    outputs.add(new Plan.Output(name, value));
    outputShapes.add(shape);
    return this;
  }

  /**
   * Adds the gradients of the sum of a loss as outputs ({@link Gradients#of}): {@code <name>_grad}
   * for the whole gradient by an input or initializer of that name; {@code <name>_grad_indices} and
   * {@code <name>_grad_values} if it is {@link Gradient.IndexedSlices}. The loss itself is no
   * output by this.
   *
   * @param wrt inputs and initializers that have their names in this model already
   * @throws IllegalArgumentException if a value of {@code wrt} has no name here, a name is taken,
   *     or for the reasons of {@link Gradients#of}
   */
  public ModelBuilder withGradients(Value loss, Value... wrt) {
    List<String> names = new ArrayList<>();
    for (Value value : wrt) {
      String name = inputs.getOrDefault(value, initializers.get(value));
      if (name == null) {
        throw new IllegalArgumentException(
            "wrt["
                + names.size()
                + "] is "
                + value
                + ", which is no input and no named initializer of this model: name it first, by"
                + " input(name, ..) or initializer(name, ..)");
      }
      names.add(name);
    }
    List<Gradient> gradients =
        Backward.of(loss, List.of(wrt), i -> "wrt[" + i + "] '" + names.get(i) + "'");
    for (int i = 0; i < wrt.length; i++) {
      gradient(names.get(i), wrt[i].shape(), gradients.get(i));
    }
    return this;
  }

  /**
   * Adds the gradient by an input as outputs, under the names of {@link #withGradients}.
   *
   * @param name of the input
   * @param shape of the input
   */
  public ModelBuilder gradient(String name, Shape shape, Gradient gradient) {
    if (gradient instanceof Gradient.Dense dense) {
      output(GradientNames.dense(name), dense.value(), shape);
    } else if (gradient instanceof Gradient.IndexedSlices rows) {
      List<Dim> dims = new ArrayList<>(shape.dims());
      dims.set(0, Dim.of(GradientNames.dense(name) + "_rows"));
      output(GradientNames.indices(name), rows.indices(), Shape.of(dims.get(0)));
      output(GradientNames.values(name), rows.values(), Shape.of(dims));
    }
    return this;
  }

  /** Whether the functions of nodes ({@link NodeBuilder#fallback}) are written; true at first. */
  public ModelBuilder portable(boolean writeFunctions) {
    portable = writeFunctions;
    return this;
  }

  /** The name of the graph; {@code graph} at first. */
  public ModelBuilder graphName(String name) {
    graphName = Names.check("graph", name);
    return this;
  }

  /** The text that goes with the model; null is none. */
  public ModelBuilder docString(String text) {
    docString = text == null ? "" : text;
    return this;
  }

  /** The tool that makes the model and its version; {@code ort-nce} and none at first. */
  public ModelBuilder producer(String name, String version) {
    producerName = name == null ? "" : name;
    producerVersion = version == null ? "" : version;
    return this;
  }

  /** Adds a pair to {@code metadata_props}; a later value for a key replaces the one before. */
  public ModelBuilder metadata(String key, String value) {
    Names.check("metadata", key);
    metadata.put(key, value == null ? "" : value);
    return this;
  }

  private static Shape shapeOf(Value value) {
    return value == null ? null : value.shape();
  }

  private static boolean is(Value value, Value.Kind kind) {
    return value != null && value.kind() == kind;
  }

  private void check(
      String use, String name, Value value, boolean fits, Shape shape, Map<Value, String> taken) {
    Names.check(use, name);
    if (value == null) {
      throw new IllegalArgumentException(use + " '" + name + "' is null");
    }
    if (!fits) {
      throw new IllegalArgumentException(
          use
              + " '"
              + name
              + "' must be a Value."
              + use
              + "(...), got the "
              + value.kind()
              + " "
              + value);
    }
    if (!shape.hasRank()) {
      throw new IllegalArgumentException(
          use
              + " '"
              + name
              + "' is "
              + value
              + ": ONNX wants the rank of graph inputs and outputs");
    }
    if (taken.containsKey(value)) {
      throw named(use, name, taken.get(value));
    }
    String before = uses.putIfAbsent(name, use);
    if (before != null) {
      throw new IllegalArgumentException(
          use + " name '" + name + "' is taken by another " + before);
    }
  }

  private static IllegalArgumentException named(String use, String name, String before) {
    return new IllegalArgumentException(
        use + " '" + name + "': this value is already named '" + before + "'");
  }

  /**
   * Builds the model and checks it ({@link ModelChecker}).
   *
   * @throws IllegalStateException if there is no output, an output needs an input that has no name,
   *     two nodes bring different functions of one name, or no operator set has all nodes
   */
  public OnnxModel build() {
    if (outputs.isEmpty()) {
      throw new IllegalStateException("the model has no output");
    }
    Plan plan = new Plan(outputs);
    Names names = new Names();
    uses.keySet().forEach(names::reserve);
    Map<Value, String> leaves = nameLeaves(plan, names);
    FunctionSet functions = portable ? FunctionSet.of(plan) : FunctionSet.none();
    Opsets opsets = new Opsets();
    plan.nodes().forEach(opsets::add);
    functions.addTo(opsets);
    GraphEmitter emitter = new GraphEmitter(plan, leaves, names, functions, opsets.version(""));
    List<FunctionProto> ours = functions.toProtos(opsets);

    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName(graphName)
            .addAllNode(emitter.nodes())
            .addAllValueInfo(emitter.valueInfos());
    inputs.forEach((value, name) -> graph.addInput(Protos.valueInfo(name, value.type())));
    for (int i = 0; i < outputs.size(); i++) {
      Plan.Output output = outputs.get(i);
      TensorType type = new TensorType(output.value().elementType(), outputShapes.get(i));
      graph.addOutput(Protos.valueInfo(output.name(), type));
    }
    ModelProto.Builder model =
        ModelProto.newBuilder()
            .setIrVersion(opsets.irVersion())
            .setProducerName(producerName)
            .addAllOpsetImport(opsets.imports())
            .addAllFunctions(ours)
            .addAllFunctions(ImportedFunctions.of(plan, opsets, ours));
    if (!producerVersion.isEmpty()) {
      model.setProducerVersion(producerVersion);
    }
    if (!docString.isEmpty()) {
      model.setDocString(docString);
    }
    metadata.forEach(
        (key, value) ->
            model.addMetadataProps(
                StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
    List<TensorData> data = new ArrayList<>();
    for (Value leaf : plan.leaves()) {
      if (leaf.kind() == Value.Kind.INITIALIZER) {
        graph.addInitializer(initializer(leaf, leaves.get(leaf)));
        data.add(leaf.data());
      }
    }
    OnnxModel built = OnnxModel.of(model.setGraph(graph).build(), data, dataDirectory(plan));
    ModelChecker.check(built);
    return built;
  }

  private static TensorProto initializer(Value leaf, String name) {
    return leaf.imported() == null
        ? Protos.initializer(name, leaf.data())
        : leaf.imported().tensor().toBuilder().setName(name).build();
  }

  /** Where the external data of imported initializers is; null if there is none. */
  private static Path dataDirectory(Plan plan) {
    Set<Path> directories = new LinkedHashSet<>();
    for (Value leaf : plan.leaves()) {
      if (leaf.imported() != null && leaf.imported().isExternal()) {
        directories.add(leaf.imported().directory());
      }
    }
    if (directories.size() > 1) {
      throw new IllegalStateException(
          "the imported models have external data in different directories, "
              + directories
              + ": save one of them beside the other first");
    }
    return directories.isEmpty() ? null : directories.iterator().next();
  }

  private Map<Value, String> nameLeaves(Plan plan, Names names) {
    Map<Value, String> leaves = new HashMap<>(inputs);
    leaves.putAll(initializers);
    int unnamed = 0;
    for (Value leaf : plan.leaves()) {
      if (leaves.containsKey(leaf)) {
        continue;
      }
      switch (leaf.kind()) {
        case INITIALIZER ->
            leaves.put(
                leaf,
                leaf.imported() == null
                    ? names.value("initializer_" + unnamed++)
                    : names.imported(leaf.imported().name()));
        case INPUT ->
            throw new IllegalStateException(
                "the outputs need an input " + leaf + " without a name: add it by input(name, ..)");
        default ->
            throw new IllegalStateException(
                "the outputs need " + leaf + ", a formal input of a function");
      }
    }
    return leaves;
  }
}
