package org.ortnce.training;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.ortnce.nce.NceNetwork;
import org.ortnce.tensor.Tensor;

/** Parameters and batches of random numbers for any network, and the bits they become. */
final class RandomTraining {
  private RandomTraining() {}

  /** The same for every call. */
  static List<Parameter> parameters(NceNetwork network) {
    List<Parameter> parameters = new ArrayList<>();
    network
        .parameters()
        .forEach(
            (name, shape) -> {
              long[] dims = shape.dims().stream().mapToLong(dim -> dim.size()).toArray();
              parameters.add(Parameter.normal(name, 0.3, name.hashCode(), dims));
            });
    return parameters;
  }

  /** A batch for a session; labels below {@code classes}, other ids below {@code words}. */
  static Map<String, Tensor> batch(
      TrainingSession session, int size, int classes, int words, long seed) {
    Random random = new Random(seed);
    Map<String, Tensor> batch = new LinkedHashMap<>();
    session
        .examples()
        .forEach(
            (name, spec) -> {
              int columns = spec.shape().size() == 1 ? 1 : (int) spec.shape().get(1).size();
              long[] shape =
                  spec.shape().size() == 1 ? new long[] {size} : new long[] {size, columns};
              int count = size * columns;
              int range = name.equals("labels") ? classes : words;
              batch.put(
                  name,
                  name.equals("inputs")
                      ? Parameter.normal("x", 1, seed, shape).value()
                      : Tensor.of(random.longs(count, 0, range).toArray(), shape));
            });
    return batch;
  }

  /** The bits of parameters and slots: NaN equals itself. */
  static int[][] bits(BoundOptimizer optimizer) {
    return optimizer.state().values().stream().map(RandomTraining::bits).toArray(int[][]::new);
  }

  static int[] bits(Tensor tensor) {
    float[] values = tensor.toFloatArray();
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }
}
