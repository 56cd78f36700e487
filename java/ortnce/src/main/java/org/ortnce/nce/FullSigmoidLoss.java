package org.ortnce.nce;

import org.ortnce.onnx.Value;

/**
 * What {@link NceOps#fullSigmoidLoss} returns; all but the loss are written to the model, and
 * computed, only if something uses them.
 *
 * @param loss the sigmoid cross entropy over all classes, float [batch], or a scalar if reduced
 * @param softmaxLoss the softmax cross entropy over all classes with 1 / T as the target of each of
 *     the T labels that count, in nats: log(sum exp(z)) - sum(z_label) / T; reduced like the loss
 * @param trueRanks the place of each label among all classes by falling logit, from 1; equal logits
 *     in the order of their ids; 0 for ignored labels; int64 [batch, num_true]
 * @param trueLogits the logit of each label, 0 for ignored ones, float [batch, num_true]
 */
public record FullSigmoidLoss(Value loss, Value softmaxLoss, Value trueRanks, Value trueLogits) {}
