package org.ortnce.golden;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.ortnce.session.ModelSession;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * Both losses and the gradients of inputs and weights in float16 and bfloat16, against the float64
 * results for the very numbers that are stored.
 *
 * <p>Arithmetic is in float, so that the bar is that of float: an error, of norms, of at most 1e-6;
 * inputs_grad is rounded once more, to the type of the inputs. TensorFlow computes in that type:
 * for half inputs each of its results is further off than ours.
 */
class GoldenHalfTypesTest {
  private static final double TOLERANCE = 1e-6;

  @TestFactory
  Stream<DynamicTest> emittedModelsAreTheCheckedInOnes() throws IOException {
    return GoldenCase.halfTypes().stream()
        .map(
            golden ->
                DynamicTest.dynamicTest(
                    golden.name(),
                    () -> GoldenModels.checkStored(golden, GoldenModels.allLosses(golden))));
  }

  @TestFactory
  Stream<DynamicTest> resultsAreThoseOfFloat64() throws IOException {
    return GoldenCase.halfTypes().stream()
        .map(golden -> DynamicTest.dynamicTest(golden.name(), () -> run(golden)));
  }

  private static void run(GoldenCase golden) throws IOException, OrtException {
    try (ModelSession session = ModelSession.open(golden.model())) {
      for (GoldenCase.DataSet set : golden.dataSets()) {
        Map<String, Tensor> found = session.run(set.inputs());
        assertThat(found.keySet()).containsExactlyElementsOf(set.outputs().keySet());
        assertThat(found.get("class_ids").toLongArray())
            .isEqualTo(set.outputs().get("class_ids").toLongArray());
        found.keySet().stream()
            .filter(name -> !name.equals("class_ids"))
            .forEach(name -> check(golden, set, name, found.get(name)));
      }
    }
  }

  private static void check(GoldenCase golden, GoldenCase.DataSet set, String name, Tensor found) {
    Tensor expected = set.outputs().get(name);
    assertThat(found.toString()).as(name).isEqualTo(expected.toString());
    double error = relativeError(found, set.doubles("reference_" + name));
    assertThat(error).as(name).isLessThanOrEqualTo(TOLERANCE + roundoff(found.elementType()));
    Double tensorFlows = golden.options().tensorFlowErrors.get(name);
    if (!golden.options().inputsType.equals("float") && tensorFlows != null) {
      assertThat(error).as(name).isLessThan(tensorFlows);
    }
  }

  private static double roundoff(ElementType type) {
    return switch (type) {
      case FLOAT16 -> 0x1p-11;
      case BFLOAT16 -> 0x1p-8;
      default -> 0;
    };
  }

  private static double relativeError(Tensor found, double[] exact) {
    float[] values = found.toFloatArray();
    assertThat(values).hasSize(exact.length);
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < exact.length; i++) {
      difference = Math.hypot(difference, values[i] - exact[i]);
      norm = Math.hypot(norm, exact[i]);
    }
    return difference / norm;
  }
}
