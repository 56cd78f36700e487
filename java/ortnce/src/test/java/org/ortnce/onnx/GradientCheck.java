package org.ortnce.onnx;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * Compares the gradients of a graph with central differences, all in double on stock ONNX Runtime.
 * The loss is half the square sum of the graph's result, so that every element has a gradient of
 * its own. Differences with steps h and h/2 are extrapolated to 0 (Richardson): truncation is of
 * order h^4, rounding of order 1e-16 / h, both far below the 1e-6 of the gradient's norm that is
 * asked for.
 */
final class GradientCheck {
  private static final double STEP = 0x1p-9;

  private final Map<String, Tensor> feeds = new LinkedHashMap<>();
  private final Map<String, Value> values = new LinkedHashMap<>();

  /** Adds input {@code x0}, {@code x1}... with elements in [low, high). */
  GradientCheck input(String declared, double low, double high, long... shape) {
    double[] data = new double[Math.toIntExact(Tensor.elementCount(shape))];
    Random random = new Random(feeds.size() + 1);
    for (int i = 0; i < data.length; i++) {
      data[i] = low + (high - low) * random.nextDouble();
    }
    String name = "x" + feeds.size();
    feeds.put(name, Tensor.of(data, shape));
    values.put(name, Value.input(ElementType.DOUBLE, ShapeInferenceTest.shape(declared)));
    return this;
  }

  /** Checks the gradients by all inputs. */
  void check(Function<Value[], Value> graph) {
    Value[] inputs = values.values().toArray(new Value[0]);
    ModelBuilder model = builder();
    Value loss = loss(graph.apply(inputs));
    OnnxModel gradients = model.withGradients(loss, inputs).build();
    Map<String, Tensor> found = StockRuntime.run(gradients, feeds);
    try (StockRuntime losses = new StockRuntime(builder().output("loss", loss).build())) {
      feeds.forEach(
          (name, tensor) ->
              GradientTensors.assertNear(
                  name, GradientTensors.dense(found, name, tensor.shape()), slopes(losses, name)));
    }
  }

  private ModelBuilder builder() {
    ModelBuilder model = new ModelBuilder();
    values.forEach(model::input);
    return model;
  }

  private static Value loss(Value y) {
    return Ops.mul(Ops.scalar(ElementType.DOUBLE, 0.5), Ops.reduceSum(Ops.mul(y, y), false));
  }

  private double[] slopes(StockRuntime losses, String name) {
    double[] slopes = new double[(int) feeds.get(name).elementCount()];
    for (int i = 0; i < slopes.length; i++) {
      slopes[i] = (4 * slope(losses, name, i, STEP / 2) - slope(losses, name, i, STEP)) / 3;
    }
    return slopes;
  }

  private double slope(StockRuntime losses, String name, int index, double step) {
    return (loss(losses, name, index, step) - loss(losses, name, index, -step)) / (2 * step);
  }

  private double loss(StockRuntime losses, String name, int index, double step) {
    double[] moved = GradientTensors.doubles(feeds.get(name));
    moved[index] += step;
    Map<String, Tensor> at = new LinkedHashMap<>(feeds);
    at.put(name, Tensor.of(moved, feeds.get(name).shape()));
    return GradientTensors.doubles(losses.run(at).get("loss"))[0];
  }
}
