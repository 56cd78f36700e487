package org.ortnce.nce;

import org.ortnce.onnx.Value;

/**
 * What {@link NceOps#nceLoss} returns.
 *
 * @param loss float [batch], or a scalar if reduced
 * @param sampledValues the candidates used and their expected counts; written to the model only if
 *     something uses them
 */
public record NceLoss(Value loss, SampledValues sampledValues) {}
