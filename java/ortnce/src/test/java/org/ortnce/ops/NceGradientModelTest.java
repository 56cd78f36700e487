package org.ortnce.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.ortnce.nce.GraphNames;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.NceOps;
import org.ortnce.nce.SampledValues;
import org.ortnce.onnx.GradientTensors;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.Ops;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.session.ModelSession;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * Gradient models of networks whose head is NceLoss, against central differences of the network and
 * the loss in double. Networks, options, partitions and what is made of the loss vary with the
 * number of the case. Steps are those of {@link NceLossGradTest}.
 */
class NceGradientModelTest {
  private static final double STEP = 0x1p-7;
  private static final List<String> SAMPLE =
      List.of(
          GraphNames.SAMPLED_CANDIDATES,
          GraphNames.TRUE_EXPECTED_COUNT,
          GraphNames.SAMPLED_EXPECTED_COUNT);

  @TestFactory
  Stream<DynamicTest> networks() {
    return IntStream.range(0, 48)
        .mapToObj(i -> DynamicTest.dynamicTest("case " + i, () -> new Network(i).check()));
  }

  private static final class Network {
    final int index;
    final NceCase c;
    final InputNetwork network;
    final String table;
    final int partitions;
    final String strategy;
    final Map<String, Tensor> parameters = new LinkedHashMap<>();

    Network(int index) {
      this.index = index;
      Random random = new Random(index);
      int batch = 2 + random.nextInt(4);
      int classes = 6 + random.nextInt(4);
      int dim = 2 + index % 5;
      NceCase.Sizes sizes =
          new NceCase.Sizes(batch, 1 + index % 3, 1 + random.nextInt(6), classes, dim);
      c =
          NceCase.random(sizes, index)
              .attribute("remove_accidental_hits", (long) (index & 1))
              .attribute("subtract_log_q", (long) (index >> 1 & 1))
              .attribute("reduction", List.of("none", "mean", "sum").get(index / 2 % 3));
      if (index % 4 == 3) {
        long[] labels = c.get(GraphNames.LABELS).toLongArray();
        labels[0] = -7;
        c.set(GraphNames.LABELS, Tensor.of(labels, batch, sizes.numTrue()))
            .attribute("ignore_index", -7L);
      }
      if (index % 5 == 4) {
        c.remove(GraphNames.BIASES);
      }
      partitions = 1 + index % 3;
      strategy = index % 2 == 0 ? "div" : "mod";
      boolean tied = partitions == 1 && index % 2 == 0;
      String activation = tied ? "" : List.of("", "tanh", "relu", "").get(index / 3 % 4);
      int rows = tied ? classes : 5;
      long[] idShape = index / 4 % 2 == 0 ? new long[] {batch} : new long[] {batch, 3};
      network = new InputNetwork(NceCase.ids(random, rows, idShape), activation);
      table = tied ? GraphNames.WEIGHTS : InputNetwork.EMBEDDINGS;
      parameters.put(GraphNames.WEIGHTS, c.weights().get(0));
      if (c.get(GraphNames.BIASES) != null) {
        parameters.put(GraphNames.BIASES, c.get(GraphNames.BIASES));
      }
      int width = network.hasLayer() ? 4 : dim;
      if (!tied) {
        parameters.put(table, NceCase.gaussian(random, 1, rows, width));
      }
      if (network.hasLayer()) {
        parameters.put(InputNetwork.HIDDEN_WEIGHTS, NceCase.gaussian(random, 0.7, width, dim));
        parameters.put(InputNetwork.HIDDEN_BIASES, NceCase.gaussian(random, 0.7, dim));
      }
    }

    void check() throws Exception {
      Map<String, Tensor> feeds = new LinkedHashMap<>();
      byte[] model = model(feeds);
      Map<String, Tensor> found;
      try (ModelSession session = ModelSession.open(model, NceRuns.QUIET)) {
        found = session.run(feeds);
      }
      assertThat((double) found.get("loss").floats().get(0))
          .isCloseTo(loss(parameters), withinPercentage(1e-3));
      for (Map.Entry<String, Tensor> parameter : parameters.entrySet()) {
        String name = parameter.getKey();
        GradientTensors.assertNear(
            name, found(found, name, parameter.getValue()), slopes(name, parameter.getValue()));
      }
    }

