package org.ortnce.ops;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import java.util.Map;
import org.ortnce.session.ModelSession;
import org.ortnce.session.SessionConfig;
import org.ortnce.tensor.Tensor;

/** Runs cases on the real library and compares losses. */
final class NceRuns {
  /** Does not log the errors that these tests provoke. */
  static final SessionConfig QUIET =
      SessionConfig.builder().logLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL).build();

  private NceRuns() {}

  /** A session of the raw node of a case. */
  static ModelSession open(NceCase c, NceGraphs.Declared declared) throws OrtException {
    return ModelSession.open(NceGraphs.raw(c, declared), QUIET);
  }

  static ModelSession open(NceCase c, SessionConfig config) throws OrtException {
    return ModelSession.open(NceGraphs.raw(c, NceGraphs.Declared.SHAPES), config);
  }

  /** The outputs of one run in a fresh session. */
  static Map<String, Tensor> run(NceCase c) throws OrtException {
    try (ModelSession session = open(c, NceGraphs.Declared.SHAPES)) {
      return session.run(c.feeds());
    }
  }

  /** The loss of one run in a fresh session. */
  static float[] loss(NceCase c) throws OrtException {
    return run(c).get("loss").toFloatArray();
  }

  /** Runs the case and compares it with the reference; returns the loss. */
  static float[] check(NceCase c) throws OrtException {
    Map<String, Tensor> outputs = run(c);
    checkLoss(c, outputs);
    return outputs.get("loss").toFloatArray();
  }

  /** Compares the loss of a run with the reference, for the candidates of that run. */
  static void checkLoss(NceCase c, Map<String, Tensor> outputs) {
    checkLoss(outputs.get("loss").toFloatArray(), NceLossReference.of(c, outputs));
  }

  /** Within the bound where the reference is finite; equal infinities; NaN for NaN. */
  static void checkLoss(float[] found, NceLossReference.Result expected) {
    assertThat(found).hasSize(expected.loss().length);
    for (int i = 0; i < found.length; i++) {
      double wanted = expected.loss()[i];
      String where = "loss[" + i + "], reference " + wanted;
      if (Double.isFinite(wanted)) {
        assertThat(Math.abs(found[i] - wanted)).as(where).isLessThanOrEqualTo(expected.bound()[i]);
      } else {
        assertThat(Float.floatToIntBits(found[i]))
            .as(where + ", got " + found[i])
            .isEqualTo(Float.floatToIntBits((float) wanted));
      }
    }
  }

  /** The bits of each float, so that equality is exact and NaN equals itself. */
  static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }
}
