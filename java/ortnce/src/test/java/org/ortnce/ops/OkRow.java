package org.ortnce.ops;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.ortnce.ops.NceGraphs.Declared;
import org.ortnce.session.ModelSession;
import org.ortnce.tensor.Tensor;

/**
 * A row of a table that must give a defined result: the reference's, from the builder's graph and
 * from raw graphs that declare shapes or types only, bit for bit the same from all three.
 */
final class OkRow {
  private final String name;
  private final NceCase good;
  private final double[] expected;

  private OkRow(String name, NceCase good, double[] expected) {
    this.name = name;
    this.good = good;
    this.expected = expected;
  }

  static OkRow of(String name, NceCase good) {
    return new OkRow(name, good, null);
  }

  /** The loss must also round to these values, each within a millionth. */
  static OkRow of(String name, NceCase good, double... expected) {
    return new OkRow(name, good, expected);
  }

  static Stream<DynamicTest> tests(OkRow... rows) {
    return Stream.of(rows).map(row -> DynamicTest.dynamicTest(row.name, row::check));
  }

  private void check() throws OrtException {
    float[] loss;
    try (ModelSession session = ModelSession.open(NceGraphs.checkedModel(good))) {
      Map<String, Tensor> outputs = session.run(good.feeds());
      NceRuns.checkLoss(good, outputs);
      loss = outputs.get("loss").toFloatArray();
    }
    for (Declared declared : Declared.values()) {
      try (ModelSession session = NceRuns.open(good, declared)) {
        Map<String, Tensor> outputs = session.run(NceGraphs.rawFeeds(good, declared));
        assertThat(NceRuns.bits(outputs.get("loss").toFloatArray()))
            .as(declared.toString())
            .isEqualTo(NceRuns.bits(loss));
      }
    }
    if (expected != null) {
      assertThat(loss).hasSize(expected.length);
      for (int i = 0; i < loss.length; i++) {
        if (Double.isFinite(expected[i])) {
          assertThat(Math.abs(loss[i] - expected[i]))
              .as("loss[" + i + "] = " + loss[i] + ", expected " + expected[i])
              .isLessThanOrEqualTo(1e-6 * Math.abs(expected[i]));
        } else {
          assertThat((double) loss[i]).isEqualTo(expected[i]);
        }
      }
    }
  }
}
