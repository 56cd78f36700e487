/**
 * Noise-contrastive losses as graph-builder calls, with the parameter names of {@code
 * tf.nn.nce_loss}, and the three models made of them: training loss, evaluation and inference.
 *
 * <p>{@link org.ortnce.nce.NceOps} adds the loss to any graph. {@link org.ortnce.nce.NceModels}
 * makes whole models of an {@link org.ortnce.nce.OutputLayer}.
 *
 * <p>The losses over all classes and the top k classes are {@link
 * org.ortnce.nce.NceOps#fullSigmoidLoss} and {@link org.ortnce.nce.NceOps#topKClasses}; {@link
 * org.ortnce.nce.ShardModels} spread an evaluation over ranges of the classes.
 *
 * <p>{@link org.ortnce.nce.CandidateSamplers} are TensorFlow's samplers, whose candidates the loss
 * takes; {@link org.ortnce.nce.SamplerModels} are models of one of them, {@link
 * org.ortnce.nce.TfSeeds} the seeds that give TensorFlow's candidates, and {@link
 * org.ortnce.nce.UnigramVocabulary} reads weights from files.
 */
package org.ortnce.nce;
