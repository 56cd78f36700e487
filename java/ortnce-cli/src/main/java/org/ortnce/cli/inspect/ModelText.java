package org.ortnce.cli.inspect;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.ortnce.cli.terminal.Table;
import org.ortnce.onnx.FunctionInfo;
import org.ortnce.onnx.InitializerInfo;
import org.ortnce.onnx.NodeInfo;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.onnx.ValueInfo;

/** A model and what runs it, as text for a person. */
final class ModelText {
  private final StringBuilder text = new StringBuilder();

  private ModelText() {}

  /** The text of a model; {@code kernels} and {@code run} are null if no session was wanted. */
  static String of(String file, OnnxModel model, KernelReport kernels, ProfiledRun run) {
    ModelText writer = new ModelText();
    writer.header(file, model);
    writer.values("inputs", model.inputs());
    writer.values("outputs", model.outputs());
    writer.initializers(model.initializers());
    writer.nodes(model.nodes());
    writer.functions(model.functions());
    if (kernels != null) {
      writer.kernels(kernels);
      writer.run(run);
    }
    return writer.text.toString();
  }

  private void section(String title) {
    text.append(title).append('\n');
  }

  private void header(String file, OnnxModel model) {
    Table table = new Table("ll");
    table.row("file", file + " (" + Table.grouped(model.byteSize()) + " bytes)");
    table.row("graph", model.graphName());
    table.row("IR version", Long.toString(model.irVersion()));
    table.row(
        "opsets",
        new TreeMap<>(model.opsetImports())
            .entrySet().stream()
                .map(entry -> ModelReport.domainName(entry.getKey()) + " " + entry.getValue())
                .collect(Collectors.joining(", ")));
    if (!model.producerName().isEmpty()) {
      table.row("producer", (model.producerName() + " " + model.producerVersion()).strip());
    }
    if (!model.docString().isEmpty()) {
      table.row("doc", model.docString());
    }
    for (Map.Entry<String, String> entry : new TreeMap<>(model.metadata()).entrySet()) {
      table.row("metadata", entry.getKey() + " = " + entry.getValue());
    }
    text.append(table.render(0));
  }

  private void values(String title, List<ValueInfo> values) {
    section(title);
    Table table = new Table("ll");
    values.forEach(value -> table.row(value.name(), value.typeText()));
    text.append(table.render(2));
  }

  private void initializers(List<InitializerInfo> initializers) {
    if (initializers.isEmpty()) {
      return;
    }
    section("initializers");
    Table table = new Table("llrl");
    for (InitializerInfo tensor : initializers) {
      table.row(
          tensor.name(),
          tensor.elementType() + tensor.dims(),
          tensor.byteSize(),
          tensor.external() ? "bytes, external" : "bytes");
    }
    text.append(table.render(2));
  }

  private void nodes(List<NodeInfo> nodes) {
    section("ops");
    Table table = new Table("ll");
    ModelReport.ops(nodes)
        .forEach(
            (domain, ops) ->
                table.row(
                    domain,
                    ops.entrySet().stream()
                        .map(op -> op.getValue() + " " + op.getKey())
                        .collect(Collectors.joining(", "))));
    text.append(table.render(2));
    for (NodeInfo node : nodes) {
      if (!ModelReport.domainName(node.domain()).equals("ai.onnx")) {
        customNode(node);
      }
    }
  }

  private void customNode(NodeInfo node) {
    section("node " + node.name() + " (" + node.domain() + ":" + node.opType() + ")");
    Table table = new Table("ll");
    node.attributes().forEach((name, value) -> table.row(name, value.toString()));
    table.row("reads", names(node.inputs()));
    table.row("makes", names(node.outputs()));
    text.append(table.render(2));
  }

  /** Names of values; an absent one shows as a hole. */
  private static String names(List<String> values) {
    return values.stream()
        .map(name -> name.isEmpty() ? "-" : name)
        .collect(Collectors.joining(", "));
  }

  private void functions(List<FunctionInfo> functions) {
    if (functions.isEmpty()) {
      return;
    }
    section("model-local functions");
    Table table = new Table("ll");
    for (FunctionInfo function : functions) {
      table.row(
          function.domain() + ":" + function.name(),
          function.nodes().size()
              + " nodes, ("
              + names(function.inputs())
              + ") -> ("
              + names(function.outputs())
              + ")");
    }
    text.append(table.render(2));
  }

  private void kernels(KernelReport kernels) {
    section("what runs it here");
    Table table = new Table("ll");
    table.row(
        "here",
        kernels.platform()
            + ", ort-nce "
            + kernels.ortnce()
            + ", ONNX Runtime "
            + kernels.onnxRuntime());
    table.row(
        "native library",
        kernels.library() == null ? "none: " + kernels.libraryProblem() : kernels.library());
    if (kernels.libraryInfo() != null) {
      table.row(
          "instruction set",
          kernels.libraryInfo().instructionSet()
              + " of "
              + String.join(", ", kernels.libraryInfo().availableInstructionSets()));
    }
    table.row("with it", outcome(kernels.withLibrary()));
    table.row("without it", outcome(kernels.withoutLibrary()));
    for (KernelReport.OurNode node : kernels.nodes()) {
      table.row(node.op() + " " + node.name(), "runs on: " + node.runsOn());
    }
    text.append(table.render(2));
  }

  private void run(ProfiledRun run) {
    section("which provider ran which node");
    Table table = new Table("lll");
    if (!run.providers().isEmpty()) {
      table.row("providers", String.join(", ", run.providers()));
    }
    if (run.fallback() != null) {
      table.row("no CUDA", run.fallback());
    }
    if (run.problem() != null) {
      table.row("not run", run.problem());
    }
    run.nodes().forEach(node -> table.row(node.op(), node.name(), node.provider()));
    text.append(table.render(2));
  }

  private static String outcome(KernelReport.Attempt attempt) {
    return attempt.opened() ? "a session opens" : "no session: " + attempt.problem();
  }
}
