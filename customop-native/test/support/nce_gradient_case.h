// Gradients of problems as arrays of their own, and the bound on their error.
#pragma once

#include <vector>

#include "kernels/nce_backward.h"
#include "support/nce_case.h"

namespace ortnce::test {

/// The parts of a gradient, in the layout of kernels::NceGradients.
template <class Number>
struct GradientArrays {
  std::vector<Number> inputs, true_slopes, sampled, sampled_biases;
};

/// Gradients of the loss, [B]: uniform in (-1, 1), every fifth 0, and 0 for examples without counted
/// labels.
std::vector<float> any_loss_grad(const kernels::NceProblem& problem, uint64_t seed);

/// Result of kernels::nce_backward at the level in use. Fails the test if it writes outside its
/// workspace or its results; what it leaves unwritten is NaN.
GradientArrays<float> backward(const kernels::NceProblem& problem, const std::vector<float>& loss_grad,
                               kernels::Executor& executor);
GradientArrays<float> backward(const kernels::NceProblem& problem, const std::vector<float>& loss_grad);

/// The same of the double-precision reference.
GradientArrays<double> backward_reference(const kernels::NceProblem& problem, const std::vector<float>& loss_grad);

/// The most that each number of the level in use may be off; see nce_gradient_case.cpp for how it is
/// derived.
GradientArrays<double> gradient_bounds(const kernels::NceProblem& problem, const std::vector<float>& loss_grad);

/// Roundings of a term on its way into a sum of gradients.
struct SumRoundings {
  double inputs, sampled, biases;
};

/// The same of kernels with other roundings.
GradientArrays<double> gradient_bounds(const kernels::NceProblem& problem, const std::vector<float>& loss_grad,
                                       const LogitRoundings& logits, const SumRoundings& sums);

/// Expects every number within its bound.
void expect_within(const GradientArrays<float>& actual, const GradientArrays<double>& expected,
                   const GradientArrays<double>& bounds);

/// Expects |actual - expected| <= 1e-6 max(1, |expected|) in the Euclidean norm of each part.
void expect_norm_accurate(const GradientArrays<float>& actual, const GradientArrays<double>& expected);

/// Expects the same bits, NaN included.
void expect_same_bits(const GradientArrays<float>& a, const GradientArrays<float>& b);

}  // namespace ortnce::test
