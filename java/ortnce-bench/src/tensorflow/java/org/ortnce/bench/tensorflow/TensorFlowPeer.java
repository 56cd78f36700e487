package org.ortnce.bench.tensorflow;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ortnce.bench.NceProblem;
import org.ortnce.bench.NceResult;
import org.ortnce.bench.Peer;
import org.ortnce.tensor.Tensor;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gradients;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/**
 * The recipe of {@code tf.nn.nce_loss} in a graph of TensorFlow Java, which has no such function;
 * the gradient is TensorFlow's own, by inputs and by the gathered rows.
 */
public final class TensorFlowPeer implements Peer {
  @Override
  public String name() {
    return "tensorflow";
  }

  @Override
  public Call open(NceProblem problem, boolean gradient) {
    return new TensorFlowCall(problem, gradient);
  }

  private static final class TensorFlowCall implements Call {
    private final NceProblem problem;
    private final Graph graph = new Graph();
    private final Session session;
    private final Map<Operand<?>, org.tensorflow.Tensor> feeds = new LinkedHashMap<>();
    private final List<Operand<?>> fetches = new ArrayList<>();

    TensorFlowCall(NceProblem problem, boolean gradient) {
      this.problem = problem;
      build(Ops.create(graph), gradient);
      session = new Session(graph);
    }

    private void build(Ops tf, boolean gradient) {
      Operand<TFloat32> inputs = floats(tf, problem.inputs());
      Operand<TInt64> labels = ids(tf, problem.labels());
      Operand<TFloat32> weights = floats(tf, problem.weights());
      Operand<TFloat32> biases = floats(tf, problem.biases());
      Operand<TInt64> candidates = ids(tf, problem.sampledCandidates());
      Operand<TFloat32> trueCount = floats(tf, problem.trueExpectedCount());
      Operand<TFloat32> sampledCount = floats(tf, problem.sampledExpectedCount());
      Operand<TInt32> first = tf.constant(0);
      Operand<TInt32> second = tf.constant(1);

      Operand<TFloat32> trueRows = tf.gather(weights, labels, first);
      Operand<TFloat32> sampledRows = tf.gather(weights, candidates, first);
      Operand<TFloat32> products = tf.math.mul(trueRows, tf.expandDims(inputs, second));
      Operand<TFloat32> u =
          tf.math.add(
              tf.reduceSum(products, tf.constant(2)),
              tf.math.sub(tf.gather(biases, labels, first), tf.math.log(trueCount)));
      Operand<TFloat32> v =
          tf.math.add(
              tf.linalg.matMul(inputs, sampledRows, MatMul.transposeB(true)),
              tf.math.sub(tf.gather(biases, candidates, first), tf.math.log(sampledCount)));
      Operand<TFloat32> share = tf.constant(1f / problem.sizes().numTrue());
      Operand<TFloat32> loss =
          tf.math.add(
              tf.reduceSum(tf.math.sub(tf.math.softplus(u), tf.math.mul(u, share)), second),
              tf.reduceSum(tf.math.softplus(v), second));
      fetches.add(loss);
      if (gradient) {
        Gradients gradients =
            tf.gradients(
                tf.reduceSum(loss, first, ReduceSum.keepDims(false)),
                List.of(inputs, trueRows, sampledRows));
        Operand<TInt32> rows = tf.constant(new int[] {-1, problem.sizes().dim()});
        fetches.add(gradients.dy(0));
        fetches.add(
            tf.concat(List.of(tf.reshape(labels, tf.constant(new int[] {-1})), candidates), first));
        fetches.add(
            tf.concat(
                List.of(tf.reshape(gradients.<TFloat32>dy(1), rows), gradients.<TFloat32>dy(2)),
                first));
      }
    }

    private Operand<TFloat32> floats(Ops tf, Tensor tensor) {
      Shape shape = Shape.of(tensor.shape());
      return input(
          tf, TFloat32.class, shape, TFloat32.tensorOf(shape, DataBuffers.of(tensor.floats())));
    }

    private Operand<TInt64> ids(Ops tf, Tensor tensor) {
      Shape shape = Shape.of(tensor.shape());
      return input(tf, TInt64.class, shape, TInt64.tensorOf(shape, DataBuffers.of(tensor.longs())));
    }

    /** A placeholder that is fed the same tensor in every call. */
    private <T extends TType> Operand<T> input(Ops tf, Class<T> type, Shape shape, T value) {
      Operand<T> placeholder = tf.placeholder(type, Placeholder.shape(shape));
      feeds.put(placeholder, value);
      return placeholder;
    }

    @Override
    public NceResult run() {
      Session.Runner runner = session.runner();
      feeds.forEach(runner::feed);
      fetches.forEach(runner::fetch);
      try (Result result = runner.run()) {
        boolean gradient = fetches.size() > 1;
        return new NceResult(
            floats(result.get(0)),
            gradient ? floats(result.get(1)) : null,
            gradient ? ids(result.get(2)) : null,
            gradient ? floats(result.get(3)) : null);
      }
    }

    private static Tensor floats(org.tensorflow.Tensor tensor) {
      float[] copy = new float[(int) tensor.size()];
      tensor.asRawTensor().data().asFloats().read(copy);
      return Tensor.of(copy, tensor.shape().asArray());
    }

    private static Tensor ids(org.tensorflow.Tensor tensor) {
      long[] copy = new long[(int) tensor.size()];
      tensor.asRawTensor().data().asLongs().read(copy);
      return Tensor.of(copy, tensor.shape().asArray());
    }

    @Override
    public void close() {
      session.close();
      graph.close();
      feeds.values().forEach(org.tensorflow.Tensor::close);
    }
  }
}
