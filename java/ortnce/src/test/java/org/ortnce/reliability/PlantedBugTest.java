package org.ortnce.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.ortnce.ChildJvm;
import org.ortnce.library.NativeLibrary;
import org.ortnce.onnx.Gradient;
import org.ortnce.onnx.Gradients;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.Ops;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.session.ModelSession;
import org.ortnce.session.SessionConfig;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * Under {@code tools/sanitize jvm}: a library whose op reads one float past a tensor of ONNX
 * Runtime ends the JVM with a report of that place. So what the other tests ran without a report
 * has no such bug.
 */
@EnabledIfSystemProperty(named = PlantedBugTest.LIBRARY, matches = ".+")
class PlantedBugTest {
  static final String LIBRARY = "ortnce.planted.path";

  @Test
  void aReadPastATensorIsReported() throws IOException, InterruptedException {
    ChildJvm.Outcome outcome =
        ChildJvm.run(
            Deduplication.class,
            Map.of("ASAN_OPTIONS", System.getenv("ASAN_OPTIONS") + ":log_path=stderr"),
            List.of("-D" + NativeLibrary.PATH_PROPERTY + "=" + System.getProperty(LIBRARY)));
    assertThat(outcome.output()).contains("heap-buffer-overflow", "planted_op.cpp");
    assertThat(outcome.exitValue()).isEqualTo(76);
  }

  static final class Deduplication {
    private Deduplication() {}

    public static void main(String[] arguments) throws Exception {
      Value indices = Value.input(ElementType.INT64, Shape.of(4));
      Value values = Value.input(ElementType.FLOAT, Shape.of(4, 4));
      // Its result lies in memory of ONNX Runtime.
      Gradient.IndexedSlices sums = Gradients.deduplicate(indices, Ops.neg(values));
      byte[] model =
          new ModelBuilder()
              .portable(false)
              .input("indices", indices)
              .input("values", values)
              .output("unique", sums.indices())
              .output("summed", sums.values())
              .build()
              .toByteArray();
      try (ModelSession session = ModelSession.open(model, SessionConfig.defaults())) {
        session.run(
            Map.of("indices", Tensor.of(new long[4], 4), "values", Tensor.of(new float[16], 4, 4)));
      }
    }
  }
}
