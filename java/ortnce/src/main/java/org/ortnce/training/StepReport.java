package org.ortnce.training;

import java.util.Optional;
import org.ortnce.tensor.Tensor;

/**
 * One step of training that has been taken.
 *
 * @param step its number, from 0
 * @param epoch the epoch of its batch, from 0
 * @param examples how many examples its batch had
 * @param loss the mean loss of the batch, before the parameters moved
 * @param learningRate the learning rate it was taken with
 * @param sampledCandidates the candidates it was trained against, int64 [num_sampled], if the model
 *     returns them
 * @param deviceBytes as in {@link StepLoss}
 */
public record StepReport(
    long step,
    long epoch,
    int examples,
    double loss,
    double learningRate,
    Optional<Tensor> sampledCandidates,
    Optional<DeviceBytes> deviceBytes) {}
