package org.ortnce.onnx;

/**
 * The results of {@link Ops#topK}.
 *
 * @param values the k elements along the axis
 * @param indices where they are along the axis, int64
 */
public record TopK(Value values, Value indices) {}
