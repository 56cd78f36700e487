/**
 * Noise-contrastive losses as graph-builder calls, with the parameter names of {@code
 * tf.nn.nce_loss}, and the three models made of them: training loss, evaluation and inference.
 *
 * <p>{@link org.ortnce.nce.NceOps} adds the loss to any graph. {@link org.ortnce.nce.NceModels}
 * makes whole models of an {@link org.ortnce.nce.OutputLayer}.
 */
package org.ortnce.nce;
