package org.ortnce.attach;

import static org.ortnce.attach.GraphParts.BOOL;
import static org.ortnce.attach.GraphParts.FLOAT;
import static org.ortnce.attach.GraphParts.INT64;
import static org.ortnce.attach.GraphParts.attribute;
import static org.ortnce.attach.GraphParts.info;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.ortnce.onnx.proto.AttributeProto;
import org.ortnce.onnx.proto.FunctionProto;
import org.ortnce.onnx.proto.GraphProto;
import org.ortnce.onnx.proto.ModelProto;
import org.ortnce.onnx.proto.NodeProto;
import org.ortnce.onnx.proto.OperatorSetIdProto;
import org.ortnce.onnx.proto.ValueInfoProto;
import org.ortnce.tensor.Tensor;

/**
 * A random model with activations float [n, dim]: operator sets 11 to 22, random layers ({@link
 * RandomLayers}) some of which are in branches, loops and functions, names of every sort.
 */
final class RandomEncoder {
  static final String DOMAIN = "com.example";
  private static final int WORDS = 17;

  private final Random random;
  private final OddNames names;
  private final RandomLayers layers;
  private final List<FunctionProto> functions = new ArrayList<>();
  private final Map<String, Tensor> inputs = new LinkedHashMap<>();
  private final List<ValueInfoProto> inputInfos = new ArrayList<>();
  private final ModelProto.Builder model = ModelProto.newBuilder();
  final long opset;
  final int dim;
  final int batch;
  final String activations;

  RandomEncoder(Random random) {
    this.random = random;
    names = new OddNames(random);
    opset = random.nextLong(11, 23);
    dim = 4 + 2 * random.nextInt(7);
    batch = 1 + random.nextInt(5);
    layers = new RandomLayers(random, opset, dim);
    GraphParts graph = new GraphParts(random, names);
    String x = input(graph);
    int wanted = random.nextInt(4);
    String found = x;
    int depth = 1 + random.nextInt(9);
    for (int i = 0; i < depth; i++) {
      x = layer(graph, x);
      found = i <= wanted ? x : found;
    }
    activations = random.nextInt(10) == 0 ? found : graph.node("Tanh", List.of(found));
    String other = graph.node("ReduceMax", List.of(x), attribute("keepdims", 0));
    GraphProto.Builder proto =
        GraphProto.newBuilder()
            .setName("g")
            .addAllNode(graph.nodes)
            .addAllInitializer(graph.initializers)
            .addAllInput(inputInfos)
            .addOutput(info(other, FLOAT));
    ValueInfoProto type = info(activations, FLOAT, -1, dim);
    if (random.nextBoolean()) {
      proto.addOutput(type);
    } else if (random.nextBoolean()) {
      proto.addValueInfo(type);
    }
    long leastIr = opset <= 11 ? 6 : opset <= 14 ? 7 : opset <= 18 ? 8 : opset <= 20 ? 9 : 10;
    model
        .setIrVersion(functions.isEmpty() ? leastIr : Math.max(8, leastIr))
        .addOpsetImport(opset(random.nextBoolean() ? "" : "ai.onnx", opset))
        .addAllFunctions(functions)
        .setGraph(proto);
    if (!functions.isEmpty()) {
      model.addOpsetImport(opset(DOMAIN, 1));
    }
  }

  ModelProto model() {
    return model.build();
  }

  /** The model with the activations as an output of this name. */
  ModelProto observed(String output) {
    ModelProto.Builder copy = model().toBuilder();
    copy.getGraphBuilder()
        .addNode(
            NodeProto.newBuilder().setOpType("Identity").addInput(activations).addOutput(output))
        .addOutput(info(output, FLOAT, -1, dim));
    return copy.build();
  }

  /** Values for the inputs of the graph. */
  Map<String, Tensor> inputs() {
    return inputs;
  }

