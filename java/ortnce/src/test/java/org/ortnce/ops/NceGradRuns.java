package org.ortnce.ops;

import ai.onnxruntime.OrtException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.ortnce.nce.GraphNames;
import org.ortnce.nce.NceOps;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.NodeBuilder;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.TensorType;
import org.ortnce.onnx.Value;
import org.ortnce.session.ModelSession;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** Runs one raw NceLossGrad node. */
final class NceGradRuns {
  /** The inputs of the op in order, without loss_grad and the weights. */
  private static final List<String> SLOTS =
      List.of(
          GraphNames.INPUTS,
          GraphNames.LABELS,
          GraphNames.BIASES,
          GraphNames.SAMPLED_CANDIDATES,
          GraphNames.TRUE_EXPECTED_COUNT,
          GraphNames.SAMPLED_EXPECTED_COUNT);

  /** The outputs of the op in order; all but the first are optional. */
  static final List<String> OUTPUTS =
      List.of("inputs_grad", "class_ids", "weights_grad", "biases_grad");

  private NceGradRuns() {}

  /** Runs a raw node of the case: no builder check applies. */
  static Map<String, Tensor> run(NceCase c, Tensor lossGrad) throws OrtException {
    return run(c, lossGrad, OUTPUTS);
  }

  /** The same with only these outputs wired, the first of {@link #OUTPUTS} among them. */
  static Map<String, Tensor> run(NceCase c, Tensor lossGrad, List<String> wanted)
      throws OrtException {
    ModelBuilder model = new ModelBuilder();
    Map<String, Tensor> feeds = new LinkedHashMap<>();
    NodeBuilder node = NodeBuilder.of("NceLossGrad", NceOps.DOMAIN, NceOps.DOMAIN_VERSION);
    node.input(input(model, feeds, "loss_grad", lossGrad));
    for (String slot : SLOTS) {
      Tensor tensor = c.get(slot);
      node.optionalInput(tensor == null ? null : input(model, feeds, slot, tensor));
    }
    node.minInputs(SLOTS.size() + 1);
    List<Tensor> weights = c.weights();
    for (int p = 0; p < weights.size(); p++) {
      String name = GraphNames.weights(p, weights.size());
      node.input(input(model, feeds, name, weights.get(p)));
    }
    c.attributes()
        .forEach(
            (name, value) -> {
              if (value instanceof Long number) {
                node.intAttribute(name, number);
              } else {
                node.stringAttribute(name, (String) value);
              }
            });
    Dim any = Dim.unknown();
    List<TensorType> types =
        List.of(
            new TensorType(ElementType.FLOAT, Shape.of(any, any)),
            new TensorType(ElementType.INT64, Shape.of(any)),
            new TensorType(ElementType.FLOAT, Shape.of(any, any)),
            new TensorType(ElementType.FLOAT, Shape.of(any)));
    node.output(OUTPUTS.get(0), types.get(0));
    for (int i = 1; i < OUTPUTS.size(); i++) {
      node.optionalOutput(OUTPUTS.get(i), types.get(i));
    }
    List<Value> outputs = node.build();
    for (String name : wanted) {
      model.output(name, outputs.get(OUTPUTS.indexOf(name)));
    }
    try (ModelSession session = ModelSession.open(model.build().toByteArray(), NceRuns.QUIET)) {
      return session.run(feeds);
    }
  }

  private static Value input(
      ModelBuilder model, Map<String, Tensor> feeds, String name, Tensor tensor) {
    Dim[] dims = LongStream.of(tensor.shape()).mapToObj(d -> Dim.unknown()).toArray(Dim[]::new);
    Value value = Value.input(tensor.elementType(), Shape.of(dims));
    model.input(name, value);
    feeds.put(name, tensor);
    return value;
  }
}
