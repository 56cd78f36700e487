/**
 * Training on tensors outside the Java heap.
 *
 * <ul>
 *   <li>{@link org.ortnce.training.Parameter}: a trained tensor that ONNX Runtime reads in place.
 *   <li>{@link org.ortnce.training.ParameterGradient}: its gradient, dense or of some rows; {@link
 *       org.ortnce.training.GradientClipping} limits it.
 *   <li>{@link org.ortnce.training.Optimizer}, made by {@link org.ortnce.training.Optimizers}, and
 *       {@link org.ortnce.training.BoundOptimizer}, its state: updates the parameters in place, at
 *       the rate of a {@link org.ortnce.training.LearningRateSchedule}.
 *   <li>{@link org.ortnce.training.TrainingSession}: a step, on tables in place or, for a device,
 *       on the rows that a batch touches.
 *   <li>{@link org.ortnce.training.ExampleSource}: examples in memory or in files of any size;
 *       {@link org.ortnce.training.ShuffledBatches} makes batches of them, in an order that seed
 *       and step alone decide.
 *   <li>{@link org.ortnce.training.Checkpoint} and {@link org.ortnce.training.CheckpointDirectory}:
 *       the state on the disk, whole whatever happens.
 * </ul>
 *
 * <p>All arithmetic and all random numbers are the same on every machine and Java runtime. Nothing
 * here is for several threads at once unless it says so.
 */
package org.ortnce.training;
