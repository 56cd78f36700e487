package org.ortnce.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.tensor.Tensor;

/** Profiles of sessions. */
class ProfilingTest {
  @TempDir Path directory;

  @Test
  void namesTheProviderOfEachNode() throws Exception {
    SessionConfig config = TestModel.STOCK.toBuilder().profile(directory.resolve("run")).build();
    try (ModelSession session = ModelSession.open(TestModel.add(), config)) {
      Tensor x = Tensor.of(new float[] {1, 2}, 1, 2);
      session.run(Map.of("x", x, "y", x));
      Path file = session.endProfiling();
      assertThat(file.getParent()).isEqualTo(directory);
      assertThat(Files.readString(file)).contains("Add0_kernel_time", "CPUExecutionProvider");
      assertThatThrownBy(session::endProfiling)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("the session writes no profile");
    }
  }

  @Test
  void needsToBeAskedFor() throws Exception {
    try (ModelSession session = ModelSession.open(TestModel.add(), TestModel.STOCK)) {
      assertThatThrownBy(session::endProfiling).hasMessage("the session writes no profile");
    }
  }
}
