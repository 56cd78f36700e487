package org.ortnce.nce;

import org.ortnce.onnx.Value;

/**
 * What {@link NceOps#topKClasses} returns.
 *
 * @param classIds the classes with the highest logits, highest first, of equal ones the smaller id,
 *     int64 [batch, k]
 * @param logits their logits, float [batch, k]
 */
public record TopKClasses(Value classIds, Value logits) {}
