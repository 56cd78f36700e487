package org.ortnce.nce;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.Gradient;
import org.ortnce.onnx.GradientRule;
import org.ortnce.onnx.NodeGradients;
import org.ortnce.onnx.Ops;
import org.ortnce.onnx.Value;

/**
 * How gradients pass through {@code NceLoss}: by one {@code NceLossGrad} on the candidates that the
 * loss used, drawn or given. Expected counts count as constants, as in TensorFlow.
 */
final class NceLossGradient {
  /** Where the arguments of the op are. */
  private static final int INPUTS = 0;

  private static final int BIASES = 2;
  private static final int FIRST_WEIGHTS = 7;

  /** The output of {@code NceLossGrad} that is the loss. */
  private static final int OWN_LOSS = 4;

  private NceLossGradient() {}

  static GradientRule of(NceLossSignature loss) {
    return node -> pass(loss, node);
  }

  private static void pass(NceLossSignature loss, NodeGradients node) {
    if (!node.hasOutputGradient(0)) {
      return;
    }
    SampledValues used =
        loss.sampledValues() == null
            ? new SampledValues(node.output(1), node.output(2), node.output(3))
            : loss.sampledValues();
    NceLossGrad grad =
        NceOps.nceLossGrad(
            node.outputGradient(0),
            loss.weights(),
            loss.biases(),
            loss.labels(),
            loss.inputs(),
            loss.options(),
            used);
    node.add(INPUTS, grad.inputs());
    node.addUniqueSlices(BIASES, grad.classIds(), grad.biases());
    addWeights(node, grad.classIds(), grad.weights(), loss.weights(), loss.options());
  }

  /**
   * How gradients pass through the loss that {@code NceLossGrad} itself returns: by its other
   * outputs, which are those by a loss_grad of 1.
   */
  static void passOwn(NodeGradients node, NceLossOptions options, List<Value> weights) {
    if (!node.hasOutputGradient(OWN_LOSS)) {
      return;
    }
    Value factor = node.outputGradient(OWN_LOSS);
    boolean isOne = factor.constant().map(data -> data.floats().get(0) == 1).orElse(false);
    UnaryOperator<Value> scaled =
        isOne ? x -> x : x -> Ops.mul(x, Ops.cast(factor, x.elementType()));
    node.add(INPUTS + 1, scaled.apply(node.output(0)));
    node.addUniqueSlices(BIASES + 1, node.output(1), scaled.apply(node.output(3)));
    addWeights(node, node.output(1), scaled.apply(node.output(2)), weights, options);
  }

  /** Both ops have their weights at the same place: loss_grad stands where step was. */
  private static void addWeights(
      NodeGradients node, Value ids, Value rows, List<Value> weights, NceLossOptions options) {
    List<Gradient.IndexedSlices> slices = split(ids, rows, weights, options.partitionStrategy());
    for (int p = 0; p < slices.size(); p++) {
      node.addUniqueSlices(FIRST_WEIGHTS + p, slices.get(p).indices(), slices.get(p).values());
    }
  }

  /**
   * The gradient by each partition of the weights.
   *
   * @param ids classes, ascending and unique
   * @param rows the gradients by their embeddings
   */
  static List<Gradient.IndexedSlices> split(
      Value ids, Value rows, List<Value> weights, PartitionStrategy strategy) {
    if (weights.size() == 1) {
      return List.of(new Gradient.IndexedSlices(ids, rows));
    }
    return strategy == PartitionStrategy.MOD
        ? interleaved(ids, rows, weights.size())
        : ranges(ids, rows, weights);
  }

  /** Class c is row c / P of partition c % P: rows of a partition keep their order. */
  private static List<Gradient.IndexedSlices> interleaved(Value ids, Value rows, int partitions) {
    List<Gradient.IndexedSlices> slices = new ArrayList<>();
    Value count = Ops.scalar((long) partitions);
    Value partition = Ops.mod(ids, count);
    for (int p = 0; p < partitions; p++) {
      Value mine = Ops.equal(partition, Ops.scalar((long) p));
      slices.add(
          new Gradient.IndexedSlices(
              Ops.div(Ops.compress(ids, mine, 0), count), Ops.compress(rows, mine, 0)));
    }
    return slices;
  }

  /** Each partition has a range of classes. */
  private static List<Gradient.IndexedSlices> ranges(
      Value classIds, Value classRows, List<Value> weights) {
    List<Gradient.IndexedSlices> slices = new ArrayList<>();
    List<Value> ends = ends(weights);
    int last = weights.size() - 1;
    for (int p = 0; p <= last; p++) {
      Value start = p == 0 ? null : ends.get(p - 1);
      Value below = p == last ? null : Ops.less(classIds, ends.get(p));
      Value above = start == null ? null : Ops.greaterOrEqual(classIds, start);
      Value mine = below == null ? above : above == null ? below : Ops.and(above, below);
      Value ids = Ops.compress(classIds, mine, 0);
      Value rows = Ops.compress(classRows, mine, 0);
      slices.add(new Gradient.IndexedSlices(start == null ? ids : Ops.sub(ids, start), rows));
    }
    return slices;
  }

  /** The class after the last of each partition, constant as far as sizes are fixed. */
  private static List<Value> ends(List<Value> weights) {
    List<Value> ends = new ArrayList<>();
    long fixed = 0;
    Value computed = null;
    for (Value w : weights) {
      Dim rows = OpArguments.dim(w, 0);
      if (computed == null && rows.isFixed()) {
        fixed += rows.size();
        ends.add(Ops.scalar(fixed));
      } else {
        Value size = Ops.gather(Ops.shape(w), Ops.scalar(0L), 0);
        computed = Ops.add(computed == null ? Ops.scalar(fixed) : computed, size);
        ends.add(computed);
      }
    }
    return ends;
  }
}
