package org.ortnce.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.ortnce.reliability.BadInputs;

/**
 * With an ONNX Runtime before 1.24 our operators are refused by a message that names both versions;
 * {@code tools/compatibility} runs this with one.
 */
@BadInputs.Apart
@EnabledIfSystemProperty(named = "ortnce.old.runtime", matches = "true")
class OldRuntimeTest {
  @Test
  void c10AnOldRuntimeIsRefused() throws Exception {
    String version = ai.onnxruntime.OrtEnvironment.getEnvironment().getVersion();
    Throwable error =
        catchThrowable(() -> ModelSession.open(TestModel.add(), SessionConfig.defaults()));
    assertThat(error)
        .hasMessageContaining(" needs ONNX Runtime 1.24.1 or newer, this is ")
        .hasMessageContaining(version);
    // Without our operators it runs.
    ModelSession.open(TestModel.add(), TestModel.STOCK).close();
  }
}
