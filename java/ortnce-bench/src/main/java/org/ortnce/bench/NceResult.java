package org.ortnce.bench;

import org.ortnce.tensor.Tensor;

/**
 * The loss of a problem, and its gradient by inputs and weights if asked for, with a gradient of 1
 * by each example's loss.
 *
 * @param loss float [batch]
 * @param inputsGrad float [batch, dim], or null
 * @param classIds int64 [rows], or null; an id may occur several times
 * @param weightsGrad float [rows, dim], or null; rows of one id add up
 */
public record NceResult(Tensor loss, Tensor inputsGrad, Tensor classIds, Tensor weightsGrad) {}
