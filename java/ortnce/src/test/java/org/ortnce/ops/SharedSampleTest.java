package org.ortnce.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.ortnce.nce.GraphNames;
import org.ortnce.nce.NceLoss;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.NceOps;
import org.ortnce.nce.SampledValues;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.Gradient;
import org.ortnce.onnx.Gradients;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.NodeInfo;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.onnx.Ops;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.session.ModelSession;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** The step of a skip-gram model: loss and gradients of one sample in one run. */
class SharedSampleTest {
  private static final int CLASSES = 200;
  private static final int DIM = 8;
  private static final int BATCH = 16;
  private static final int NUM_SAMPLED = 12;

  /** The values of a skip-gram graph; the sample is drawn by the loss, or given. */
  private static final class SkipGram {
    final Dim batch = Dim.of("batch");
    final Value ids = Value.input(ElementType.INT64, Shape.of(batch));
    final Value labels = Value.input(ElementType.INT64, Shape.of(batch, Dim.of(1)));
    final Value embeddings = Value.input(ElementType.FLOAT, Shape.of(CLASSES, DIM));
    final Value weights = Value.input(ElementType.FLOAT, Shape.of(CLASSES, DIM));
    final Value biases = Value.input(ElementType.FLOAT, Shape.of(CLASSES));
    final Value step = Value.input(ElementType.INT64, Shape.scalar());
    final SampledValues sample =
        new SampledValues(
            Value.input(ElementType.INT64, Shape.of(NUM_SAMPLED)),
            Value.input(ElementType.FLOAT, Shape.of(batch, Dim.of(1))),
            Value.input(ElementType.FLOAT, Shape.of(NUM_SAMPLED)));
    final NceLoss nce;
    final boolean given;

    SkipGram(boolean given) {
      this.given = given;
      NceLossOptions options = NceLossOptions.builder().numSampled(NUM_SAMPLED).seed(3, 4).build();
      nce =
          NceOps.nceLoss(
              List.of(weights),
              biases,
              labels,
              Ops.gather(embeddings, ids, 0),
              options,
              given ? sample : null,
              given ? null : step);
    }

    ModelBuilder model() {
      ModelBuilder model =
          new ModelBuilder()
              .input("input_ids", ids)
              .input(GraphNames.LABELS, labels)
              .input("embeddings", embeddings)
              .input(GraphNames.WEIGHTS, weights)
              .input(GraphNames.BIASES, biases)
              .output(GraphNames.LOSS, nce.loss());
      if (given) {
        return model
            .input(GraphNames.SAMPLED_CANDIDATES, sample.sampledCandidates())
            .input(GraphNames.TRUE_EXPECTED_COUNT, sample.trueExpectedCount())
            .input(GraphNames.SAMPLED_EXPECTED_COUNT, sample.sampledExpectedCount());
      }
      return model.input(GraphNames.STEP, step);
    }

    OnnxModel withGradients() {
      return model().withGradients(nce.loss(), embeddings, weights, biases).build();
    }
  }

  private static Map<String, Tensor> feeds() {
    Random random = new Random(9);
    Map<String, Tensor> feeds = new HashMap<>();
    // Few ids, so that rows of the table repeat.
    feeds.put("input_ids", NceCase.ids(random, 9, BATCH));
    feeds.put(GraphNames.LABELS, NceCase.ids(random, CLASSES, BATCH, 1));
    feeds.put("embeddings", NceCase.gaussian(random, 1, CLASSES, DIM));
    feeds.put(GraphNames.WEIGHTS, NceCase.gaussian(random, 0.3, CLASSES, DIM));
    feeds.put(GraphNames.BIASES, NceCase.gaussian(random, 0.5, CLASSES));
    return feeds;
  }

  private static Map<String, Tensor> run(OnnxModel model, Map<String, Tensor> feeds)
      throws Exception {
    try (ModelSession session = ModelSession.open(model.toByteArray(), NceRuns.QUIET)) {
      return session.run(feeds);
    }
  }

