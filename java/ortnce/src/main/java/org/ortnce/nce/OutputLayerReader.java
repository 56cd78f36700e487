package org.ortnce.nce;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.ortnce.onnx.InitializerInfo;
import org.ortnce.onnx.NodeInfo;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.tensor.TensorData;

/** Finds the weights and biases of the output classes in a model. */
final class OutputLayerReader {
  /** Where an operator has the biases and the first of the weights among its inputs. */
  private record Inputs(int biases, int weights) {}

  private static final Map<String, Inputs> OPERATORS =
      Map.of(
          NceOps.NCE_LOSS, new Inputs(2, 7),
          NceOps.FULL_SIGMOID_LOSS, new Inputs(2, 3),
          NceOps.TOP_K_CLASSES, new Inputs(1, 2));

  private final OnnxModel model;
  private final Set<String> initializers;

  OutputLayerReader(OnnxModel model) {
    this.model = model;
    this.initializers =
        model.initializers().stream().map(InitializerInfo::name).collect(Collectors.toSet());
  }

  /**
   * Reads the layer.
   *
   * @param given the strategy of partitions where no operator says it; null if not known
   */
  OutputLayer read(PartitionStrategy given) throws IOException {
    Optional<NodeInfo> loss =
        model.nodes().stream()
            .filter(node -> node.domain().equals(NceOps.DOMAIN))
            .filter(node -> OPERATORS.containsKey(node.opType()))
            .findFirst();
    return loss.isPresent() ? of(loss.get(), given) : byNames(given);
  }

  private OutputLayer of(NodeInfo loss, PartitionStrategy given) throws IOException {
    List<String> inputs = loss.inputs();
    Inputs at = OPERATORS.get(loss.opType());
    List<String> weights = inputs.subList(at.weights(), inputs.size());
    Object written = loss.attributes().getOrDefault("partition_strategy", "div");
    PartitionStrategy strategy =
        written.equals(PartitionStrategy.MOD.attribute())
            ? PartitionStrategy.MOD
            : PartitionStrategy.DIV;
    if (given != null && given != strategy && weights.size() > 1) {
      throw new IllegalArgumentException(
          "the partitions of the model are spread by " + strategy + ", not by " + given);
    }
    OutputLayer layer = layer(weights, strategy, inputs.get(at.biases()));
    return loss.attributes().get("num_classes") instanceof Long classes
        ? layer.withNumClasses(classes)
        : layer;
  }

  private OutputLayer byNames(PartitionStrategy given) throws IOException {
    List<String> weights = new ArrayList<>();
    if (initializers.contains(GraphNames.WEIGHTS)) {
      weights.add(GraphNames.WEIGHTS);
    } else {
      while (initializers.contains(GraphNames.WEIGHTS + "_" + weights.size())) {
        weights.add(GraphNames.WEIGHTS + "_" + weights.size());
      }
    }
    if (weights.isEmpty()) {
      throw new IllegalArgumentException(
          "the model has no initializer '"
              + GraphNames.WEIGHTS
              + "' or '"
              + GraphNames.WEIGHTS
              + "_0': its weights are graph inputs, or it has no output layer of ours");
    }
    if (weights.size() > 1 && given == null) {
      throw new IllegalArgumentException(
          "the model does not say how classes are spread over its "
              + weights.size()
              + " partitions: give the PartitionStrategy");
    }
    boolean biases = initializers.contains(GraphNames.BIASES);
    return layer(
        weights, given == null ? PartitionStrategy.DIV : given, biases ? GraphNames.BIASES : "");
  }

  private OutputLayer layer(List<String> weights, PartitionStrategy strategy, String biases)
      throws IOException {
    List<TensorData> partitions = new ArrayList<>();
    for (String name : weights) {
      partitions.add(stored(name));
    }
    return OutputLayer.partitioned(partitions, strategy, biases.isEmpty() ? null : stored(biases));
  }

  private TensorData stored(String name) throws IOException {
    if (!initializers.contains(name)) {
      throw new IllegalArgumentException(
          "'" + name + "' is not stored in the model: it is a graph input or computed");
    }
    return model.initializer(name);
  }
}
