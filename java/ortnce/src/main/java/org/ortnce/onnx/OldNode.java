package org.ortnce.onnx;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.ortnce.onnx.proto.AttributeProto;
import org.ortnce.onnx.proto.AttributeProto.AttributeType;
import org.ortnce.onnx.proto.NodeProto;

/** A node that is being rewritten, with the nodes that this needs before and after it. */
final class OldNode {
  private final NodeProto.Builder node;
  private final UnaryOperator<String> unique;
  private final String prefix;
  private final List<NodeProto> before = new ArrayList<>();
  private final List<NodeProto> after = new ArrayList<>();
  private boolean possible = true;

  OldNode(NodeProto node, UnaryOperator<String> unique) {
    this.node = node.toBuilder();
    this.unique = unique;
    this.prefix = node.getOutputCount() == 0 ? node.getOpType() : node.getOutput(0);
  }

  /** The nodes in order; empty if something that was asked for cannot be. */
  Optional<List<NodeProto>> done() {
    if (!possible) {
      return Optional.empty();
    }
    List<NodeProto> all = new ArrayList<>(before);
    all.add(node.build());
    all.addAll(after);
    return Optional.of(all);
  }

  static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value).build();
  }

  static AttributeProto number(String name, float value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.FLOAT)
        .setF(value)
        .build();
  }

  static AttributeProto string(String name, String value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.STRING)
        .setS(ByteString.copyFromUtf8(value))
        .build();
  }

  /** A new name for a value. */
  String value(String suffix) {
    return unique.apply(prefix + "_" + suffix);
  }

  String input(int index) {
    return index < node.getInputCount() ? node.getInput(index) : "";
  }

  String output() {
    return node.getOutput(0);
  }

  int outputCount() {
    return node.getOutputCount();
  }

  Optional<AttributeProto> attribute(String name) {
    return node.getAttributeList().stream().filter(a -> a.getName().equals(name)).findFirst();
  }

  OldNode operator(String opType) {
    node.setOpType(opType);
    return this;
  }

  OldNode setInput(int index, String name) {
    while (node.getInputCount() <= index) {
      node.addInput("");
    }
    node.setInput(index, name);
    return this;
  }

  OldNode setOutput(String name) {
    node.setOutput(0, name);
    return this;
  }

  OldNode setAttribute(AttributeProto attribute) {
    remove(attribute.getName());
    node.addAttribute(attribute);
    return this;
  }

  /** Takes an attribute away. */
  Optional<AttributeProto> remove(String name) {
    for (int i = 0; i < node.getAttributeCount(); i++) {
      AttributeProto attribute = node.getAttribute(i);
      if (attribute.getName().equals(name)) {
        node.removeAttribute(i);
        return Optional.of(attribute);
      }
    }
    return Optional.empty();
  }

  /** Demands that an attribute is absent or has this value, and takes it away. */
  OldNode lacks(String name, long value) {
    remove(name).ifPresent(a -> possible &= a.getRefAttrName().isEmpty() && a.getI() == value);
    return this;
  }

  /** Demands that there are no outputs but the first. */
  OldNode hasOneOutput() {
    possible &= node.getOutputList().stream().skip(1).allMatch(String::isEmpty);
    return this;
  }

  void before(String opType, List<String> inputs, String output, AttributeProto... attributes) {
    before.add(node(opType, inputs, output, attributes));
  }

  void after(String opType, List<String> inputs, String output, AttributeProto... attributes) {
    after.add(node(opType, inputs, output, attributes));
  }

  /** Makes an attribute of type ints, if it is there, an input of type int64. */
  OldNode integersToInput(String name, int index) {
    return toInput(name, index, "value_ints");
  }

  OldNode floatsToInput(String name, int index) {
    return toInput(name, index, "value_floats");
  }

  /** Makes an attribute of type int an input of one element. */
  OldNode integerToInput(String name, int index) {
    remove(name)
        .ifPresent(
            attribute -> {
              possible &= attribute.getRefAttrName().isEmpty();
              AttributeProto.Builder list =
                  AttributeProto.newBuilder().setName(name).setType(AttributeType.INTS);
              node.addAttribute(list.addInts(attribute.getI()));
            });
    return integersToInput(name, index);
  }

  /** Makes an attribute of type float a scalar input of the type of the first input. */
  OldNode floatToInput(String name, int index) {
    return remove(name)
        .map(
            attribute -> {
              String constant = value(name + "_float");
              constant(attribute, "value_float", constant);
              String cast = value(name);
              before("CastLike", List.of(constant, input(0)), cast);
              return setInput(index, cast);
            })
        .orElse(this);
  }

  private OldNode toInput(String name, int index, String constantAttribute) {
    return remove(name)
        .map(
            attribute -> {
              String constant = value(name);
              constant(attribute, constantAttribute, constant);
              return setInput(index, constant);
            })
        .orElse(this);
  }

  /** An attribute that refers to one of a function does so in the constant too. */
  private void constant(AttributeProto attribute, String as, String output) {
    before("Constant", List.of(), output, attribute.toBuilder().setName(as).build());
  }

  private NodeProto node(
      String opType, List<String> inputs, String output, AttributeProto... attributes) {
    return NodeProto.newBuilder()
        .setOpType(opType)
        .setName(unique.apply(output + "_node"))
        .addAllInput(inputs)
        .addOutput(output)
        .addAllAttribute(List.of(attributes))
        .build();
  }
}
