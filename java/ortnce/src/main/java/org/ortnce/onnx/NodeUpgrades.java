package org.ortnce.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.ortnce.onnx.proto.AttributeProto;
import org.ortnce.onnx.proto.NodeProto;

/**
 * How nodes that {@link OperatorVersions} calls broken are written in later versions of ONNX's own
 * operator set: most have attributes that became inputs.
 */
final class NodeUpgrades {
  /** The form of a node in the version that broke it; empty if it has none. */
  private interface Rule {
    Optional<List<NodeProto>> of(OldNode node);
  }

  private static final AttributeProto ASYMMETRIC =
      OldNode.string("coordinate_transformation_mode", "asymmetric");

  private static final Map<String, Rule> RULES = new HashMap<>();

  static {
    for (String op : new String[] {"Softmax", "LogSoftmax", "Hardmax"}) {
      rule(op, 13, NodeUpgrades::alongOneAxis);
    }
    for (String op : new String[] {"Squeeze", "Unsqueeze", "ReduceSum"}) {
      rule(op, 13, node -> node.integersToInput("axes", 1).done());
    }
    for (String reduction : OperatorVersions.REDUCTIONS) {
      rule("Reduce" + reduction, 18, node -> node.integersToInput("axes", 1).done());
    }
    rule("Split", 13, node -> node.integersToInput("split", 1).done());
    rule("Split", 18, NodeUpgrades::splitEvenly);
    rule("Slice", 10, NodeUpgrades::slice);
    rule("TopK", 10, node -> node.integerToInput("k", 1).done());
    rule("Clip", 11, node -> node.floatToInput("min", 1).floatToInput("max", 2).done());
    rule("Pad", 11, node -> node.integersToInput("pads", 1).floatToInput("value", 2).done());
    rule("Dropout", 12, NodeUpgrades::dropout);
    rule("BatchNormalization", 9, node -> node.lacks("spatial", 1).done());
    rule("BatchNormalization", 14, node -> node.hasOneOutput().done());
    rule("Scatter", 11, node -> node.operator("ScatterElements").done());
    rule("Upsample", 9, node -> node.floatsToInput("scales", 1).done());
    rule("Upsample", 10, NodeUpgrades::upsample);
    rule("Resize", 11, NodeUpgrades::resize);
    rule("RoiAlign", 16, NodeUpgrades::roiAlign);
    rule("GridSample", 20, NodeUpgrades::gridSample);
  }

  private NodeUpgrades() {}

  private static void rule(String opType, long version, Rule rule) {
    RULES.put(opType + version, rule);
  }

  /**
   * The nodes that do in version {@code target} what {@code node} does in version {@code written}.
   *
   * @param unique gives a name that nothing has, like the one it is given
   */
  static Optional<List<NodeProto>> of(
      NodeProto node, long written, long target, UnaryOperator<String> unique) {
    List<NodeProto> nodes = List.of(node);
    for (long broken : OperatorVersions.brokenAt(node.getOpType())) {
      if (broken <= written || broken > target) {
        continue;
      }
      Rule rule = RULES.get(node.getOpType() + broken);
      NodeProto last = nodes.get(nodes.size() - 1);
      Optional<List<NodeProto>> next =
          rule == null ? Optional.empty() : rule.of(new OldNode(last, unique));
      if (next.isEmpty()) {
        return next;
      }
      List<NodeProto> all = new ArrayList<>(nodes.subList(0, nodes.size() - 1));
      all.addAll(next.get());
      nodes = all;
    }
    boolean known = written >= OperatorVersions.FIRST && target <= OperatorVersions.LAST;
    return known || written == target ? Optional.of(nodes) : Optional.empty();
  }

