package org.ortnce.bench;

import org.ortnce.nce.GraphNames;
import org.ortnce.nce.SampledValues;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.tensor.ElementType;

/** A model under construction whose graph inputs are the tensors of {@link NceProblem}. */
final class NceGraph {
  private final Dim batch = Dim.of("batch");
  final ModelBuilder model = new ModelBuilder().graphName("bench");
  final Value inputs;
  final Value labels;
  final Value weights;
  final Value biases;
  final SampledValues sample;

  NceGraph(Sizes sizes) {
    Dim numTrue = Dim.of(sizes.numTrue());
    Dim sampled = Dim.of(sizes.sampled());
    inputs = float32(GraphNames.INPUTS, batch, Dim.of(sizes.dim()));
    labels = int64(GraphNames.LABELS, batch, numTrue);
    weights = float32(GraphNames.WEIGHTS, Dim.of(sizes.classes()), Dim.of(sizes.dim()));
    biases = float32(GraphNames.BIASES, Dim.of(sizes.classes()));
    sample =
        new SampledValues(
            int64(GraphNames.SAMPLED_CANDIDATES, sampled),
            float32(GraphNames.TRUE_EXPECTED_COUNT, batch, numTrue),
            float32(GraphNames.SAMPLED_EXPECTED_COUNT, sampled));
  }

  private Value float32(String name, Dim... dims) {
    return input(name, ElementType.FLOAT, dims);
  }

  private Value int64(String name, Dim... dims) {
    return input(name, ElementType.INT64, dims);
  }

  private Value input(String name, ElementType type, Dim... dims) {
    Value value = Value.input(type, Shape.of(dims));
    model.input(name, value);
    return value;
  }

  /** Names the outputs that {@link ModelCall} reads. */
  void outputs(Value loss, Value inputsGrad, Value classIds, Value weightsGrad) {
    model.output(GraphNames.LOSS, loss);
    if (inputsGrad != null) {
      model
          .output(ModelCall.INPUTS_GRAD, inputsGrad)
          .output(ModelCall.CLASS_IDS, classIds)
          .output(ModelCall.WEIGHTS_GRAD, weightsGrad);
    }
  }
}
