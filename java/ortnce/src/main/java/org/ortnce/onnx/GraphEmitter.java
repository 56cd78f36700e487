package org.ortnce.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ortnce.onnx.proto.AttributeProto;
import org.ortnce.onnx.proto.NodeProto;
import org.ortnce.onnx.proto.ValueInfoProto;

/** Gives names to the nodes and values of a {@link Plan} and writes them in the ONNX format. */
final class GraphEmitter {
  private final Plan plan;
  private final FunctionSet functions;
  private final Names names;
  private final long opset;
  private final Map<Value, String> named;
  private final List<NodeProto> nodes = new ArrayList<>();
  private final Set<Node> keptNodeNames = new HashSet<>();
  private final List<ValueInfoProto> valueInfos = new ArrayList<>();

  /**
   * Writes a plan.
   *
   * @param leaves the names of all leaves of the plan
   * @param names which has taken the names of leaves and outputs
   * @param functions the functions that go into the model
   * @param opset the version of ONNX's own operator set
   */
  GraphEmitter(
      Plan plan, Map<Value, String> leaves, Names names, FunctionSet functions, long opset) {
    this.plan = plan;
    this.functions = functions;
    this.names = names;
    this.opset = opset;
    this.named = new HashMap<>(leaves);
    List<Plan.Output> copies = new ArrayList<>();
    for (Plan.Output output : plan.outputs()) {
      if (named.putIfAbsent(output.value(), output.name()) != null) {
        copies.add(output);
      }
    }
    plan.nodes().forEach(this::keepNames);
    plan.nodes().forEach(this::emit);
    for (Plan.Output output : copies) {
      nodes.add(
          NodeProto.newBuilder()
              .setOpType("Identity")
              .setName(names.node("Identity"))
              .addInput(named.get(output.value()))
              .addOutput(output.name())
              .build());
    }
  }

  List<NodeProto> nodes() {
    return nodes;
  }

  /** The types of all values that are neither leaves nor outputs of the plan. */
  List<ValueInfoProto> valueInfos() {
    return valueInfos;
  }

  /** Imported values keep their names; new ones must find others. */
  private void keepNames(Node node) {
    if (node.imported() == null) {
      return;
    }
    for (int i = 0; i < node.outputs().size(); i++) {
      Value value = node.outputs().get(i);
      if (!node.isOptionalOutput(i) && !named.containsKey(value)) {
        named.put(value, names.imported(node.outputName(i)));
        if (value.type() != null) {
          valueInfos.add(Protos.valueInfo(named.get(value), value.type()));
        }
      }
    }
    if (names.reserveNode(node.imported().proto().getName())) {
      keptNodeNames.add(node);
    }
  }

  private void emitImported(Node node) {
    NodeProto.Builder proto = node.imported().proto().toBuilder().clearInput().clearOutput();
    if (!keptNodeNames.contains(node)) {
      proto.setName(names.node(node.opType()));
    }
    node.inputs().forEach(input -> proto.addInput(input == null ? "" : named.get(input)));
    for (int i = 0; i < node.outputs().size(); i++) {
      proto.addOutput(node.isOptionalOutput(i) ? "" : named.get(node.outputs().get(i)));
    }
    if (Subgraphs.has(proto.build())) {
      Map<String, String> outer = new HashMap<>();
      node.imported().captured().forEach((name, value) -> outer.put(name, named.get(value)));
      for (int i = 0; i < proto.getAttributeCount(); i++) {
        proto.setAttribute(i, Subgraphs.renamed(proto.getAttribute(i), outer, names::imported));
      }
    }
    nodes.add(proto.build());
  }

  /** Makes an input of the attribute {@code axes}, if the operator set wants it so. */
  private void moveAxes(NodeProto.Builder proto) {
    for (int i = 0; i < proto.getAttributeCount(); i++) {
      AttributeProto axes = proto.getAttribute(i);
      if (axes.getName().equals("axes")) {
        String name = names.value(proto.getName() + "_axes");
        nodes.add(
            NodeProto.newBuilder()
                .setOpType("Constant")
                .setName(names.node("Constant"))
                .addAttribute(axes.toBuilder().setName("value_ints"))
                .addOutput(name)
                .build());
        proto.removeAttribute(i).addInput(name);
        return;
      }
    }
  }

  private void emit(Node node) {
    if (node.imported() != null) {
      emitImported(node);
      return;
    }
    NodeProto.Builder proto =
        NodeProto.newBuilder()
            .setOpType(node.opType())
            .setName(names.node(node.opType()))
            .addAllAttribute(node.attributes());
    if (!node.domain().isEmpty()) {
      proto.setDomain(node.domain());
    }
    for (Value input : node.inputs()) {
      proto.addInput(input == null ? "" : named.get(input));
    }
    if (node.axesInputSince() > 0 && node.axesInputSince() <= opset) {
      moveAxes(proto);
    }
    int function = functions.outputsOf(node);
    int listed = Math.max(function, plan.listedOutputs(node));
    for (int i = 0; i < listed; i++) {
      boolean hole = function == 0 && node.isOptionalOutput(i) && !plan.isUsed(node, i);
      proto.addOutput(hole ? "" : name(node, i, proto.getName()));
    }
    nodes.add(proto.build());
  }

  private String name(Node node, int index, String nodeName) {
    Value value = node.outputs().get(index);
    String name = named.get(value);
    if (name == null) {
      name = names.value(nodeName + "_" + node.outputName(index));
      named.put(value, name);
      valueInfos.add(Protos.valueInfo(name, value.type()));
    }
    return name;
  }
}
