package org.ortnce.cli.inspect;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ortnce.onnx.FunctionInfo;
import org.ortnce.onnx.InitializerInfo;
import org.ortnce.onnx.NodeInfo;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.onnx.ValueInfo;

/** What a model holds, as a tree of maps and lists: the JSON form, from which the text is made. */
final class ModelReport {
  private ModelReport() {}

  static Map<String, Object> of(String file, OnnxModel model) {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("file", file);
    report.put("bytes", model.byteSize());
    report.put("ir_version", model.irVersion());
    report.put("producer", (model.producerName() + " " + model.producerVersion()).strip());
    report.put("graph", model.graphName());
    report.put("doc", model.docString());
    report.put("opset_imports", new TreeMap<>(model.opsetImports()));
    report.put("metadata", model.metadata());
    report.put("inputs", values(model.inputs()));
    report.put("outputs", values(model.outputs()));
    report.put("initializers", initializers(model.initializers()));
    report.put("ops", ops(model.nodes()));
    report.put("custom_nodes", customNodes(model.nodes()));
    report.put("functions", functions(model.functions()));
    return report;
  }

  private static List<Object> values(List<ValueInfo> values) {
    List<Object> list = new ArrayList<>();
    for (ValueInfo value : values) {
      list.add(map("name", value.name(), "type", value.typeText()));
    }
    return list;
  }

  private static List<Object> initializers(List<InitializerInfo> initializers) {
    List<Object> list = new ArrayList<>();
    for (InitializerInfo tensor : initializers) {
      Map<String, Object> entry = map("name", tensor.name(), "type", tensor.elementType());
      entry.put("dims", tensor.dims());
      entry.put("bytes", tensor.byteSize());
      entry.put("external", tensor.external());
      list.add(entry);
    }
    return list;
  }

  /** For each domain how often each of its ops occurs; the standard domain is {@code ai.onnx}. */
  static Map<String, Map<String, Integer>> ops(List<NodeInfo> nodes) {
    Map<String, Map<String, Integer>> counts = new TreeMap<>();
    for (NodeInfo node : nodes) {
      counts
          .computeIfAbsent(domainName(node.domain()), domain -> new TreeMap<>())
          .merge(node.opType(), 1, Integer::sum);
    }
    return counts;
  }

  static String domainName(String domain) {
    return domain.isEmpty() ? "ai.onnx" : domain;
  }

  /** The nodes that are no standard ops, in full. */
  private static List<Object> customNodes(List<NodeInfo> nodes) {
    List<Object> list = new ArrayList<>();
    for (NodeInfo node : nodes) {
      if (!domainName(node.domain()).equals("ai.onnx")) {
        Map<String, Object> entry = map("name", node.name(), "op", node.opType());
        entry.put("domain", node.domain());
        entry.put("attributes", node.attributes());
        entry.put("inputs", node.inputs());
        entry.put("outputs", node.outputs());
        list.add(entry);
      }
    }
    return list;
  }

  private static List<Object> functions(List<FunctionInfo> functions) {
    List<Object> list = new ArrayList<>();
    for (FunctionInfo function : functions) {
      Map<String, Object> entry = map("domain", function.domain(), "name", function.name());
      entry.put("inputs", function.inputs());
      entry.put("outputs", function.outputs());
      entry.put("nodes", function.nodes().size());
      list.add(entry);
    }
    return list;
  }

  private static Map<String, Object> map(String key1, Object value1, String key2, Object value2) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(key1, value1);
    map.put(key2, value2);
    return map;
  }
}
