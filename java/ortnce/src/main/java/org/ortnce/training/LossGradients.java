package org.ortnce.training;

import java.util.List;
import java.util.Optional;
import org.ortnce.tensor.Tensor;

/**
 * What one run of a training-step model returns.
 *
 * @param loss float [batch], or a scalar if the model reduces it
 * @param sampledCandidates the candidates it drew, int64 [num_sampled], if the model returns them
 * @param gradients one for each parameter
 * @param deviceBytes as in {@link StepLoss}
 */
public record LossGradients(
    Tensor loss,
    Optional<Tensor> sampledCandidates,
    List<ParameterGradient> gradients,
    Optional<DeviceBytes> deviceBytes) {

  /** Without the gradients. */
  StepLoss stepLoss() {
    return new StepLoss(loss, sampledCandidates, deviceBytes);
  }

  /** The loss if it is a scalar, else the mean over the batch; NaN for an empty batch. */
  public double meanLoss() {
    return stepLoss().mean();
  }
}
