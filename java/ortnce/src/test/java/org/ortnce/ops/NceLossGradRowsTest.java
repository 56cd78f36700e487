package org.ortnce.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ortnce.nce.GraphNames;
import org.ortnce.reliability.BadInputs;
import org.ortnce.tensor.Tensor;

/** The rows of the bad-input list on gradients that are about values: G04 to G10 and G12. */
@BadInputs
class NceLossGradRowsTest {
  /** One example of one feature, 1: the logit of a class is its weight, its bias has its slope. */
  private static NceCase logits(float label, float candidate) {
    return NceCase.random(new NceCase.Sizes(1, 1, 1, 3, 1), 1)
        .set(GraphNames.INPUTS, NceCase.filled(1, 1, 1))
        .set(GraphNames.LABELS, NceCase.longs(new long[] {0}, 1, 1))
        .set(GraphNames.SAMPLED_CANDIDATES, NceCase.longs(new long[] {2}, 1))
        .set(GraphNames.BIASES, Tensor.of(new float[] {label, 0, candidate}, 3))
        .weights(NceCase.filled(0, 3, 1))
        .attribute("subtract_log_q", 0L);
  }

  private static final Tensor ONE = NceCase.filled(1, 1);

  /** G04 and G12: one row for a class that is a label and a candidate, twice even; all summed. */
  @Test
  @Tag("G04")
  @Tag("G12")
  void aClassThatIsLabelAndCandidateHasTheSumOfBoth() throws Exception {
    NceCase c =
        logits(0.5f, 0)
            .set(GraphNames.SAMPLED_CANDIDATES, NceCase.longs(new long[] {0, 0}, 2))
            .set(GraphNames.SAMPLED_EXPECTED_COUNT, NceCase.filled(1, 2))
            .attribute("num_sampled", 2L);
    Map<String, Tensor> found = NceGradRuns.run(c, ONE);
    double sigmoid = 1 / (1 + Math.exp(-0.5));
    assertThat(found.get("class_ids").toLongArray()).containsExactly(0);
    assertThat((double) found.get("biases_grad").toFloatArray()[0])
        .isCloseTo(sigmoid - 1 + 2 * sigmoid, within(1e-6));
    assertThat((double) found.get("weights_grad").toFloatArray()[0])
        .isCloseTo(sigmoid - 1 + 2 * sigmoid, within(1e-6));
  }

  /** G06: sigmoid(l) - 1 would have no digit left. */
  @ParameterizedTest
  @CsvSource({"20", "50", "80", "100"})
  @Tag("G06")
  void largeLogitsOfLabelsKeepTheirSlope(float logit) throws Exception {
    float[] slopes = NceGradRuns.run(logits(logit, -logit), ONE).get("biases_grad").toFloatArray();
    double slope = Math.exp(-logit) / (1 + Math.exp(-logit));
    double room = Math.max(2e-6 * slope, Float.MIN_VALUE);
    assertThat((double) slopes[0]).isCloseTo(-slope, within(room));
    assertThat((double) slopes[1]).isCloseTo(slope, within(room));
  }

  /** G07. */
  @ParameterizedTest
  @CsvSource({"Infinity,-Infinity,0,0", "-Infinity,Infinity,-1,1"})
  @Tag("G07")
  void infiniteLogitsHaveTheLimitOfTheSlope(
      float label, float candidate, float labelSlope, float candidateSlope) throws Exception {
    Map<String, Tensor> found = NceGradRuns.run(logits(label, candidate), ONE);
    float[] slopes = found.get("biases_grad").toFloatArray();
    // By ==: the sign of a zero does not matter.
    assertThat(slopes[0] == labelSlope && slopes[1] == candidateSlope)
        .as("%s, %s", slopes[0], slopes[1])
        .isTrue();
    assertThat(found.get("inputs_grad").toFloatArray()[0]).isZero();
  }

  /** G09: an ignored label is no class of the gradient, and moves nothing. */
  @Test
  @Tag("G09")
  void anIgnoredLabelAddsNothing() throws Exception {
    NceCase c =
        NceCase.random(new NceCase.Sizes(2, 2, 3, 10, 4), 5)
            .set(GraphNames.LABELS, NceCase.longs(new long[] {3, -1, 8, -1}, 2, 2))
            .set(GraphNames.SAMPLED_CANDIDATES, NceCase.longs(new long[] {1, 4, 7}, 3))
            .attribute("ignore_index", -1L);
    NceCase alone =
        c.copy()
            .set(GraphNames.LABELS, NceCase.longs(new long[] {3, 8}, 2, 1))
            .attribute("num_true", 1L)
            .attribute("ignore_index", null);
    float[] counts = c.get(GraphNames.TRUE_EXPECTED_COUNT).toFloatArray();
    alone.set(GraphNames.TRUE_EXPECTED_COUNT, Tensor.of(new float[] {counts[0], counts[2]}, 2, 1));
    Tensor lossGrad = NceCase.filled(1, 2);
    Map<String, Tensor> found = NceGradRuns.run(c, lossGrad);
    Map<String, Tensor> expected = NceGradRuns.run(alone, lossGrad);
    assertThat(found.get("class_ids").toLongArray()).containsExactly(1, 3, 4, 7, 8);
    for (String output : List.of("inputs_grad", "weights_grad", "biases_grad")) {
      assertThat(found.get(output).toFloatArray())
          .as(output)
          .containsExactly(expected.get(output).toFloatArray());
    }
  }

  /** G10: what nobody asked for is not computed, and not written anywhere. */
  @Test
  @Tag("G10")
  void everySubsetOfTheOptionalOutputs() throws Exception {
    NceCase c = NceCase.random(new NceCase.Sizes(5, 2, 7, 30, 9), 3);
    Tensor lossGrad = NceCase.filled(1, 5);
    Map<String, Tensor> whole = NceGradRuns.run(c, lossGrad);
    List<String> optional = NceGradRuns.OUTPUTS.subList(1, NceGradRuns.OUTPUTS.size());
    for (int wanted = 0; wanted < 1 << optional.size(); wanted++) {
      int chosen = wanted;
      List<String> outputs =
          NceGradRuns.OUTPUTS.stream()
              .filter(
                  name -> !optional.contains(name) || (chosen >> optional.indexOf(name) & 1) == 1)
              .toList();
      Map<String, Tensor> found = NceGradRuns.run(c, lossGrad, outputs);
      assertThat(found.keySet()).containsExactlyInAnyOrderElementsOf(outputs);
      for (String name : outputs) {
        assertThat(bytes(found.get(name))).as(name).isEqualTo(bytes(whole.get(name)));
      }
    }
  }

  private static byte[] bytes(Tensor tensor) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    tensor.writeLittleEndian(out);
    return out.toByteArray();
  }
}