  /** Before version 13 the axes from {@code axis} on were taken as one. */
  private static Optional<List<NodeProto>> alongOneAxis(OldNode node) {
    AttributeProto axis = node.attribute("axis").orElse(OldNode.integer("axis", 1));
    if (axis.getRefAttrName().isEmpty() && axis.getI() == -1) {
      return node.done();
    }
    String input = node.input(0);
    String shape = node.value("shape");
    String matrix = node.value("matrix");
    String result = node.value("result");
    String output = node.output();
    node.before("Shape", List.of(input), shape);
    node.before("Flatten", List.of(input), matrix, axis);
    node.setAttribute(OldNode.integer("axis", -1)).setInput(0, matrix).setOutput(result);
    // A dimension of 0 is one, not a reference to the matrix.
    node.after("Reshape", List.of(result, shape), output, OldNode.integer("allowzero", 1));
    return node.done();
  }

  private static Optional<List<NodeProto>> splitEvenly(OldNode node) {
    if (node.input(1).isEmpty()) {
      node.setAttribute(OldNode.integer("num_outputs", node.outputCount()));
    }
    return node.done();
  }

  private static Optional<List<NodeProto>> slice(OldNode node) {
    return node.integersToInput("starts", 1)
        .integersToInput("ends", 2)
        .integersToInput("axes", 3)
        .done();
  }

  /** Out of training the ratio changes nothing; before version 10 the mask was no bool. */
  private static Optional<List<NodeProto>> dropout(OldNode node) {
    node.remove("ratio");
    return node.hasOneOutput().done();
  }

  private static Optional<List<NodeProto>> upsample(OldNode node) {
    return asymmetric(node.operator("Resize"), node.input(1), "floor").done();
  }

  /**
   * In version 10 ONNX Runtime takes the nearest element below where it enlarges and above where it
   * shrinks; later a node does one of the two along all axes. Each axis is resized for itself, so
   * one node that enlarges and one that shrinks give the same.
   */
  private static Optional<List<NodeProto>> resize(OldNode node) {
    Optional<AttributeProto> mode = node.attribute("mode");
    if (mode.isPresent() && !mode.get().getRefAttrName().isEmpty()) {
      return Optional.empty();
    }
    if (mode.isPresent() && !mode.get().getS().toStringUtf8().equals("nearest")) {
      return upsample(node);
    }
    String scales = node.input(1);
    String one = node.value("one");
    String enlarging = node.value("enlarging");
    String shrinking = node.value("shrinking");
    String enlarged = node.value("enlarged");
    node.before("Constant", List.of(), one, OldNode.number("value_float", 1));
    node.before("Max", List.of(scales, one), enlarging);
    node.before("Min", List.of(scales, one), shrinking);
    node.before(
        "Resize", List.of(node.input(0), "", enlarging), enlarged, ASYMMETRIC, nearest("floor"));
    return asymmetric(node.setInput(0, enlarged), shrinking, "ceil").done();
  }

  private static OldNode asymmetric(OldNode node, String scales, String nearestMode) {
    return node.setInput(1, "")
        .setInput(2, scales)
        .setAttribute(ASYMMETRIC)
        .setAttribute(nearest(nearestMode));
  }

  private static AttributeProto nearest(String mode) {
    return OldNode.string("nearest_mode", mode);
  }

  private static Optional<List<NodeProto>> roiAlign(OldNode node) {
    String mode = "coordinate_transformation_mode";
    if (node.attribute(mode).isEmpty()) {
      node.setAttribute(OldNode.string(mode, "output_half_pixel"));
    }
    return node.done();
  }

  private static Optional<List<NodeProto>> gridSample(OldNode node) {
    Optional<AttributeProto> mode = node.attribute("mode");
    if (mode.isEmpty()) {
      return node.done();
    }
    String name = mode.get().getS().toStringUtf8();
    Map<String, String> newNames = Map.of("bilinear", "linear", "bicubic", "cubic");
    return mode.get().getRefAttrName().isEmpty()
        ? node.setAttribute(OldNode.string("mode", newNames.getOrDefault(name, name))).done()
        : Optional.empty();
  }
}
