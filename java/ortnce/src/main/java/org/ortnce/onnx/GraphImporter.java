package org.ortnce.onnx;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.ortnce.onnx.proto.FunctionProto;
import org.ortnce.onnx.proto.GraphProto;
import org.ortnce.onnx.proto.ModelProto;
import org.ortnce.onnx.proto.NodeProto;
import org.ortnce.onnx.proto.TensorProto;
import org.ortnce.onnx.proto.ValueInfoProto;

/** Makes values of this package of the graph of a model that was read. */
final class GraphImporter {
  /** Gives the type of a value by its name and the type the model has for it, both or either. */
  interface Types {
    TensorType of(String name, TensorType writtenOrNull);
  }

  private final OnnxModel model;
  private final ModelProto proto;
  private final Types types;
  private final UnaryOperator<String> inputNames;
  private final Map<String, Long> opsets;
  private final OpsetUpgrade upgrade;

  /** Those of the nodes that were rewritten. */
  private final Map<String, Long> upgraded;

  private final ImportedFunctions functions;
  private final Map<String, TensorType> written = new HashMap<>();
  private final Map<String, Value> values = new LinkedHashMap<>();

  /**
   * Reads the graph.
   *
   * @param inputNames gives graph inputs the names they have in new graphs
   */
  GraphImporter(OnnxModel model, Types types, UnaryOperator<String> inputNames) throws IOException {
    this.model = model;
    this.inputNames = inputNames;
    this.proto = model.proto();
    this.types = types;
    this.opsets = model.opsetImports();
    this.upgrade = new OpsetUpgrade(proto);
    this.upgraded = new HashMap<>(opsets);
    upgraded.put("", upgrade.target());
    EmbeddedData embedded = new EmbeddedData(model.directory());
    List<FunctionProto> bodies = new ArrayList<>();
    for (FunctionProto function : proto.getFunctionsList()) {
      bodies.add(upgrade.function(embedded.of(function)));
    }
    this.functions = new ImportedFunctions(bodies);
    GraphProto graph = proto.getGraph();
    if (graph.getSparseInitializerCount() > 0) {
      throw new IOException("the graph has sparse initializers, which cannot be imported");
    }
    graph.getValueInfoList().forEach(this::note);
    graph.getOutputList().forEach(this::note);
    leaves(graph);
    for (NodeProto node : graph.getNodeList()) {
      nodes(embedded.of(node));
    }
  }

  /** All values of the graph by name; those of unknown type have none. */
  Map<String, Value> values() {
    return values;
  }

  private void note(ValueInfoProto value) {
    ModelReader.tensorType(value.getType()).ifPresent(type -> written.put(value.getName(), type));
  }

  private void leaves(GraphProto graph) throws IOException {
    for (TensorProto tensor : graph.getInitializerList()) {
      TensorType type =
          ModelReader.elementType(tensor.getDataType())
              .map(
                  element ->
                      new TensorType(
                          element,
                          Shape.of(
                              tensor.getDimsList().stream().mapToLong(Long::longValue).toArray())))
              .orElse(null);
      ImportedLeaf leaf = new ImportedLeaf(tensor.getName(), 0, tensor, model.directory());
      define(tensor.getName(), Value.imported(Value.Kind.INITIALIZER, type, leaf));
    }
    int position = 0;
    for (ValueInfoProto input : graph.getInputList()) {
      note(input);
      if (!values.containsKey(input.getName())) {
        TensorType type = types.of(input.getName(), written.get(input.getName()));
        String name = inputNames.apply(input.getName());
        ImportedLeaf leaf = new ImportedLeaf(name, position, null, model.directory());
        define(input.getName(), Value.imported(Value.Kind.INPUT, type, leaf));
      }
      position++;
    }
  }

  private void define(String name, Value value) throws IOException {
    if (values.putIfAbsent(name, value) != null) {
      throw new IOException("the graph makes '" + name + "' twice");
    }
  }

  private void nodes(NodeProto node) throws IOException {
    long written = opsets.getOrDefault("", 0L);
    // Asked first: a form in the later version takes names.
    Optional<List<NodeProto>> nodes =
        upgrade.isNeedless(node, written) ? Optional.empty() : upgrade.node(node, written);
    if (nodes.isEmpty()) {
      node(node, opsets);
      return;
    }
    for (NodeProto later : nodes.get()) {
      node(later, upgraded);
    }
  }

  private void node(NodeProto node, Map<String, Long> versions) throws IOException {
    Map<String, Value> captured = new LinkedHashMap<>();
    for (String name : Subgraphs.captured(node)) {
      captured.put(name, read(node, name));
    }
    Map<String, FunctionProto> needed = new LinkedHashMap<>();
    functions.collect(node, needed);
    ImportedNode imported =
        new ImportedNode(
            node,
            captured,
            ranges(node, versions, needed),
            List.copyOf(needed.values()),
            proto.getIrVersion());
    NodeBuilder builder = NodeBuilder.imported(imported);
    for (String input : node.getInputList()) {
      builder.optionalInput(input.isEmpty() ? null : read(node, input));
    }
    for (String output : node.getOutputList()) {
      builder.importedOutput(
          output, output.isEmpty() ? null : types.of(output, written.get(output)));
    }
    if (node.getOutputCount() == 0) {
      return;
    }
    List<Value> outputs = builder.minInputs(node.getInputCount()).build();
    for (int i = 0; i < outputs.size(); i++) {
      if (!node.getOutput(i).isEmpty()) {
        define(node.getOutput(i), outputs.get(i));
      }
    }
  }

  private Value read(NodeProto node, String name) throws IOException {
    Value value = values.get(name);
    if (value == null) {
      throw new IOException(
          "node '"
              + node.getName()
              + "' ("
              + node.getOpType()
              + ") reads '"
              + name
              + "', which nothing before it makes");
    }
    return value;
  }

  private static List<OpsetRange> ranges(
      NodeProto node, Map<String, Long> versions, Map<String, FunctionProto> needed)
      throws IOException {
    List<OpsetRange> ranges = new ArrayList<>();
    ranges(node, versions, ranges);
    for (FunctionProto function : needed.values()) {
      Map<String, Long> own = ModelReader.opsetImports(function.getOpsetImportList());
      for (NodeProto inner : function.getNodeList()) {
        ranges(inner, own, ranges);
      }
    }
    return List.copyOf(ranges);
  }

  private static void ranges(NodeProto node, Map<String, Long> versions, List<OpsetRange> ranges)
      throws IOException {
    List<String> problems = new ArrayList<>();
    Subgraphs.visit(
        node,
        (inner, tensor) -> {
          String domain = ModelReader.domain(inner.getDomain());
          String op = (domain.isEmpty() ? "" : domain + ":") + inner.getOpType();
          Long version = versions.get(domain);
          if (version == null) {
            problems.add(op + " is of a domain without an opset_import");
          } else if (tensor == null) {
            long until = OperatorVersions.untilVersion(domain, inner.getOpType(), version);
            ranges.add(new OpsetRange(domain, op + " of the imported model", version, until));
          }
        });
    if (!problems.isEmpty()) {
      throw new IOException(problems.get(0));
    }
  }
}
