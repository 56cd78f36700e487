package org.ortnce.nce;

import org.ortnce.onnx.Value;

/**
 * What {@link NceOps#nceLossGrad} returns: the gradients of classes are sparse, with duplicates
 * summed, for every class that is a label that counts or a candidate.
 *
 * @param inputs of the type of the inputs, [batch, dim]
 * @param classIds the classes, int64 [classes], ascending and unique
 * @param weights the gradient of each class's embedding, float [classes, dim]
 * @param biases the gradient of each class's bias, float [classes]
 * @param loss the loss itself, float [batch] or scalar: {@link NceLoss#loss()} of the same sample,
 *     at less than it costs alone
 */
public record NceLossGrad(Value inputs, Value classIds, Value weights, Value biases, Value loss) {}
