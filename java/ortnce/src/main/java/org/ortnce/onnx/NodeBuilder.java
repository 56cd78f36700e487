package org.ortnce.onnx;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.ortnce.onnx.proto.AttributeProto;
import org.ortnce.tensor.Tensor;

/**
 * Makes a node of any operator of any domain: the extension point of the builder.
 *
 * <p>Inputs and outputs are given in the order of the operator's signature. The builder checks
 * counts and names only: types and shapes of operators it does not know are the caller's to check.
 * Errors are {@link IllegalArgumentException}s that name the operator. A builder makes one node.
 *
 * <pre>{@code
 * Value y = NodeBuilder.of("FastGelu", "com.example", 1)
 *     .input(x)
 *     .optionalInput(bias)
 *     .output("y", x.type())
 *     .buildOne();
 * }</pre>
 */
public final class NodeBuilder {
  /** A declared output; {@code elements} as in {@link Value#elements()}. */
  record Output(String name, TensorType type, boolean optional, List<Dim> elements) {}

  private final String opType;
  private final String domain;
  private final int sinceVersion;
  private int untilVersion = Integer.MAX_VALUE;
  private final List<Value> inputs = new ArrayList<>();
  private int minInputs;
  private final TreeMap<String, AttributeProto> attributes = new TreeMap<>();
  private final List<Output> outputs = new ArrayList<>();
  private OnnxFunction fallback;
  private GradientRule gradient;
  private ImportedNode imported;
  private int axesInputSince;
  private boolean built;

  private NodeBuilder(String opType, String domain, int sinceVersion) {
    this.opType = opType;
    this.domain = domain;
    this.sinceVersion = sinceVersion;
  }

  /**
   * Starts a node.
   *
   * @param opType the operator, such as {@code MatMul}
   * @param domain its domain; {@code ""} (or {@code ai.onnx}) is ONNX's own
   * @param sinceVersion the lowest operator set version of the domain that has the operator in this
   *     form; a model imports the highest that its nodes ask for
   */
  public static NodeBuilder of(String opType, String domain, int sinceVersion) {
    if (opType == null || opType.isEmpty()) {
      throw new IllegalArgumentException("opType must not be empty, got " + opType);
    }
    Objects.requireNonNull(domain, "domain");
    if (sinceVersion < 1) {
      throw new IllegalArgumentException(
          opType + ": sinceVersion must be >= 1, got " + sinceVersion);
    }
    return new NodeBuilder(opType, domain.equals("ai.onnx") ? "" : domain, sinceVersion);
  }

  /** Starts a node of ONNX's own domain that exists in {@link Opsets#BASE}. */
  static NodeBuilder standard(String opType) {
    return new NodeBuilder(opType, "", 1);
  }

  /** Starts a node of a model that was read; its operator sets are its own to say. */
  static NodeBuilder imported(ImportedNode imported) {
    NodeBuilder node =
        new NodeBuilder(
            imported.proto().getOpType(), ModelReader.domain(imported.proto().getDomain()), 1);
    node.imported = imported;
    return node;
  }

  /** Adds an output of an imported node; "" is one it does not have, null an unknown type. */
  NodeBuilder importedOutput(String name, TensorType typeOrNull) {
    outputs.add(new Output(name, typeOrNull, name.isEmpty(), null));
    return this;
  }

  /** From this version on, the attribute {@code axes} is written as the last input instead. */
  NodeBuilder axesInputSince(int version) {
    axesInputSince = version;
    return this;
  }

  /** The highest operator set version of the domain in which this form of the node is valid. */
  public NodeBuilder untilVersion(int version) {
    checkOpen();
    if (version < sinceVersion) {
      throw error("untilVersion " + version + " is below sinceVersion " + sinceVersion);
    }
    untilVersion = version;
    return this;
  }

  /** Adds a required input. */
  public NodeBuilder input(Value value) {
    checkOpen();
    if (value == null) {
      throw error("input " + inputs.size() + " is required, got null");
    }
    inputs.add(value);
    minInputs = inputs.size();
    return this;
  }

  /** Adds an optional input; null leaves a hole, and holes at the end are not written. */
  public NodeBuilder optionalInput(Value valueOrNull) {
    checkOpen();
    inputs.add(valueOrNull);
    return this;
  }

  /** Adds the values of a variadic input. */
  public NodeBuilder inputs(List<Value> values) {
    values.forEach(this::input);
    return this;
  }

  /** Keeps holes at the end of the inputs so that at least {@code count} inputs are written. */
  public NodeBuilder minInputs(int count) {
    minInputs = Math.max(minInputs, count);
    return this;
  }

  /** Adds an attribute of type INT. */
  public NodeBuilder intAttribute(String name, long value) {
    return attribute(name, Protos.attribute(name, value));
  }

  /** Adds an attribute of type FLOAT. */
  public NodeBuilder floatAttribute(String name, float value) {
    return attribute(name, Protos.attribute(name, value));
  }

  /** Adds an attribute of type STRING. */
  public NodeBuilder stringAttribute(String name, String value) {
    return attribute(name, Protos.attribute(name, required(name, value)));
  }

