/**
 * Sessions: an ONNX Runtime session together with everything it needs to live, and typed sessions
 * for the loss, evaluation, inference and sampler models on top of it.
 *
 * <p>{@link org.ortnce.session.SharedWeights} gives one table of weights to several sessions;
 * {@link org.ortnce.session.ShardedEvaluation} evaluates a table that lies in several processes.
 *
 * <p>Errors, throughout this package:
 *
 * <ul>
 *   <li>{@link java.lang.NullPointerException} with the parameter's name for a null argument;
 *   <li>{@link java.lang.IllegalArgumentException} for values that do not fit the model, ids of
 *       embeddings that it does not have among them, found before ONNX Runtime is called, naming
 *       the input, what was found and what is expected;
 *   <li>{@link java.lang.IllegalStateException} for use after close, and for a missing or damaged
 *       native library;
 *   <li>{@link java.io.IOException} for model files that cannot be read;
 *   <li>{@link ai.onnxruntime.OrtException}, checked, for what ONNX Runtime or an op refuses: its
 *       code and text unchanged, with a hint at the end where we know the cure.
 * </ul>
 */
package org.ortnce.session;
