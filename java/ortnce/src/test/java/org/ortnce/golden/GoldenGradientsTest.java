package org.ortnce.golden;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.ortnce.session.ModelSession;
import org.ortnce.tensor.Tensor;

/**
 * Gradients of {@code tf.nn.nce_loss} by TensorFlow's tape and by float64, through Java sessions.
 *
 * <p>The error of a gradient is the norm of its difference from the float64 gradient over the norm
 * of that. It is at most 1e-6 on unit-scale data, there at most twice TensorFlow's own in the worst
 * case of the set, and within the worst case of float rounding (bound_*.pb) always. Class ids are
 * exact.
 */
class GoldenGradientsTest {
  private static final double UNIT_SCALE_TOLERANCE = 1e-6;

  /** Unit roundoff of float: storing a gradient rounds it once. */
  private static final double ROUNDOFF = 0x1p-24;

  @TestFactory
  Stream<DynamicTest> emittedModelsAreTheCheckedInOnes() throws IOException {
    return GoldenCase.gradients().stream()
        .map(
            golden ->
                DynamicTest.dynamicTest(
                    golden.name(),
                    () -> GoldenModels.checkStored(golden, GoldenModels.gradient(golden))));
  }

  @TestFactory
  Stream<DynamicTest> nativeLibrary() throws IOException {
    return GoldenCase.gradients().stream()
        .map(golden -> DynamicTest.dynamicTest(golden.name(), () -> run(golden)));
  }

  @Test
  void worstErrorIsAtMostTwiceTensorFlows() throws IOException, OrtException {
    double ours = 0;
    double tensorFlows = 0;
    int cases = 0;
    for (GoldenCase golden : GoldenCase.gradients()) {
      if (!golden.options().unitScale || !golden.options().oracle.equals("tensorflow")) {
        continue;
      }
      cases++;
      try (ModelSession session = ModelSession.open(golden.model())) {
        for (GoldenCase.DataSet set : golden.dataSets()) {
          ours = Math.max(ours, worstError(set, session.run(set.inputs())));
          tensorFlows = Math.max(tensorFlows, worstError(set, set.outputs()));
        }
      }
    }
    assertThat(cases).isGreaterThanOrEqualTo(60);
    assertThat(ours).isLessThanOrEqualTo(2 * tensorFlows).isLessThanOrEqualTo(UNIT_SCALE_TOLERANCE);
  }

  private static void run(GoldenCase golden) throws IOException, OrtException {
    try (ModelSession session = ModelSession.open(golden.model())) {
      for (GoldenCase.DataSet set : golden.dataSets()) {
        Map<String, Tensor> found = session.run(set.inputs());
        assertThat(found.keySet()).containsExactlyElementsOf(set.outputs().keySet());
        GoldenCasesTest.checkSample(set, found);
        assertThat(found.get("class_ids").toLongArray())
            .isEqualTo(set.outputs().get("class_ids").toLongArray());
        for (String name : gradients(found)) {
          String where = golden.name() + " " + set.name() + " " + name;
          assertThat(found.get(name).shape()).isEqualTo(set.outputs().get(name).shape());
          double[] exact = set.doubles("reference_" + name);
          double error = distance(found.get(name), exact);
          double bound = set.doubles("bound_" + name)[0] + ROUNDOFF * norm(exact);
          assertThat(error).as(where).isLessThanOrEqualTo(bound);
          if (golden.options().unitScale) {
            assertThat(error).as(where).isLessThanOrEqualTo(UNIT_SCALE_TOLERANCE * norm(exact));
          }
        }
      }
    }
  }

  private static Iterable<String> gradients(Map<String, Tensor> outputs) {
    return outputs.keySet().stream().filter(name -> name.endsWith("_grad")).toList();
  }

  /** The largest of |gradient - exact| / |exact|. */
  private static double worstError(GoldenCase.DataSet set, Map<String, Tensor> outputs) {
    double worst = 0;
    for (String name : gradients(outputs)) {
      double[] exact = set.doubles("reference_" + name);
      double error = distance(outputs.get(name), exact);
      worst = Math.max(worst, error == 0 ? 0 : error / norm(exact));
    }
    return worst;
  }

  private static double distance(Tensor gradient, double[] exact) {
    float[] values = gradient.toFloatArray();
    assertThat(values).hasSize(exact.length);
    double[] difference = new double[exact.length];
    for (int i = 0; i < exact.length; i++) {
      difference[i] = values[i] - exact[i];
    }
    return norm(difference);
  }

  private static double norm(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value * value;
    }
    return Math.sqrt(sum);
  }
}
