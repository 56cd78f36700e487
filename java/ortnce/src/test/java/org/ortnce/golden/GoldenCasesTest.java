package org.ortnce.golden;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.ortnce.nce.GraphNames;
import org.ortnce.session.ModelSession;
import org.ortnce.session.SessionConfig;
import org.ortnce.tensor.Tensor;

/**
 * The golden cases of TensorFlow 2.21 through Java sessions: with the native library, and without
 * it through the model-local function.
 *
 * <p>Every loss stays within the case's worst-case rounding bound of its float64 reference
 * (reference_bound.pb). On unit-scale data it is within 1e-6 relative, and the worst relative error
 * over the set is at most twice TensorFlow's own.
 */
class GoldenCasesTest {
  private static final double UNIT_SCALE_TOLERANCE = 1e-6;

  /** Expected counts come from the libm of the machine: 2 units in the last place. */
  private static final int COUNT_ULPS = 2;

  @TestFactory
  Stream<DynamicTest> emittedModelsAreTheCheckedInOnes() throws IOException {
    return GoldenCase.losses().stream()
        .map(
            golden ->
                DynamicTest.dynamicTest(
                    golden.name(),
                    () -> GoldenModels.checkStored(golden, GoldenModels.loss(golden))));
  }

  @TestFactory
  Stream<DynamicTest> nativeLibrary() throws IOException {
    return GoldenCase.losses().stream()
        .map(golden -> DynamicTest.dynamicTest(golden.name(), () -> runWithLibrary(golden)));
  }

  /** Given samples only: standard ops cannot draw TensorFlow's candidates. */
  @TestFactory
  Stream<DynamicTest> stockOnnxRuntime() throws IOException {
    return GoldenCase.losses().stream()
        .filter(golden -> !golden.ownSample())
        .map(golden -> DynamicTest.dynamicTest(golden.name(), () -> runWithoutLibrary(golden)));
  }

  @Test
  void worstErrorIsAtMostTwiceTensorFlows() throws IOException, OrtException {
    double ours = 0;
    double tensorFlows = 0;
    int cases = 0;
    for (GoldenCase golden : GoldenCase.losses()) {
      if (!golden.options().unitScale || !golden.options().oracle.equals("tensorflow")) {
        continue;
      }
      cases++;
      try (ModelSession session = ModelSession.open(golden.model())) {
        for (GoldenCase.DataSet set : golden.dataSets()) {
          double[] reference = set.doubles("reference_loss");
          Tensor loss = session.run(set.inputs()).get(GraphNames.LOSS);
          ours = Math.max(ours, worstRelativeError(loss, reference));
          Tensor recorded = set.outputs().get(GraphNames.LOSS);
          tensorFlows = Math.max(tensorFlows, worstRelativeError(recorded, reference));
        }
      }
    }
    assertThat(cases).isGreaterThanOrEqualTo(60);
    assertThat(ours).isLessThanOrEqualTo(2 * tensorFlows).isLessThanOrEqualTo(UNIT_SCALE_TOLERANCE);
  }

  private static void runWithLibrary(GoldenCase golden) throws IOException, OrtException {
    try (ModelSession session = ModelSession.open(golden.model())) {
      for (GoldenCase.DataSet set : golden.dataSets()) {
        Map<String, Tensor> outputs = session.run(set.inputs());
        assertThat(outputs.keySet()).containsExactlyElementsOf(set.outputs().keySet());
        checkLoss(golden, set, outputs.get(GraphNames.LOSS), 0);
        checkSample(set, outputs);
      }
    }
  }

  private static void runWithoutLibrary(GoldenCase golden) throws IOException, OrtException {
    SessionConfig stock = SessionConfig.builder().registerLibrary(false).build();
    try (ModelSession session = ModelSession.open(golden.model(), stock)) {
      for (GoldenCase.DataSet set : golden.dataSets()) {
        // Softplus of standard ops is log(1 + e^x): an absolute error of half an ulp of 1 a term.
        long terms = golden.options().numSampled + golden.options().numTrue;
        long examples = set.inputs().get(GraphNames.INPUTS).dim(0);
        boolean summed = golden.options().reduction.equals("sum");
        double slack = 0x1p-23 * terms * (summed ? examples : 1);
        checkLoss(golden, set, session.run(set.inputs()).get(GraphNames.LOSS), slack);
      }
    }
  }

  private static void checkLoss(
      GoldenCase golden, GoldenCase.DataSet set, Tensor loss, double slack) {
    assertThat(loss.shape()).isEqualTo(set.outputs().get(GraphNames.LOSS).shape());
    float[] values = loss.toFloatArray();
    double[] reference = set.doubles("reference_loss");
    double[] bound = set.doubles("reference_bound");
    for (int i = 0; i < values.length; i++) {
      double expected = reference[i];
      String where = golden.name() + " " + set.name() + " loss[" + i + "]";
      if (Double.isInfinite(expected)) {
        assertThat(values[i]).as(where).isEqualTo((float) expected);
        continue;
      }
      double error = Math.abs(values[i] - expected);
      assertThat(error).as(where).isLessThanOrEqualTo(bound[i] + slack);
      if (golden.options().unitScale) {
        assertThat(error)
            .as(where)
            .isLessThanOrEqualTo(UNIT_SCALE_TOLERANCE * Math.abs(expected) + slack);
      }
    }
  }

  /** Candidates exactly, expected counts within 2 ulp, where the case shows them. */
  static void checkSample(GoldenCase.DataSet set, Map<String, Tensor> outputs) {
    if (!outputs.containsKey(GraphNames.SAMPLED_CANDIDATES)) {
      return;
    }
    assertThat(outputs.get(GraphNames.SAMPLED_CANDIDATES).toLongArray())
        .isEqualTo(set.outputs().get(GraphNames.SAMPLED_CANDIDATES).toLongArray());
    for (String name : List.of(GraphNames.TRUE_EXPECTED_COUNT, GraphNames.SAMPLED_EXPECTED_COUNT)) {
      float[] ours = outputs.get(name).toFloatArray();
      float[] theirs = set.outputs().get(name).toFloatArray();
      assertThat(ours).hasSameSizeAs(theirs);
      for (int i = 0; i < ours.length; i++) {
        int ulps = Math.abs(Float.floatToIntBits(ours[i]) - Float.floatToIntBits(theirs[i]));
        assertThat(ulps)
            .as(set.name() + " " + name + "[" + i + "]")
            .isLessThanOrEqualTo(COUNT_ULPS);
      }
    }
  }

  private static double worstRelativeError(Tensor loss, double[] reference) {
    float[] values = loss.toFloatArray();
    double worst = 0;
    for (int i = 0; i < values.length; i++) {
      if (reference[i] != 0 && !Double.isInfinite(reference[i])) {
        worst = Math.max(worst, Math.abs(values[i] - reference[i]) / Math.abs(reference[i]));
      }
    }
    return worst;
  }
}
