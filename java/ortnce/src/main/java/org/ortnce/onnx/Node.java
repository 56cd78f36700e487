package org.ortnce.onnx;

import java.util.ArrayList;
import java.util.List;
import org.ortnce.onnx.proto.AttributeProto;

/** A node as {@link NodeBuilder} leaves it: immutable, its names still to be given. */
final class Node {
  private final NodeBuilder made;
  private final List<Value> inputs;
  private final List<AttributeProto> attributes;
  private final List<Value> outputs;

  Node(NodeBuilder made, List<Value> inputs, List<AttributeProto> attributes) {
    this.made = made;
    this.inputs = inputs;
    this.attributes = attributes;
    List<Value> values = new ArrayList<>();
    for (NodeBuilder.Output output : made.outputs()) {
      values.add(Value.output(this, values.size(), output.type(), output.elements()));
    }
    this.outputs = List.copyOf(values);
  }

  String opType() {
    return made.opType();
  }

  String domain() {
    return made.domain();
  }

  /** The operator set versions of the domain in which the node means what it says, inclusive. */
  int sinceVersion() {
    return made.sinceVersion();
  }

  int untilVersion() {
    return made.untilVersion();
  }

  /** The inputs in order; null is a hole. */
  List<Value> inputs() {
    return inputs;
  }

  /** The attributes in the order of their names. */
  List<AttributeProto> attributes() {
    return attributes;
  }

  List<Value> outputs() {
    return outputs;
  }

  String outputName(int index) {
    return made.outputs().get(index).name();
  }

  boolean isOptionalOutput(int index) {
    return made.outputs().get(index).optional();
  }

  /** What a node of a model that was read brings; null for a new one. */
  ImportedNode imported() {
    return made.imported();
  }

  /** Everything that must be made before this node: its inputs, and what its subgraphs read. */
  List<Value> dependencies() {
    if (imported() == null || imported().captured().isEmpty()) {
      return inputs;
    }
    List<Value> all = new ArrayList<>(inputs);
    all.addAll(imported().captured().values());
    return all;
  }

  /** The operator sets that have this node, and all that is in it. */
  List<OpsetRange> opsetRanges() {
    return imported() == null
        ? List.of(new OpsetRange(domain(), qualifiedName(), sinceVersion(), untilVersion()))
        : imported().ranges();
  }

  /** The lowest version of the format that can have this node; 0 if any can. */
  long irVersion() {
    return imported() == null ? 0 : imported().irVersion();
  }

  /** The version from which on the attribute {@code axes} is an input instead; 0 if it never is. */
  int axesInputSince() {
    return made.axesInputSince();
  }

  /** The model-local function with the same meaning, or null. */
  OnnxFunction fallback() {
    return made.fallback();
  }

  /** How gradients pass through the node, or null. */
  GradientRule gradient() {
    return made.gradient();
  }

  /** Such as {@code org.ortnce:NceLoss}, or {@code MatMul} in ONNX's own domain. */
  String qualifiedName() {
    return domain().isEmpty() ? opType() : domain() + ":" + opType();
  }
}
