// The loss in double precision, term by term: the oracle the other kernels are tested against.
#pragma once

#include "kernels/nce_forward.h"

namespace ortnce::kernels::reference {

/// Writes loss[i], [B], of the same problem that nce_forward solves.
void nce_forward(const NceProblem& problem, double* loss);

/// Gradients of sum_i loss_grad[i] * loss_i by examples, labels and candidates, in the layout of
/// NceGradients.
struct Gradients {
  double* inputs;          // [B, D]
  double* true_slopes;     // [B, T]
  double* sampled;         // [S, D]
  double* sampled_biases;  // [S]
};

/// The analytic gradient of the same problem.
void nce_backward(const NceProblem& problem, const float* loss_grad, const Gradients& out);

}  // namespace ortnce::kernels::reference
