package org.ortnce.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;
import org.ortnce.tensor.Tensor;

class StepBuffersTest {
  private final StepBuffers buffers = new StepBuffers();

  @Test
  void laterStepsUseTheMemoryOfEarlierOnes() {
    Tensor first = buffers.floats("weights", 10, 4);
    first.floats().put(3, 5);
    FloatBuffer again = buffers.floats("weights", 3, 4).floats();
    assertThat(again.remaining()).isEqualTo(12);
    assertThat(again.get(3)).isEqualTo(5);
  }

  @Test
  void aTensorThatNoBufferHoldsIsRefusedByName() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> buffers.floats("weights", 1 << 20, 512))
        .withMessage(
            "weights: [1048576, 512] are 536870912 floats, a step of touched rows holds at most"
                + " 536870911 of a tensor");
  }
}