    private byte[] model(Map<String, Tensor> feeds) {
      ModelBuilder model = new ModelBuilder();
      Map<String, Value> values = new LinkedHashMap<>();
      List<Value> wrt = new ArrayList<>();
      for (Map.Entry<String, Tensor> parameter : parameters.entrySet()) {
        if (!parameter.getKey().equals(GraphNames.WEIGHTS)) {
          wrt.add(input(model, feeds, values, parameter.getKey(), parameter.getValue()));
        }
      }
      List<Value> weights = new ArrayList<>();
      Tensor[] parts = NceCase.partitions(c.weights().get(0), strategy, partitions);
      for (int p = 0; p < partitions; p++) {
        weights.add(input(model, feeds, values, GraphNames.weights(p, partitions), parts[p]));
      }
      wrt.addAll(weights);
      Value labels = input(model, feeds, values, GraphNames.LABELS, c.get(GraphNames.LABELS));
      Value ids = input(model, feeds, values, "input_ids", network.ids());
      SAMPLE.forEach(name -> input(model, feeds, values, name, c.get(name)));
      NceLossOptions options =
          NceGraphs.options(c.copy().attribute("partition_strategy", strategy).attributes());
      Value loss =
          NceOps.nceLoss(
                  weights,
                  values.get(GraphNames.BIASES),
                  labels,
                  network.graph(values, table, ids),
                  options,
                  new SampledValues(
                      values.get(SAMPLE.get(0)),
                      values.get(SAMPLE.get(1)),
                      values.get(SAMPLE.get(2))),
                  null)
              .loss();
      return model
          .output("loss", Ops.reduceSum(made(loss), false))
          .withGradients(made(loss), wrt.toArray(new Value[0]))
          .build()
          .toByteArray();
    }

    /** The loss itself, its mean over the batch, or its square. */
    private Value made(Value loss) {
      return switch (index % 4) {
        case 1 -> Ops.reduceMean(loss, false);
        case 2 -> Ops.mul(loss, loss);
        default -> loss;
      };
    }

    private double loss(Map<String, Tensor> at) {
      NceCase moved = c.copy().weights(at.get(GraphNames.WEIGHTS));
      if (at.containsKey(GraphNames.BIASES)) {
        moved.set(GraphNames.BIASES, at.get(GraphNames.BIASES));
      }
      double[] loss = NceLossReference.of(moved, network.forward(at, table)).loss();
      double sum = 0;
      for (double each : loss) {
        sum += index % 4 == 2 ? each * each : each;
      }
      return index % 4 == 1 ? sum / loss.length : sum;
    }

    private static Value input(
        ModelBuilder model,
        Map<String, Tensor> feeds,
        Map<String, Value> values,
        String name,
        Tensor tensor) {
      ElementType type = tensor.elementType();
      Value value = Value.input(type, Shape.of(tensor.shape()));
      model.input(name, value);
      feeds.put(name, tensor);
      values.put(name, value);
      return value;
    }

    /** The gradient by a parameter in full; partitions are put together again. */
    private double[] found(Map<String, Tensor> outputs, String name, Tensor parameter) {
      if (partitions == 1 || !name.equals(GraphNames.WEIGHTS)) {
        return GradientTensors.dense(outputs, name, parameter.shape());
      }
      int dim = (int) parameter.dim(1);
      double[] whole = new double[(int) parameter.elementCount()];
      Tensor[] parts = NceCase.partitions(parameter, strategy, partitions);
      int next = 0;
      for (int p = 0; p < partitions; p++) {
        double[] part =
            GradientTensors.dense(outputs, GraphNames.weights(p, partitions), parts[p].shape());
        for (int r = 0; r < parts[p].dim(0); r++) {
          int row = strategy.equals("mod") ? r * partitions + p : next++;
          System.arraycopy(part, r * dim, whole, row * dim, dim);
        }
      }
      return whole;
    }

    private double[] slopes(String name, Tensor parameter) {
      double[] slopes = new double[(int) parameter.elementCount()];
      for (int i = 0; i < slopes.length; i++) {
        slopes[i] = (4 * slope(name, parameter, i, STEP / 2) - slope(name, parameter, i, STEP)) / 3;
      }
      return slopes;
    }

    private double slope(String name, Tensor parameter, int i, double step) {
      float value = parameter.toFloatArray()[i];
      float above = (float) (value + step);
      float below = (float) (value - step);
      return (moved(name, parameter, i, above) - moved(name, parameter, i, below))
          / ((double) above - below);
    }

    private double moved(String name, Tensor parameter, int i, float value) {
      float[] data = parameter.toFloatArray();
      data[i] = value;
      Map<String, Tensor> at = new LinkedHashMap<>(parameters);
      at.put(name, Tensor.of(data, parameter.shape()));
      return loss(at);
    }
  }
}
