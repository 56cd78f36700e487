package org.ortnce.onnx;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.ortnce.onnx.proto.AttributeProto;
import org.ortnce.onnx.proto.FunctionProto;
import org.ortnce.onnx.proto.GraphProto;
import org.ortnce.onnx.proto.ModelProto;
import org.ortnce.onnx.proto.NodeProto;
import org.ortnce.onnx.proto.OperatorSetIdProto;

/**
 * Brings the nodes of a model, those of subgraphs and functions included, to one later version of
 * ONNX's own operator set: as they are where they mean the same there, else as {@link NodeUpgrades}
 * writes them. A node that has no form there stays in its own version.
 */
final class OpsetUpgrade {
  private final long target;
  private final Set<String> taken = new HashSet<>();

  /**
   * To the highest version that the model or one of its functions imports, {@link Opsets#BASE} at
   * least.
   */
  OpsetUpgrade(ModelProto model) {
    long highest = Math.max(Opsets.BASE, version(model.getOpsetImportList()));
    Subgraphs.names(model.getGraph(), taken);
    for (FunctionProto function : model.getFunctionsList()) {
      highest = Math.max(highest, version(function.getOpsetImportList()));
      taken.addAll(function.getInputList());
      function.getNodeList().forEach(node -> Subgraphs.names(node, taken));
    }
    target = highest;
  }

  /** The version of the nodes that this gives. */
  long target() {
    return target;
  }

  /** The version of ONNX's own domain; 0 if there is none. */
  static long version(List<OperatorSetIdProto> imports) {
    return ModelReader.opsetImports(imports).getOrDefault("", 0L);
  }

  /** Whether the node, with all that is in it, means the same in both versions. */
  boolean isNeedless(NodeProto node, long written) {
    boolean[] same = {true};
    Subgraphs.visit(
        node,
        (inner, tensor) -> {
          String domain = ModelReader.domain(inner.getDomain());
          long until = OperatorVersions.untilVersion(domain, inner.getOpType(), written);
          same[0] &= !domain.isEmpty() || until >= target;
        });
    return same[0];
  }

  /**
   * The nodes that do in version {@link #target} what {@code node} does in version {@code written};
   * empty if there are none. The outputs keep their names.
   */
  Optional<List<NodeProto>> node(NodeProto node, long written) {
    if (written == target) {
      return Optional.of(List.of(node));
    }
    NodeProto.Builder inner = node.toBuilder();
    for (int i = 0; i < node.getAttributeCount(); i++) {
      Optional<AttributeProto> attribute = attribute(node.getAttribute(i), written);
      if (attribute.isEmpty()) {
        return Optional.empty();
      }
      inner.setAttribute(i, attribute.get());
    }
    return ModelReader.domain(node.getDomain()).isEmpty()
        ? NodeUpgrades.of(inner.build(), written, target, this::unique)
        : Optional.of(List.of(inner.build()));
  }

  /** The function in version {@link #target}, or itself if that cannot be. */
  FunctionProto function(FunctionProto function) {
    long written = version(function.getOpsetImportList());
    Optional<List<NodeProto>> nodes = nodes(function.getNodeList(), written);
    if (written == 0 || nodes.isEmpty()) {
      return function;
    }
    FunctionProto.Builder upgraded =
        function.toBuilder().clearNode().addAllNode(nodes.get()).clearOpsetImport();
    for (OperatorSetIdProto opset : function.getOpsetImportList()) {
      boolean own = ModelReader.domain(opset.getDomain()).isEmpty();
      upgraded.addOpsetImport(own ? opset.toBuilder().setVersion(target).build() : opset);
    }
    return upgraded.build();
  }

  private Optional<AttributeProto> attribute(AttributeProto attribute, long written) {
    if (Subgraphs.of(attribute).isEmpty()) {
      return Optional.of(attribute);
    }
    AttributeProto.Builder upgraded = attribute.toBuilder();
    if (attribute.hasG()) {
      Optional<GraphProto> graph = graph(attribute.getG(), written);
      if (graph.isEmpty()) {
        return Optional.empty();
      }
      upgraded.setG(graph.get());
    }
    for (int i = 0; i < attribute.getGraphsCount(); i++) {
      Optional<GraphProto> graph = graph(attribute.getGraphs(i), written);
      if (graph.isEmpty()) {
        return Optional.empty();
      }
      upgraded.setGraphs(i, graph.get());
    }
    return Optional.of(upgraded.build());
  }

  private Optional<GraphProto> graph(GraphProto graph, long written) {
    return nodes(graph.getNodeList(), written)
        .map(nodes -> graph.toBuilder().clearNode().addAllNode(nodes).build());
  }

  private Optional<List<NodeProto>> nodes(List<NodeProto> nodes, long written) {
    List<NodeProto> upgraded = new ArrayList<>();
    for (NodeProto node : nodes) {
      Optional<List<NodeProto>> one = node(node, written);
      if (one.isEmpty()) {
        return Optional.empty();
      }
      upgraded.addAll(one.get());
    }
    return Optional.of(upgraded);
  }

  /** A name that nothing in the model has. */
  private String unique(String wanted) {
    String name = wanted;
    for (int i = 1; !taken.add(name); i++) {
      name = wanted + "_" + i;
    }
    return name;
  }
}
