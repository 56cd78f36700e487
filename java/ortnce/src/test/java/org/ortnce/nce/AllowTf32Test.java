package org.ortnce.nce;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ortnce.onnx.NodeInfo;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.session.SessionConfig;
import org.ortnce.session.TrainingLossSession;
import org.ortnce.tensor.Tensor;

/**
 * The attribute {@code allow_tf32}: written where it is asked for, without effect on a processor.
 */
class AllowTf32Test {
  private static final OutputLayer LAYER =
      OutputLayer.of(
          Tensor.of(new float[] {0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f}, 3, 2),
          Tensor.of(new float[] {0.7f, 0.8f, 0.9f}, 3));
  private static final Tensor INPUTS = Tensor.of(new float[] {1.1f, 1.2f}, 1, 2);
  private static final Tensor LABELS = Tensor.of(new long[] {2}, 1, 1);

  private static OnnxModel model(boolean allow) {
    return NceModels.trainingLoss(
        LAYER, NceLossOptions.builder().numSampled(2).seed(1, 2).allowTf32(allow).build());
  }

  private static Map<String, ?> attributes(OnnxModel model, String op) {
    List<NodeInfo> nodes = model.nodes();
    return nodes.stream().filter(n -> n.opType().equals(op)).findFirst().orElseThrow().attributes();
  }

  @Test
  void isWrittenOnlyIfAllowed() {
    assertThat(attributes(model(false), "NceLoss")).doesNotContainKey("allow_tf32");
    assertThat(attributes(model(true), "NceLoss").get("allow_tf32")).hasToString("1");
    NceLossOptions allowing = NceLossOptions.builder().numSampled(2).allowTf32(true).build();
    assertThat(allowing.toBuilder().build().allowTf32()).isTrue();
    assertThat(FullSigmoidLossOptions.of(allowing).allowTf32()).isTrue();
  }

  @Test
  void changesNothingOnAProcessor() throws Exception {
    float[][] losses = new float[2][];
    for (int i = 0; i < 2; i++) {
      byte[] model = model(i == 1).toByteArray();
      try (TrainingLossSession session =
          TrainingLossSession.open(model, SessionConfig.defaults())) {
        losses[i] = session.loss(INPUTS, LABELS).loss().toFloatArray();
      }
    }
    assertThat(losses[1]).containsExactly(losses[0]);
  }
}
