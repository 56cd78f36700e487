/**
 * Training on tensors outside the Java heap.
 *
 * <ul>
 *   <li>{@link org.ortnce.training.Parameter}: a trained tensor that ONNX Runtime reads in place.
 *   <li>{@link org.ortnce.training.ParameterGradient}: its gradient, dense or of some rows.
 *   <li>{@link org.ortnce.training.Optimizer}, made by {@link org.ortnce.training.Optimizers}, and
 *       {@link org.ortnce.training.BoundOptimizer}, its state: updates the parameters in place.
 * </ul>
 */
package org.ortnce.training;
