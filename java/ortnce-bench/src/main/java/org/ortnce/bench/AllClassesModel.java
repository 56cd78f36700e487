package org.ortnce.bench;

import ai.onnxruntime.OrtException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.ortnce.nce.FullSigmoidLossOptions;
import org.ortnce.nce.GraphNames;
import org.ortnce.nce.NceOps;
import org.ortnce.nce.PartitionStrategy;
import org.ortnce.nce.TopKClasses;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.Ops;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.TopK;
import org.ortnce.onnx.Value;
import org.ortnce.session.ModelSession;
import org.ortnce.session.SessionConfig;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * A batch and a table of classes: tasks {@code loss}, the full sigmoid loss, and {@code top-k}, the
 * ten best classes.
 *
 * @param inputs float [batch, dim]
 * @param labels int64 [batch, 1]
 * @param weights float [classes, dim]
 * @param biases float [classes]
 */
record AllClassesModel(Tensor inputs, Tensor labels, Tensor weights, Tensor biases) {
  private static final int TOP_K = 10;
  private static final double TOLERANCE = 1e-4;

  /** The same for the same sizes, batch x dim x classes. */
  static AllClassesModel random(String sizes) {
    int[] size = Arrays.stream(sizes.split("x", -1)).mapToInt(Integer::parseInt).toArray();
    RandomTensors random = new RandomTensors(sizes.hashCode());
    return new AllClassesModel(
        random.floats(1, size[0], size[1]),
        random.ids(size[2], size[0], 1),
        random.floats(1 / Math.sqrt(size[1]), size[2], size[1]),
        random.floats(1, size[2]));
  }

  /** The values of a call. */
  Map<String, Tensor> feeds(String task) {
    return task.equals("loss")
        ? Map.of(GraphNames.INPUTS, inputs, GraphNames.LABELS, labels)
        : Map.of(GraphNames.INPUTS, inputs);
  }

  /** A session for a task, by our op ({@code ort-nce}) or ONNX Runtime's ({@code standard-ops}). */
  ModelSession open(String task, String peer) throws OrtException {
    boolean ours = peer.equals("ort-nce");
    ModelBuilder model = new ModelBuilder().graphName("all_classes");
    Value x = Value.input(ElementType.FLOAT, Shape.of(Dim.of("batch"), Dim.of(inputs.dim(1))));
    Value w = Value.initializer(weights);
    Value b = Value.initializer(biases);
    model.input(GraphNames.INPUTS, x);
    Value logits = ours ? null : Ops.gemm(x, w, b, 1, 1, false, true);
    if (task.equals("loss")) {
      Value y = Value.input(ElementType.INT64, Shape.of(Dim.of("batch"), Dim.of(1)));
      model.input(GraphNames.LABELS, y);
      Value loss =
          ours
              ? NceOps.fullSigmoidLoss(List.of(w), b, y, x, FullSigmoidLossOptions.defaults())
                  .loss()
              : Ops.sub(
                  Ops.reduceSum(Ops.softplus(logits), false, 1),
                  Ops.squeeze(Ops.gatherElements(logits, y, 1), 1));
      model.output(GraphNames.LOSS, loss);
    } else if (ours) {
      TopKClasses best =
          NceOps.topKClasses(List.of(w), b, x, TOP_K, OptionalLong.empty(), PartitionStrategy.DIV);
      model
          .output(GraphNames.TOP_K_LOGITS, best.logits())
          .output(GraphNames.TOP_K_CLASSES, best.classIds());
    } else {
      TopK best = Ops.topK(logits, TOP_K);
      model
          .output(GraphNames.TOP_K_LOGITS, best.values())
          .output(GraphNames.TOP_K_CLASSES, best.indices());
    }
    return ModelSession.open(
        model.build().toByteArray(), SessionConfig.builder().registerLibrary(ours).build());
  }

  /**
   * Compares the results of some examples with those in double.
   *
   * @throws IllegalStateException naming the number that differs
   */
  void check(String peer, Map<String, Tensor> found) {
    int batch = (int) inputs.dim(0);
    for (int i = 0; i < batch; i += Math.max(1, batch / 4)) {
      double[] logits = logits(i);
      if (found.containsKey(GraphNames.LOSS)) {
        double loss = -logits[(int) labels.longs().get(i)];
        for (double z : logits) {
          loss += Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
        }
        compare(peer + ": loss", i, found.get(GraphNames.LOSS).floats().get(i), loss);
      } else {
        Arrays.sort(logits);
        for (int place = 0; place < TOP_K; place++) {
          double expected = logits[logits.length - 1 - place];
          float best = found.get(GraphNames.TOP_K_LOGITS).floats().get(i * TOP_K + place);
          compare(peer + ": top k", i, best, expected);
        }
      }
    }
  }

  private double[] logits(int i) {
    int dim = (int) inputs.dim(1);
    return IntStream.range(0, (int) weights.dim(0))
        .parallel()
        .mapToDouble(
            c -> {
              double sum = biases.floats().get(c);
              for (int d = 0; d < dim; d++) {
                sum +=
                    (double) inputs.floats().get(i * dim + d) * weights.floats().get(c * dim + d);
              }
              return sum;
            })
        .toArray();
  }

  private static void compare(String what, int example, double found, double expected) {
    if (!(Math.abs(found - expected) <= TOLERANCE * Math.abs(expected))) {
      throw new IllegalStateException(
          what + " of example " + example + " is " + found + ", expected " + expected);
    }
  }
}
