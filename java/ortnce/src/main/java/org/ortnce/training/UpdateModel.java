package org.ortnce.training;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.ortnce.nce.GraphNames;
import org.ortnce.onnx.GradientNames;
import org.ortnce.onnx.ImportedModel;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.NodeBuilder;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * A training-step model that ends in the update of its parameters, by one node {@code
 * ApplyGradients}, instead of their gradients.
 *
 * <p>Further graph inputs: {@code coefficients} of the rule and the slots by the names of {@link
 * BoundOptimizer#slots}. Outputs: {@code loss}, {@code sampled_candidates} if the model has them,
 * and every parameter and slot as {@code <name>_new}.
 */
final class UpdateModel {
  static final String COEFFICIENTS = "coefficients";

  private UpdateModel() {}

  /** The output that is the new value of a parameter or slot. */
  static String output(String name) {
    return name + "_new";
  }

  /** The model for the parameters that {@code optimizer} is bound to, all inputs of the graph. */
  static OnnxModel of(OnnxModel trainingStep, BoundOptimizer optimizer) {
    ImportedModel step = imported(trainingStep);
    Value loss = step.value(GraphNames.LOSS);
    Optimizer rule = optimizer.optimizer();
    int numCoefficients = rule.coefficients(0, 0).length;
    Value coefficients = Value.input(ElementType.FLOAT, Shape.of(numCoefficients));
    NodeBuilder node =
        NodeBuilder.of("ApplyGradients", "org.ortnce", 1)
            .stringAttribute("rule", rule.rule())
            .input(coefficients)
            .input(loss);
    List<String> names = new ArrayList<>();
    Map<String, Tensor> slots = optimizer.slots();
    ModelBuilder model = new ModelBuilder().graphName("training_step");
    for (Parameter parameter : optimizer.parameters()) {
      String name = parameter.name();
      Value value = step.value(name);
      node.input(value).output(output(name), value.type());
      names.add(name);
      for (String slot : rule.slotNames()) {
        String slotName = BoundOptimizer.slotName(parameter, slot);
        Value state = Value.input(ElementType.FLOAT, Shape.of(slots.get(slotName).shape()));
        node.input(state).output(output(slotName), state.type());
        names.add(slotName);
        model.input(slotName, state);
      }
      node.inputs(gradient(step, name));
    }
    List<Value> updated = node.build();
    model.input(COEFFICIENTS, coefficients).inputsOf(updated.toArray(Value[]::new));
    model.output(GraphNames.LOSS, loss);
    if (step.hasValue(GraphNames.SAMPLED_CANDIDATES)) {
      model.output(GraphNames.SAMPLED_CANDIDATES, step.value(GraphNames.SAMPLED_CANDIDATES));
    }
    for (int i = 0; i < names.size(); i++) {
      model.output(output(names.get(i)), updated.get(i));
    }
    return model.build();
  }

  /** Indices and rows of a sparse gradient, or the whole of a dense one. */
  private static List<Value> gradient(ImportedModel step, String parameter) {
    return step.hasValue(GradientNames.values(parameter))
        ? List.of(
            step.value(GradientNames.indices(parameter)),
            step.value(GradientNames.values(parameter)))
        : List.of(step.value(GradientNames.dense(parameter)));
  }

  private static ImportedModel imported(OnnxModel trainingStep) {
    try {
      return ImportedModel.of(OnnxModel.parse(trainingStep.toByteArray()));
    } catch (IOException e) {
      throw new IllegalStateException("the model was opened before", e);
    }
  }
}