  /** Loss and gradients are those of the sample of this step, which a second model is given. */
  @Test
  void gradientsBelongToTheSampleOfTheLoss() throws Exception {
    SkipGram own = new SkipGram(false);
    ModelBuilder withSample =
        own.model()
            .withGradients(own.nce.loss(), own.embeddings, own.weights, own.biases)
            .output(GraphNames.SAMPLED_CANDIDATES, own.nce.sampledValues().sampledCandidates())
            .output(GraphNames.TRUE_EXPECTED_COUNT, own.nce.sampledValues().trueExpectedCount())
            .output(
                GraphNames.SAMPLED_EXPECTED_COUNT, own.nce.sampledValues().sampledExpectedCount());
    OnnxModel given = new SkipGram(true).withGradients();
    long[] before = null;
    for (long step : new long[] {0, 41}) {
      Map<String, Tensor> feeds = feeds();
      feeds.put(GraphNames.STEP, Tensor.scalar(step));
      Map<String, Tensor> found = run(withSample.build(), feeds);
      float[] lossOnly = run(own.model().build(), feeds).get(GraphNames.LOSS).toFloatArray();
      assertThat(found.get(GraphNames.LOSS).toFloatArray()).isEqualTo(lossOnly);
      Map<String, Tensor> plain = run(own.withGradients(), feeds);
      long[] sampled = found.get(GraphNames.SAMPLED_CANDIDATES).toLongArray();
      assertThat(sampled).isNotEqualTo(before);
      before = sampled;

      Map<String, Tensor> sample = feeds();
      for (String name :
          List.of(
              GraphNames.SAMPLED_CANDIDATES,
              GraphNames.TRUE_EXPECTED_COUNT,
              GraphNames.SAMPLED_EXPECTED_COUNT)) {
        sample.put(name, found.get(name));
      }
      Map<String, Tensor> expected = run(given, sample);
      for (String name : List.of("embeddings", "weights", "biases")) {
        for (Map<String, Tensor> outputs : List.of(found, plain)) {
          assertThat(outputs.get(name + "_grad_indices").toLongArray())
              .isEqualTo(expected.get(name + "_grad_indices").toLongArray());
          assertThat(outputs.get(name + "_grad_values").toFloatArray())
              .isEqualTo(expected.get(name + "_grad_values").toFloatArray());
        }
      }
      assertThat(found.get("weights_grad_indices").toLongArray()).contains(sampled);
    }
  }

  /** Every node of the step is one it needs; the Identity gives class_ids its second name. */
  @Test
  void theStepHasNoNodeTooMany() {
    List<String> nodes =
        new SkipGram(false).withGradients().nodes().stream().map(NodeInfo::opType).toList();
    assertThat(nodes)
        .containsExactlyInAnyOrder(
            "Gather",
            "NceLoss",
            "Shape",
            "ConstantOfShape",
            "NceLossGrad",
            "DeduplicateIndexedSlices",
            "Identity");
  }

  /** Two losses on one sample: the second has the counts of the first, which take no gradient. */
  @Test
  void expectedCountsAreConstants() throws Exception {
    SkipGram own = new SkipGram(false);
    NceLossOptions options = NceLossOptions.ofNumSampled(NUM_SAMPLED);
    Value again =
        NceOps.nceLoss(
                List.of(own.weights),
                null,
                own.labels,
                Ops.gather(own.embeddings, own.ids, 0),
                options,
                own.nce.sampledValues(),
                null)
            .loss();
    Map<String, Tensor> feeds = feeds();
    feeds.put(GraphNames.STEP, Tensor.scalar(5L));
    Map<String, Tensor> both =
        run(own.model().withGradients(Ops.add(again, own.nce.loss()), own.weights).build(), feeds);
    Map<String, Tensor> first =
        run(own.model().withGradients(own.nce.loss(), own.weights).build(), feeds);
    Map<String, Tensor> second = run(own.model().withGradients(again, own.weights).build(), feeds);
    // By one sample the classes are the same.
    long[] classes = first.get("weights_grad_indices").toLongArray();
    assertThat(both.get("weights_grad_indices").toLongArray()).isEqualTo(classes);
    assertThat(second.get("weights_grad_indices").toLongArray()).isEqualTo(classes);
    float[] sum = both.get("weights_grad_values").toFloatArray();
    float[] a = first.get("weights_grad_values").toFloatArray();
    float[] b = second.get("weights_grad_values").toFloatArray();
    for (int i = 0; i < sum.length; i++) {
      // 0 + a and then b, or the other way round: the same float.
      assertThat(sum[i]).isEqualTo(a[i] + b[i]);
    }

    SkipGram given = new SkipGram(true);
    Value counts = given.sample.trueExpectedCount();
    assertThatThrownBy(() -> given.model().withGradients(given.nce.loss(), counts))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "NceLoss (float[batch]) cannot be differentiated, it has no gradient by its input 4: it"
                + " lies on the way from the loss to wrt[0] 'true_expected_count': NceLoss");
    assertThatThrownBy(() -> given.model().withGradients(given.nce.loss(), given.labels))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Gradients: wrt[0] 'labels' is int64[batch, 1], expected elements");
  }

  /** There is no gradient of a gradient. */
  @Test
  void secondOrderIsRefused() {
    SkipGram given = new SkipGram(true);
    Value inputs = Value.input(ElementType.FLOAT, Shape.of(given.batch, Dim.of(DIM)));
    Value loss =
        NceOps.nceLoss(given.weights, null, given.labels, inputs, NceLossOptions.ofNumSampled(2))
            .loss();
    Gradient.Dense first = (Gradient.Dense) Gradients.of(loss, List.of(inputs)).get(0);
    assertThatThrownBy(() -> Gradients.of(first.value(), List.of(inputs)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "NceLossGrad (float[batch, 8]) cannot be differentiated: it lies on the way from the"
                + " loss to wrt[0]: NceLossGrad");
  }
}
