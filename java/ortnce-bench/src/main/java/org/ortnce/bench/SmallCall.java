package org.ortnce.bench;

import java.util.Map;
import org.ortnce.nce.EvaluationOptions;
import org.ortnce.nce.GraphNames;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.NceModels;
import org.ortnce.nce.OutputLayer;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.onnx.Ops;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * A model and the values of one call of a single example, for the cost of the call itself.
 *
 * @param model the model
 * @param feeds the values by the names of the inputs, in direct buffers
 */
record SmallCall(OnnxModel model, Map<String, Tensor> feeds) {
  static final int DIM = 64;
  static final int CLASSES = 1000;

  /** A Neg of one number: nothing but the call. */
  static SmallCall negation() {
    Value x = Value.input(ElementType.FLOAT, Shape.of(Dim.of("batch"), Dim.of(1)));
    OnnxModel model =
        new ModelBuilder().input(GraphNames.INPUTS, x).output(GraphNames.LOSS, Ops.neg(x)).build();
    return new SmallCall(model, Map.of(GraphNames.INPUTS, Tensor.allocateFloats(1, 1)));
  }

  /** The noise-contrastive loss of 64 candidates that the op draws. */
  static SmallCall loss() {
    NceLossOptions options = NceLossOptions.builder().numSampled(64).seed(1, 2).build();
    return new SmallCall(NceModels.trainingLoss(layer(), options), labelled());
  }

  /** The losses over all classes and the rank of the label. */
  static SmallCall evaluation() {
    EvaluationOptions options = EvaluationOptions.defaults().withMetrics();
    return new SmallCall(NceModels.evaluation(layer(), options), labelled());
  }

  /** The ten best classes. */
  static SmallCall topK() {
    return new SmallCall(
        NceModels.inference(layer(), 10), Map.of(GraphNames.INPUTS, labelled().get("inputs")));
  }

  private static OutputLayer layer() {
    RandomTensors random = new RandomTensors(1);
    return OutputLayer.of(random.floats(0.1, CLASSES, DIM), random.floats(1, CLASSES));
  }

  private static Map<String, Tensor> labelled() {
    RandomTensors random = new RandomTensors(2);
    return Map.of(
        GraphNames.INPUTS, random.floats(1, 1, DIM), GraphNames.LABELS, random.ids(CLASSES, 1, 1));
  }
}