  private static OperatorSetIdProto opset(String domain, long version) {
    return OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version).build();
  }

  /** Features, or ids with an embedding table and a mask. */
  private String input(GraphParts graph) {
    if (random.nextBoolean()) {
      String name = inputName();
      float[] values = new float[batch * dim];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian();
      }
      inputs.put(name, Tensor.of(values, batch, dim));
      inputInfos.add(info(name, FLOAT, -1, dim));
      return name;
    }
    int length = 3;
    String ids = inputName();
    String mask = inputName();
    inputs.put(
        ids, Tensor.of(random.longs((long) batch * length, 0, WORDS).toArray(), batch, length));
    float[] kept = new float[batch * length];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = random.nextInt(2);
    }
    inputs.put(mask, Tensor.of(kept, batch, length, 1));
    inputInfos.add(info(ids, INT64, -1, length));
    inputInfos.add(info(mask, FLOAT, -1, length, 1));
    String rows = graph.node("Gather", List.of(graph.weights(WORDS, dim), ids));
    String masked = graph.node("Mul", List.of(rows, mask));
    String flat = graph.node("Reshape", List.of(masked, graph.integers(-1, (long) length * dim)));
    return graph.node("MatMul", List.of(flat, graph.weights((long) length * dim, dim)));
  }

  /** One that ONNX Runtime's Java API can feed. */
  private String inputName() {
    String name;
    do {
      name = names.next();
    } while (name.chars().anyMatch(c -> Character.isSurrogate((char) c)));
    return name;
  }

  private String layer(GraphParts graph, String x) {
    return switch (random.nextInt(8)) {
      case 0 -> branch(graph, x);
      case 1 -> loop(graph, x);
      case 2 -> function(graph, x);
      default -> layers.add(graph, x);
    };
  }

  /** If: each branch reads x from around it. */
  private String branch(GraphParts graph, String x) {
    AttributeProto[] branches = new AttributeProto[2];
    for (int i = 0; i < 2; i++) {
      GraphParts inner = new GraphParts(random, names);
      String y = random.nextInt(4) == 0 ? loop(inner, x) : layers.add(inner, x);
      GraphProto body = inner.toSubgraph(List.of(), List.of(info(y, FLOAT, -1, dim)));
      branches[i] = attribute(i == 0 ? "then_branch" : "else_branch", body);
    }
    String condition = graph.scalar(BOOL, random.nextInt(2));
    return graph.node("If", List.of(condition), branches);
  }

  /** Loop: two rounds, x carried around, a value of the outer graph added in each. */
  private String loop(GraphParts graph, String x) {
    GraphParts inner = new GraphParts(random, names);
    String round = names.next();
    String going = names.next();
    String carried = names.next();
    String sum = inner.node("Add", List.of(layers.add(inner, carried), x));
    String y = inner.node("Tanh", List.of(sum));
    String on = inner.node("Identity", List.of(going));
    GraphProto body =
        inner.toSubgraph(
            List.of(info(round, INT64), info(going, BOOL), info(carried, FLOAT, -1, dim)),
            List.of(info(on, BOOL), info(y, FLOAT, -1, dim)));
    return graph.node(
        "Loop", List.of(graph.scalar(INT64, 2), graph.scalar(BOOL, 1), x), attribute("body", body));
  }

  /** A model-local function with an attribute that its body refers to. */
  private String function(GraphParts graph, String x) {
    String name = "Local" + functions.size();
    GraphParts inner = new GraphParts(random, names);
    String in = names.next();
    String y = random.nextInt(3) == 0 ? branch(inner, in) : layers.add(inner, in);
    AttributeProto axis =
        AttributeProto.newBuilder()
            .setName("axis")
            .setType(AttributeProto.AttributeType.INT)
            .setRefAttrName("along")
            .build();
    y = inner.node("Softmax", List.of(y), axis);
    FunctionProto.Builder function =
        FunctionProto.newBuilder()
            .setDomain(DOMAIN)
            .setName(name)
            .addAttribute("along")
            .addInput(in)
            .addOutput(y)
            .addOpsetImport(opset("", opset));
    inner.initializers.forEach(
        tensor ->
            function.addNode(
                NodeProto.newBuilder()
                    .setOpType("Constant")
                    .addAttribute(attribute("value", tensor.toBuilder().clearName().build()))
                    .addOutput(tensor.getName())));
    functions.add(function.addAllNode(inner.nodes).build());
    return graph.node(name, List.of(x), attribute("along", 1));
  }
}
