package org.ortnce.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.ortnce.nce.InferenceOptions;
import org.ortnce.nce.NceModels;
import org.ortnce.nce.NceOps;
import org.ortnce.nce.OutputLayer;
import org.ortnce.nce.PartitionStrategy;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.session.InferenceSession;
import org.ortnce.session.SessionConfig;
import org.ortnce.session.TopK;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** Inference models that never hold the scores of all classes, and those that can return them. */
class TopKClassesTest {
  private static final SessionConfig STOCK = SessionConfig.builder().registerLibrary(false).build();

  @Test
  void topKAloneIsTheDefault() throws OrtException {
    Random random = new Random(4);
    OutputLayer layer =
        OutputLayer.of(NceCase.gaussian(random, 1, 30, 4), NceCase.gaussian(random, 1, 30));
    OnnxModel model = NceModels.inference(layer, 3);
    assertThat(model.outputs().toString()).doesNotContain("[batch, 30]");
    Tensor inputs = NceCase.gaussian(random, 1, 5, 4);
    try (InferenceSession session =
        InferenceSession.open(model.toByteArray(), SessionConfig.defaults())) {
      TopK top = session.topK(inputs);
      float[] logits = top.logits().orElseThrow().toFloatArray();
      float[] probabilities = top.probabilities().toFloatArray();
      for (int i = 0; i < logits.length; i++) {
        double p = 1 / (1 + Math.exp(-logits[i]));
        assertThat(Math.abs(probabilities[i] - p)).isLessThanOrEqualTo(0x1p-20 * p);
      }
      assertThatThrownBy(() -> session.logits(inputs))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContainingAll("'logits'", "top_k_classes", "allScores");
      assertThatThrownBy(() -> session.probabilities(inputs))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("'probabilities'");
    }
  }

  @Test
  void opAndFunctionFindTheSameClasses() throws OrtException {
    Random random = new Random(5);
    for (int k : new int[] {1, 7, 200}) {
      OutputLayer layer =
          OutputLayer.of(NceCase.gaussian(random, 1, 210, 16), null).withNumClasses(200);
      byte[] model = NceModels.inference(layer, new InferenceOptions(k, true)).toByteArray();
      Tensor inputs = NceCase.gaussian(random, 1, 9, 16);
      try (InferenceSession op = InferenceSession.open(model, SessionConfig.defaults());
          InferenceSession function = InferenceSession.open(model, STOCK)) {
        assertThat(op.topK(inputs).classes().toLongArray())
            .containsExactly(function.topK(inputs).classes().toLongArray());
      }
    }
  }

  /** Whole numbers: logits are exact. */
  @Test
  void ofEqualLogitsTheSmallerIdComesFirst() throws OrtException {
    float[][] weights = {{1}, {3}, {2}, {3}, {1}, {3}};
    byte[] model = NceModels.inference(OutputLayer.of(Tensor.of(weights), null), 4).toByteArray();
    for (SessionConfig config : new SessionConfig[] {SessionConfig.defaults(), STOCK}) {
      try (InferenceSession session = InferenceSession.open(model, config)) {
        TopK top = session.topK(Tensor.of(new float[] {1, -1}, 2, 1));
        assertThat(top.classes().toLongArray()).containsExactly(1, 3, 5, 2, 0, 4, 2, 1);
      }
    }
  }

  @Test
  void kBelowOneOrAboveTheClassesIsRefused() {
    Value inputs = Value.input(ElementType.FLOAT, Shape.of(Dim.of("batch"), Dim.of(2)));
    Value weights = Value.input(ElementType.FLOAT, Shape.of(5, 2));
    for (long k : new long[] {0, -1, 6}) {
      assertThatThrownBy(
              () ->
                  NceOps.topKClasses(
                      List.of(weights),
                      null,
                      inputs,
                      k,
                      OptionalLong.empty(),
                      PartitionStrategy.DIV))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll("TopKClasses: k", "got " + k);
    }
    assertThatThrownBy(() -> InferenceOptions.topK(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("k must be >= 1, got 0");
  }
}
