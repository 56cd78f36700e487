package org.ortnce.nce;

import java.util.List;
import java.util.OptionalLong;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.NodeBuilder;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.TensorType;
import org.ortnce.onnx.Value;
import org.ortnce.tensor.ElementType;

/** The nodes of the losses over all classes: whole, of a range of the classes, combined. */
final class FullSigmoidNodes {
  private FullSigmoidNodes() {}

  static FullSigmoidLoss whole(
      List<Value> weights,
      Value biases,
      Value labels,
      Value inputs,
      FullSigmoidLossOptions options) {
    ClassTable table =
        new ClassTable(
            new OpArguments(NceOps.FULL_SIGMOID_LOSS),
            weights,
            biases,
            inputs,
            options.numClasses(),
            options.partitionStrategy());
    table.checkLabels(labels, options.numTrue());
    NodeBuilder node =
        node(NceOps.FULL_SIGMOID_LOSS)
            .input(inputs)
            .input(labels)
            .optionalInput(biases)
            .inputs(table.weights());
    writeAttributes(node, table);
    writeLabelAttributes(node, options);
    node.stringAttribute("reduction", options.reduction().attribute());
    if (options.allowTf32()) {
      node.intAttribute("allow_tf32", 1);
    }
    TensorType loss = lossType(table.batch(), options);
    List<Value> outputs =
        node.output(GraphNames.LOSS, loss)
            .optionalOutput(GraphNames.SOFTMAX_LOSS, loss)
            .optionalOutput(
                GraphNames.TRUE_RANKS, ofLabels(ElementType.INT64, table.batch(), options))
            .optionalOutput(
                GraphNames.TRUE_LOGITS, ofLabels(ElementType.FLOAT, table.batch(), options))
            .fallback(FullSigmoidLossFunction.of(table, labels, options))
            .build();
    return new FullSigmoidLoss(outputs.get(0), outputs.get(1), outputs.get(2), outputs.get(3));
  }

  static FullSigmoidLossShard shard(
      List<Value> weights,
      Value biases,
      Value labels,
      Value inputs,
      Value trueLogits,
      ClassRange range,
      FullSigmoidLossOptions options) {
    OpArguments arguments = new OpArguments(NceOps.FULL_SIGMOID_LOSS_SHARD);
    checkNumClasses(arguments, range.numClasses(), options);
    ClassTable table =
        new ClassTable(
            arguments,
            weights,
            biases,
            inputs,
            OptionalLong.of(range.size()),
            options.partitionStrategy());
    checkRows(arguments, table, range);
    table.checkLabels(labels, options.numTrue());
    if (trueLogits != null) {
      checkOfLabels(arguments, "true_logits", trueLogits, ElementType.FLOAT, table, options);
    }
    NodeBuilder node =
        node(NceOps.FULL_SIGMOID_LOSS_SHARD)
            .input(inputs)
            .input(labels)
            .optionalInput(trueLogits)
            .optionalInput(biases)
            .inputs(table.weights())
            .intAttribute("num_classes", range.numClasses())
            .intAttribute("class_begin", range.begin())
            .stringAttribute("partition_strategy", table.strategy().attribute());
    writeLabelAttributes(node, options);
    Shape chunks = Shape.of(table.batch(), Dim.of(range.chunks()));
    node.optionalOutput(GraphNames.SOFTPLUS_SUMS, new TensorType(ElementType.DOUBLE, chunks))
        .optionalOutput(GraphNames.LOG_SUM_EXPS, new TensorType(ElementType.DOUBLE, chunks))
        .optionalOutput(
            GraphNames.TRUE_LOGITS, ofLabels(ElementType.FLOAT, table.batch(), options));
    if (trueLogits != null) {
      node.optionalOutput(
          GraphNames.LARGER_COUNTS, ofLabels(ElementType.INT64, table.batch(), options));
    }
    List<Value> outputs =
        node.fallback(FullSigmoidLossFunction.ofShard(table, range, labels, trueLogits, options))
            .build();
    Value largerCounts = trueLogits == null ? null : outputs.get(3);
    return new FullSigmoidLossShard(outputs.get(0), outputs.get(1), outputs.get(2), largerCounts);
  }

