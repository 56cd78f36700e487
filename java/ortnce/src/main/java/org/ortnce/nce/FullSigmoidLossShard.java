package org.ortnce.nce;

import org.ortnce.onnx.Value;

/**
 * What {@link NceOps#fullSigmoidLossShard} returns: what a range of the classes adds to the losses
 * over all of them, by chunks of {@link ClassRange#CHUNK} classes; the labels of an example take no
 * part in its sums. Each is written to the model, and computed, only if something uses it.
 *
 * @param softplusSums the sums of softplus(z), double [batch, chunks]
 * @param logSumExps the logs of the sums of exp(z), double [batch, chunks]
 * @param trueLogits the logits of the labels in the range, 0 for others, float [batch, num_true]
 * @param largerCounts how many classes of the range come before each label by falling logit, equal
 *     logits in the order of their ids; int64 [batch, num_true]
 */
public record FullSigmoidLossShard(
    Value softplusSums, Value logSumExps, Value trueLogits, Value largerCounts) {}
