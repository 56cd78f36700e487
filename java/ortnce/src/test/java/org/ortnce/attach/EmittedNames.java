package org.ortnce.attach;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.ortnce.nce.GraphNames;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.onnx.proto.AttributeProto;
import org.ortnce.onnx.proto.GraphProto;
import org.ortnce.onnx.proto.ModelProto;
import org.ortnce.onnx.proto.NodeProto;

/** The rule of ONNX that a graph, with all of its subgraphs, gives a name to one value only. */
final class EmittedNames {
  private static final Set<String> OURS =
      Set.of(
          "labels",
          "loss",
          "logits",
          "step",
          "sampled_candidates",
          "top_k_logits",
          "probabilities",
          "softmax_loss");

  private EmittedNames() {}

  /** Whether an input of an encoder must be renamed, because the head has the name. */
  static boolean areOurs(String name) {
    return OURS.contains(name) || GraphNames.isParameter(name);
  }

  static void checkUnique(OnnxModel model) throws IOException {
    GraphProto graph = ModelProto.parseFrom(model.toByteArray()).getGraph();
    Set<String> visible = new HashSet<>();
    check(graph, visible);
    Set<String> nodes = new HashSet<>();
    for (NodeProto node : graph.getNodeList()) {
      assertThat(node.getName().isEmpty() || nodes.add(node.getName()))
          .as("node %s", node.getName())
          .isTrue();
    }
  }

  private static void check(GraphProto graph, Set<String> visible) {
    graph.getInputList().forEach(input -> define(input.getName(), visible));
    graph.getInitializerList().forEach(tensor -> define(tensor.getName(), visible));
    for (NodeProto node : graph.getNodeList()) {
      List<String> read = node.getInputList();
      assertThat(visible).containsAll(read.stream().filter(name -> !name.isEmpty()).toList());
      for (AttributeProto attribute : node.getAttributeList()) {
        if (attribute.hasG()) {
          check(attribute.getG(), new HashSet<>(visible));
        }
      }
      node.getOutputList().forEach(output -> define(output, visible));
    }
    graph.getOutputList().forEach(output -> assertThat(visible).contains(output.getName()));
  }

  private static void define(String name, Set<String> visible) {
    assertThat(name.isEmpty() || visible.add(name)).as("%s is defined once", name).isTrue();
  }
}
