/**
 * What an evaluation tells beyond the loss of a batch: {@link
 * org.ortnce.evaluation.EvaluationResult} is one batch, {@link
 * org.ortnce.evaluation.EvaluationMetrics} the sum of many, however large.
 */
package org.ortnce.evaluation;