  static FullSigmoidLoss combination(
      Value labels, FullSigmoidLossShard shards, FullSigmoidLossOptions options) {
    OpArguments arguments = new OpArguments(NceOps.COMBINE_FULL_SIGMOID_LOSS);
    if (options.numClasses().isEmpty()) {
      throw arguments.error("num_classes", "the number of all classes", "none");
    }
    long chunks = ClassRange.all(options.numClasses().getAsLong()).chunks();
    Dim numTrue = Dim.of(options.numTrue());
    Value logits = shards.trueLogits();
    arguments.expect(
        "true_logits", logits, "[batch, num_true]", ElementType.FLOAT, Dim.unknown(), numTrue);
    Dim batch = OpArguments.dim(logits, 0);
    arguments.expectIds("labels", labels, "[batch, num_true]", batch, numTrue);
    String ofChunks = "[batch, chunks of num_classes]";
    arguments.expect(
        "softplus_sums",
        shards.softplusSums(),
        ofChunks,
        ElementType.DOUBLE,
        batch,
        Dim.of(chunks));
    boolean softmax = shards.logSumExps() != null;
    boolean ranks = shards.largerCounts() != null;
    if (softmax) {
      arguments.expect(
          "log_sum_exps", shards.logSumExps(), ofChunks, ElementType.DOUBLE, batch, Dim.of(chunks));
    }
    if (ranks) {
      arguments.expect(
          "larger_counts",
          shards.largerCounts(),
          "[batch, num_true]",
          ElementType.INT64,
          batch,
          numTrue);
    }
    NodeBuilder node =
        node(NceOps.COMBINE_FULL_SIGMOID_LOSS)
            .input(labels)
            .input(logits)
            .input(shards.softplusSums())
            .optionalInput(shards.logSumExps())
            .optionalInput(shards.largerCounts())
            .intAttribute("num_classes", options.numClasses().getAsLong())
            .stringAttribute("reduction", options.reduction().attribute());
    writeLabelAttributes(node, options);
    TensorType loss = lossType(batch, options);
    node.output(GraphNames.LOSS, loss);
    if (softmax || ranks) {
      node.optionalOutput(GraphNames.SOFTMAX_LOSS, loss);
    }
    if (ranks) {
      node.optionalOutput(GraphNames.TRUE_RANKS, ofLabels(ElementType.INT64, batch, options));
    }
    // A function lists all outputs up to the last, and ranks alone leave a gap before them.
    if (softmax || !ranks) {
      node.fallback(CombinedLosses.function(labels, logits, shards, options));
    }
    List<Value> outputs = node.build();
    return new FullSigmoidLoss(
        outputs.get(0), softmax ? outputs.get(1) : null, ranks ? outputs.get(2) : null, logits);
  }

  private static void checkNumClasses(
      OpArguments arguments, long numClasses, FullSigmoidLossOptions options) {
    if (options.numClasses().isPresent() && options.numClasses().getAsLong() != numClasses) {
      throw arguments.error(
          "num_classes", "that of the range, " + numClasses, "" + options.numClasses().getAsLong());
    }
  }

  /** Only the last range may have padding: any other ends where its rows end. */
  private static void checkRows(OpArguments arguments, ClassTable table, ClassRange range) {
    if (table.rows().isEmpty()) {
      throw arguments.error("weights", "partitions of fixed sizes", table.weights().toString());
    }
    long rows = table.rows().getAsLong();
    if (rows != range.size() && range.end() != range.numClasses()) {
      throw arguments.error("weights", "the " + range.size() + " rows of the range", "" + rows);
    }
  }

  private static void checkOfLabels(
      OpArguments arguments,
      String name,
      Value value,
      ElementType type,
      ClassTable table,
      FullSigmoidLossOptions options) {
    arguments.expect(
        name, value, "[batch, num_true]", type, table.batch(), Dim.of(options.numTrue()));
  }

  private static NodeBuilder node(String op) {
    return NodeBuilder.of(op, NceOps.DOMAIN, NceOps.DOMAIN_VERSION);
  }

  private static TensorType lossType(Dim batch, FullSigmoidLossOptions options) {
    boolean reduced = options.reduction() != Reduction.NONE;
    return new TensorType(ElementType.FLOAT, reduced ? Shape.scalar() : Shape.of(batch));
  }

  private static TensorType ofLabels(ElementType type, Dim batch, FullSigmoidLossOptions options) {
    return new TensorType(type, Shape.of(batch, Dim.of(options.numTrue())));
  }

  private static void writeLabelAttributes(NodeBuilder node, FullSigmoidLossOptions options) {
    options.ignoreIndex().ifPresent(value -> node.intAttribute("ignore_index", value));
    node.intAttribute("num_true", options.numTrue());
  }

  /** The attributes of a table. */
  static void writeAttributes(NodeBuilder node, ClassTable table) {
    table.givenNumClasses().ifPresent(value -> node.intAttribute("num_classes", value));
    node.stringAttribute("partition_strategy", table.strategy().attribute());
  }
}
