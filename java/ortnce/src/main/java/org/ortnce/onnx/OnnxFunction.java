package org.ortnce.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.ortnce.onnx.proto.FunctionProto;
import org.ortnce.tensor.Tensor;

/**
 * A model-local function: the meaning of an operator written in other operators.
 *
 * <p>A runtime that has no kernel for a node of this domain and name runs the function instead.
 * Functions have no attributes of their own and cannot ask whether an optional input is there, so a
 * body is made for one configuration of the operator; see {@link NodeBuilder#fallback}.
 *
 * <pre>{@code
 * OnnxFunction.Builder f = OnnxFunction.builder("com.example", "Square");
 * Value x = f.input("x", type);
 * OnnxFunction square = f.output("y", Ops.mul(x, x)).build();
 * }</pre>
 */
public final class OnnxFunction {
  private final String domain;
  private final String name;
  private final Map<String, Value> formals;
  private final Plan body;

  private OnnxFunction(Builder builder) {
    domain = builder.domain;
    name = builder.name;
    formals = new LinkedHashMap<>(builder.formals);
    body = new Plan(builder.outputs);
  }

  /**
   * Starts the function that stands for the operator {@code name} of {@code domain}.
   *
   * @throws IllegalArgumentException if one is empty; ONNX's own domain cannot be extended
   */
  public static Builder builder(String domain, String name) {
    Names.check("function domain", domain);
    Names.check("function", name);
    if (domain.equals("ai.onnx")) {
      throw new IllegalArgumentException("functions cannot be added to domain ai.onnx");
    }
    return new Builder(domain, name);
  }

  /** The domain of the operator this stands for. */
  public String domain() {
    return domain;
  }

  /** The name of the operator this stands for. */
  public String name() {
    return name;
  }

  Plan body() {
    return body;
  }

  /** Checks that the function can stand for a node that is being made. */
  void checkFits(NodeBuilder node, List<Value> inputs) {
    if (!domain.equals(node.domain()) || !name.equals(node.opType())) {
      throw node.error(
          "the fallback must be a function "
              + node.domain()
              + ":"
              + node.opType()
              + ", got "
              + this);
    }
    if (body.outputs().size() != node.outputs().size()) {
      throw node.error(
          "the fallback must have the "
              + node.outputs().size()
              + " outputs of the node, got "
              + body.outputs().size());
    }
    if (inputs.size() > formals.size()) {
      throw node.error(
          "the fallback must have at least the "
              + inputs.size()
              + " inputs of the node, got "
              + formals.size());
    }
    int i = 0;
    for (Map.Entry<String, Value> formal : formals.entrySet()) {
      Value given = i < inputs.size() ? inputs.get(i) : null;
      Value expected = formal.getValue();
      if (given == null && expected != null && body.leaves().contains(expected)) {
        throw node.error("the fallback reads input " + formal.getKey() + ", which is absent");
      }
      if (given != null
          && expected != null
          && (given.elementType() != expected.elementType()
              || !given.shape().isCompatibleWith(expected.shape()))) {
        throw node.error(
            "the fallback expects input " + formal.getKey() + " " + expected + ", got " + given);
      }
      i++;
    }
  }

  /** The function cut to its first outputs; the model imports {@code opsets}. */
  FunctionProto toProto(int outputCount, Opsets opsets, FunctionSet functions) {
    Plan plan = new Plan(body.outputs().subList(0, outputCount));
    Names names = new Names();
    Map<Value, String> leaves = new HashMap<>();
    formals.forEach(
        (formal, value) -> {
          names.reserve(formal);
          if (value != null) {
            leaves.put(value, formal);
          }
        });
    plan.outputs().forEach(output -> names.reserve(output.name()));
    Set<String> domains = new TreeSet<>();
    plan.nodes().forEach(node -> domains.add(node.domain()));
    FunctionProto.Builder proto =
        FunctionProto.newBuilder()
            .setName(name)
            .setDomain(domain)
            .addAllInput(formals.keySet())
            .addAllNode(
                new GraphEmitter(plan, leaves, names, functions, opsets.version("")).nodes())
            .addAllOpsetImport(opsets.imports(domains));
    plan.outputs().forEach(output -> proto.addOutput(output.name()));
    return proto.build();
  }

  /** Domain and name. */
  @Override
  public String toString() {
    return domain + ":" + name;
  }

  /** Collects the formal parameters and results of a function; makes one function. */
  public static final class Builder {
    private final String domain;
    private final String name;
    private final Map<String, Value> formals = new LinkedHashMap<>();
    private final List<Plan.Output> outputs = new ArrayList<>();
    private final Names names = new Names();

    private Builder(String domain, String name) {
      this.domain = domain;
      this.name = name;
    }

    /**
     * Adds the next formal input and returns it, to be used in the body.
     *
     * @throws IllegalArgumentException if the name is empty or taken
     */
    public Value input(String inputName, TensorType type) {
      reserve("input", inputName);
      Value formal = Value.formal(type);
      formals.put(inputName, formal);
      return formal;
    }

    /** Adds a formal input that the body does not read: the place of an optional input. */
    public Builder absentInput(String inputName) {
      reserve("input", inputName);
      formals.put(inputName, null);
      return this;
    }

    /**
     * Adds the next output.
     *
     * @throws IllegalArgumentException if the name is empty or taken, or the value null
     */
    public Builder output(String outputName, Value value) {
      reserve("output", outputName);
      if (value == null) {
        throw new IllegalArgumentException(
            domain + ":" + name + ": output " + outputName + " is null");
      }
      outputs.add(new Plan.Output(outputName, value));
      return this;
    }

    private void reserve(String what, String taken) {
      Names.check("function " + what, taken);
      if (!names.reserve(taken)) {
        throw new IllegalArgumentException(
            domain + ":" + name + ": the name '" + taken + "' is given twice");
      }
    }

    /**
     * Makes the function.
     *
     * @throws IllegalStateException if it has no output, or the body reads anything but the formal
     *     inputs of this function and constants ({@link Ops#constant(Tensor)})
     */
    public OnnxFunction build() {
      if (outputs.isEmpty()) {
        throw new IllegalStateException(domain + ":" + name + " has no output");
      }
      OnnxFunction function = new OnnxFunction(this);
      for (Value leaf : function.body.leaves()) {
        if (!formals.containsValue(leaf)) {
          throw new IllegalStateException(
              domain
                  + ":"
                  + name
                  + ": the body reads a "
                  + leaf
                  + " that is no formal input of this function, but "
                  + switch (leaf.kind()) {
                    case INITIALIZER -> "an initializer (use Ops.constant)";
                    case INPUT -> "a graph input";
                    default -> "one of another function";
                  });
        }
      }
      return function;
    }
  }
}
