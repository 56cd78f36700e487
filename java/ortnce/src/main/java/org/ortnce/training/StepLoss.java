package org.ortnce.training;

import java.nio.FloatBuffer;
import java.util.Optional;
import org.ortnce.tensor.Tensor;

/**
 * The loss of a batch, before the parameters moved.
 *
 * @param loss float [batch], or a scalar if the model reduces it
 * @param sampledCandidates the candidates it drew, int64 [num_sampled], if the model returns them
 * @param deviceBytes what the step would move to a device and back, the same on the processor;
 *     empty for a session of whole tables, which ONNX Runtime copies as it needs them
 */
public record StepLoss(
    Tensor loss, Optional<Tensor> sampledCandidates, Optional<DeviceBytes> deviceBytes) {

  /** The loss if it is a scalar, else the mean over the batch; NaN for an empty batch. */
  public double mean() {
    FloatBuffer values = loss.floats();
    double sum = 0;
    for (int i = 0; i < values.limit(); i++) {
      sum += values.get(i);
    }
    return sum / values.limit();
  }
}
