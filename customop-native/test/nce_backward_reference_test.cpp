// The analytic gradient of the reference against central differences of its loss.
//
// All numbers are multiples of 2^-10 below 2 in magnitude, so that a step of h = 2^-13 (1.2e-4) either
// way is exact in float. The difference is off by h^2 / 6 times the third derivative, some 1e-9 of the
// norm of the gradient; the gate is 1e-7 of it.
#include <gtest/gtest.h>

#include <cmath>

#include "support/nce_gradient_case.h"

namespace ortnce::test {
namespace {

float on_grid(float x) { return std::round(x * 0x1p10f) * 0x1p-10f; }

/// d sum_i loss_grad[i] loss_i / d x.
double difference(NceCase& nce, const std::vector<float>& loss_grad, float& x) {
  constexpr float h = 0x1p-13f;
  const auto loss = [&](float at) {
    const float before = x;
    x = at;
    const std::vector<double> losses = reference(nce.problem());
    x = before;
    double sum = 0;
    for (size_t i = 0; i < losses.size(); ++i) sum += static_cast<double>(loss_grad[i]) * losses[i];
    return sum;
  };
  return (loss(x + h) - loss(x - h)) / (2 * static_cast<double>(h));
}

void expect_close(const char* name, const std::vector<double>& gradient, const std::vector<double>& differences) {
  ASSERT_EQ(gradient.size(), differences.size());
  double norm = 0;
  for (const double g : gradient) norm = std::hypot(norm, g);
  ASSERT_GT(norm, 0.1) << name;
  for (size_t at = 0; at < gradient.size(); ++at) {
    EXPECT_NEAR(gradient[at], differences[at], 1e-7 * norm) << name << "[" << at << "]";
  }
}

TEST(NceBackwardReference, CentralDifferences) {
  for (const int64_t num_true : {1, 2, 5}) {
    for (const bool mask_hits : {false, true}) {
      SCOPED_TRACE(testing::Message() << "T " << num_true << ", hits masked: " << mask_hits);
      NceCase nce({6, num_true, 12, 5, 8}, 40);
      nce.mask_hits = mask_hits;
      nce.label(2, 0) = NceCase::kIgnored;
      for (int64_t i = 0; i < nce.inputs.size(); ++i) nce.inputs[i] = on_grid(nce.inputs[i]);
      for (int64_t i = 0; i < nce.weights.size(); ++i) nce.weights[i] = on_grid(nce.weights[i]);
      for (float& offset : nce.true_offsets) offset = on_grid(offset);
      for (float& offset : nce.sampled_offsets) offset = on_grid(offset);
      const std::vector<float> loss_grad = any_loss_grad(nce.problem(), 41);
      const GradientArrays<double> gradients = backward_reference(nce.problem(), loss_grad);

      std::vector<double> inputs, weights, slopes, biases;
      for (int64_t i = 0; i < nce.inputs.size(); ++i) inputs.push_back(difference(nce, loss_grad, nce.inputs[i]));
      for (int64_t i = 0; i < nce.weights.size(); ++i) weights.push_back(difference(nce, loss_grad, nce.weights[i]));
      for (float& offset : nce.true_offsets) slopes.push_back(difference(nce, loss_grad, offset));
      for (float& offset : nce.sampled_offsets) biases.push_back(difference(nce, loss_grad, offset));
      expect_close("inputs", gradients.inputs, inputs);
      expect_close("true_slopes", gradients.true_slopes, slopes);
      expect_close("sampled_biases", gradients.sampled_biases, biases);

      // By class: the rows of its candidates, and its labels' slopes times their inputs.
      std::vector<double> by_class(weights.size());
      const auto dim = static_cast<size_t>(nce.sizes.dim);
      for (size_t k = 0; k < nce.sampled.size(); ++k) {
        const size_t row = static_cast<size_t>(nce.sampled[k]) * dim;
        for (size_t d = 0; d < dim; ++d) by_class[row + d] += gradients.sampled[k * dim + d];
      }
      for (size_t at = 0; at < nce.labels.size(); ++at) {
        if (nce.labels[at] == NceCase::kIgnored) continue;
        const size_t row = static_cast<size_t>(nce.labels[at]) * dim;
        const float* const x = nce.input(static_cast<int64_t>(at) / num_true);
        for (size_t d = 0; d < dim; ++d) by_class[row + d] += gradients.true_slopes[at] * static_cast<double>(x[d]);
      }
      expect_close("weights", by_class, weights);
    }
  }
}

}  // namespace
}  // namespace ortnce::test