  /** Adds an attribute of type INTS. */
  public NodeBuilder intsAttribute(String name, long... values) {
    return attribute(name, Protos.attribute(name, required(name, values)));
  }

  /** Adds an attribute of type FLOATS. */
  public NodeBuilder floatsAttribute(String name, float... values) {
    return attribute(name, Protos.attribute(name, required(name, values)));
  }

  /** Adds an attribute of type STRINGS. */
  public NodeBuilder stringsAttribute(String name, List<String> values) {
    return attribute(name, Protos.attribute(name, required(name, values)));
  }

  /** Adds an attribute of type TENSOR; the data is copied. */
  public NodeBuilder tensorAttribute(String name, Tensor value) {
    return attribute(name, Protos.attribute(name, required(name, value)));
  }

  /**
   * Adds an output.
   *
   * @param name its name in the operator's signature, used in the names of values
   */
  public NodeBuilder output(String name, TensorType type) {
    return output(name, type, false, null);
  }

  /** Adds an output that is written only if something uses it. */
  public NodeBuilder optionalOutput(String name, TensorType type) {
    return output(name, type, true, null);
  }

  /** Adds an output named {@code out} whose elements may be known if it is a scalar or vector. */
  NodeBuilder output(TensorType type, List<Dim> elements) {
    boolean flat = type.shape().hasRank() && type.shape().rank() <= 1;
    if (elements == null || !flat) {
      return output("out", type, false, null);
    }
    // Elements that are known are counted too, whatever the operator made of the shape.
    boolean open = type.shape().rank() == 1 && !type.shape().dim(0).isFixed();
    Shape shape = open ? Shape.of(elements.size()) : type.shape();
    return output("out", new TensorType(type.elementType(), shape), false, elements);
  }

  private NodeBuilder output(String name, TensorType type, boolean optional, List<Dim> elements) {
    if (name == null || name.isEmpty()) {
      throw error("output " + outputs.size() + " needs a name, got " + name);
    }
    if (type == null) {
      throw error("output " + name + " needs a type, got null");
    }
    checkOpen();
    outputs.add(new Output(name, type, optional, elements));
    return this;
  }

  /**
   * A model-local function with the meaning of this very node, for runtimes that do not have the
   * operator. It travels with the node into every portable model.
   */
  public NodeBuilder fallback(OnnxFunction function) {
    checkOpen();
    fallback = Objects.requireNonNull(function, "function");
    return this;
  }

  /** The rule that passes gradients from the outputs of this node to its inputs. */
  public NodeBuilder gradient(GradientRule rule) {
    checkOpen();
    gradient = Objects.requireNonNull(rule, "rule");
    return this;
  }

  /**
   * Makes the node.
   *
   * @return its outputs in order, optional ones included
   * @throws IllegalArgumentException if there is no output, or the fallback does not fit the node
   * @throws IllegalStateException if the node has been made already
   */
  public List<Value> build() {
    checkOpen();
    if (outputs.isEmpty()) {
      throw error("a node needs at least one output");
    }
    while (inputs.size() < minInputs) {
      inputs.add(null);
    }
    int count = inputs.size();
    while (count > minInputs && inputs.get(count - 1) == null) {
      count--;
    }
    List<Value> kept = Collections.unmodifiableList(new ArrayList<>(inputs.subList(0, count)));
    if (fallback != null) {
      fallback.checkFits(this, kept);
    }
    built = true;
    List<AttributeProto> written =
        imported == null ? List.copyOf(attributes.values()) : imported.proto().getAttributeList();
    return new Node(this, kept, written).outputs();
  }

  /** Makes the node and returns its only output. */
  public Value buildOne() {
    if (outputs.size() != 1) {
      throw error("buildOne() needs exactly 1 output, got " + outputs.size());
    }
    return build().get(0);
  }

  private void checkOpen() {
    if (built) {
      throw new IllegalStateException(opType + ": this builder has made its node already");
    }
  }

  String opType() {
    return opType;
  }

  String domain() {
    return domain;
  }

  int sinceVersion() {
    return sinceVersion;
  }

  int untilVersion() {
    return untilVersion;
  }

  List<Output> outputs() {
    return outputs;
  }

  OnnxFunction fallback() {
    return fallback;
  }

  GradientRule gradient() {
    return gradient;
  }

  ImportedNode imported() {
    return imported;
  }

  int axesInputSince() {
    return axesInputSince;
  }

  IllegalArgumentException error(String text) {
    return new IllegalArgumentException(opType + ": " + text);
  }

  private <T> T required(String name, T value) {
    if (value == null) {
      throw error("attribute " + name + " is null");
    }
    return value;
  }

  private NodeBuilder attribute(String name, AttributeProto attribute) {
    if (name == null || name.isEmpty()) {
      throw error("an attribute needs a name, got " + name);
    }
    if (attributes.putIfAbsent(name, attribute) != null) {
      throw error("attribute " + name + " is given twice");
    }
    return this;
  }
}
