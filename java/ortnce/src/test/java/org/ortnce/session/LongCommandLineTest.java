package org.ortnce.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ortnce.ChildJvm;
import org.ortnce.OrtNce;
import org.ortnce.Sanitized;
import org.ortnce.nce.NceModels;
import org.ortnce.nce.OutputLayer;
import org.ortnce.tensor.Tensor;

/**
 * A JVM with a class path that is longer than ONNX Runtime itself survives: what reads it is the
 * sending of usage data, which other tests leave out.
 */
class LongCommandLineTest {
  /** Asks the library before there is any session. */
  static final class Asking {
    public static void main(String[] args) throws Exception {
      System.out.println("version " + OrtNce.libraryInfo().version());
    }
  }

  /** Opens a session and runs it. */
  static final class Running {
    public static void main(String[] args) throws Exception {
      OutputLayer layer = OutputLayer.of(Tensor.of(new float[][] {{1, 0}, {0, 1}}), null);
      byte[] model = NceModels.inference(layer, 1).toByteArray();
      try (InferenceSession session = InferenceSession.open(model, SessionConfig.defaults())) {
        Tensor x = Tensor.of(new float[] {1, 2}, 1, 2);
        System.out.println("class " + session.topK(x).classes().toLongArray()[0]);
      }
    }
  }

  @Test
  void theProcessLives() throws Exception {
    assertThat(output(Running.class)).contains("class 1");
  }

  @Test
  void theLibraryMayBeAskedFirst() throws Exception {
    String version = OrtNce.version().replace("-SNAPSHOT", "");
    assertThat(output(Asking.class)).contains("version " + version);
  }

  private static String output(Class<?> main) throws Exception {
    String padding = "-Dpadding=" + "x".repeat(60_000);
    // A sanitizer would see what that reads when the process ends.
    Map<String, String> sending = Map.of("ORT_DISABLE_TELEMETRY", Sanitized.LIBRARY ? "1" : "0");
    ChildJvm.Outcome child = ChildJvm.run(main, sending, List.of("-Xmx256m", padding));
    assertThat(child.exitValue()).as(child.output()).isZero();
    return child.output();
  }
}
