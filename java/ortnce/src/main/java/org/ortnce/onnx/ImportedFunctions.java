package org.ortnce.onnx;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.ortnce.onnx.proto.FunctionProto;
import org.ortnce.onnx.proto.NodeProto;

/** The model-local functions of a model that was read. */
final class ImportedFunctions {
  private final Map<String, FunctionProto> functions = new LinkedHashMap<>();

  ImportedFunctions(List<FunctionProto> protos) {
    protos.forEach(function -> functions.putIfAbsent(ModelChecker.key(function), function));
  }

  /**
   * Adds to {@code needed} the functions that stand for the node, for those in its subgraphs, and
   * those that they call.
   */
  void collect(NodeProto node, Map<String, FunctionProto> needed) {
    Subgraphs.visit(
        node,
        (inner, tensor) -> {
          String key = ModelChecker.key(inner.getDomain(), inner.getOpType(), inner.getOverload());
          FunctionProto function = functions.get(key);
          if (function != null && needed.putIfAbsent(key, function) == null) {
            function.getNodeList().forEach(called -> collect(called, needed));
          }
        });
  }

  /**
   * The functions of all imported nodes of a plan, at the operator sets of the new model.
   *
   * @param ours the functions that the model has already
   * @throws IllegalStateException if there would be two different ones of a name
   */
  static List<FunctionProto> of(Plan plan, Opsets opsets, List<FunctionProto> ours) {
    Map<String, FunctionProto> all = new LinkedHashMap<>();
    ours.forEach(function -> all.put(ModelChecker.key(function), function));
    for (Node node : plan.nodes()) {
      if (node.imported() == null) {
        continue;
      }
      for (FunctionProto function : node.imported().functions()) {
        FunctionProto moved = at(function, opsets);
        FunctionProto before = all.putIfAbsent(ModelChecker.key(moved), moved);
        if (before != null && !before.equals(moved)) {
          throw new IllegalStateException(
              "two parts of the model bring different functions "
                  + moved.getDomain()
                  + ":"
                  + moved.getName()
                  + "; a model holds one function of a name");
        }
      }
    }
    List<FunctionProto> added = new ArrayList<>(all.values());
    return added.subList(ours.size(), added.size());
  }

  private static FunctionProto at(FunctionProto function, Opsets opsets) {
    Set<String> domains =
        function.getOpsetImportList().stream()
            .map(opset -> ModelReader.domain(opset.getDomain()))
            .collect(Collectors.toSet());
    return function.toBuilder()
        .clearOpsetImport()
        .addAllOpsetImport(opsets.imports(domains))
        .build();
  }
}
