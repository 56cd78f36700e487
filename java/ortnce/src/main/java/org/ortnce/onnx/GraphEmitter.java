package org.ortnce.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ortnce.onnx.proto.NodeProto;
import org.ortnce.onnx.proto.ValueInfoProto;

/** Gives names to the nodes and values of a {@link Plan} and writes them in the ONNX format. */
final class GraphEmitter {
  private final Plan plan;
  private final FunctionSet functions;
  private final Names names;
  private final Map<Value, String> named;
  private final List<NodeProto> nodes = new ArrayList<>();
  private final List<ValueInfoProto> valueInfos = new ArrayList<>();

  /**
   * Writes a plan.
   *
   * @param leaves the names of all leaves of the plan
   * @param names which has taken the names of leaves and outputs
   * @param functions the functions that go into the model
   */
  GraphEmitter(Plan plan, Map<Value, String> leaves, Names names, FunctionSet functions) {
    this.plan = plan;
    this.functions = functions;
    this.names = names;
    this.named = new HashMap<>(leaves);
    List<Plan.Output> copies = new ArrayList<>();
    for (Plan.Output output : plan.outputs()) {
      if (named.putIfAbsent(output.value(), output.name()) != null) {
        copies.add(output);
      }
    }
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

  private void emit(Node node) {
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
