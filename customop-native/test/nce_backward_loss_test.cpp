// The losses that nce_backward computes on the way against those of nce_forward: the same terms, so
// that only the order of the sums in double may differ, and the gradients must not notice.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "kernels/nce_backward.h"
#include "support/nce_gradient_case.h"

namespace ortnce::test {
namespace {

std::vector<double> losses(const kernels::NceProblem& problem) {
  size_t bytes = 0;
  EXPECT_TRUE(kernels::nce_forward_workspace(problem, &bytes));
  std::vector<double> workspace(bytes / sizeof(double) + 8), loss(static_cast<size_t>(problem.batch));
  void* const aligned = reinterpret_cast<void*>((reinterpret_cast<uintptr_t>(workspace.data()) + 63) & ~uintptr_t{63});
  kernels::SerialExecutor serial;
  kernels::nce_forward(problem, aligned, serial, loss.data());
  return loss;
}

/// Everything that nce_backward writes.
struct Results {
  GradientArrays<float> gradients;
  std::vector<double> loss;

  Results(const kernels::NceProblem& p, const std::vector<float>& loss_grad, bool with_loss)
      : loss(static_cast<size_t>(p.batch), -1.0) {
    gradients.inputs.resize(static_cast<size_t>(p.batch * p.dim));
    gradients.true_slopes.resize(static_cast<size_t>(p.batch * p.num_true));
    gradients.sampled.resize(static_cast<size_t>(p.num_sampled * p.dim));
    gradients.sampled_biases.resize(static_cast<size_t>(p.num_sampled));
    size_t bytes = 0;
    EXPECT_TRUE(kernels::nce_backward_workspace(p, &bytes));
    std::vector<double> workspace(bytes / sizeof(double) + 8);
    void* const aligned =
        reinterpret_cast<void*>((reinterpret_cast<uintptr_t>(workspace.data()) + 63) & ~uintptr_t{63});
    kernels::SerialExecutor serial;
    kernels::nce_backward(p, loss_grad.data(), aligned, serial,
                          {gradients.inputs.data(), gradients.true_slopes.data(), gradients.sampled.data(),
                           gradients.sampled_biases.data(), with_loss ? loss.data() : nullptr});
  }
};

void expect_loss_of_forward(NceSizes sizes, uint64_t seed) {
  SCOPED_TRACE(testing::Message() << "B " << sizes.batch << ", T " << sizes.num_true << ", S " << sizes.num_sampled
                                  << ", D " << sizes.dim << ", seed " << seed);
  NceCase nce(sizes, seed, static_cast<int64_t>(seed % 17));
  nce.mask_hits = seed % 2 == 0;
  if (seed % 3 == 0) {
    for (size_t at = 0; at < nce.labels.size(); ++at) {
      if ((at * 5 + seed) % 3 != 0) nce.labels[at] = NceCase::kIgnored;
    }
  }
  const kernels::NceProblem problem = nce.problem();
  const std::vector<float> loss_grad = any_loss_grad(problem, seed);
  const Results with(problem, loss_grad, true), without(problem, loss_grad, false);
  expect_same_bits(with.gradients, without.gradients);
  const std::vector<double> expected = losses(problem);
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(with.loss[i], expected[i], 1e-13 * std::abs(expected[i])) << "example " << i;
    EXPECT_EQ(without.loss[i], -1.0) << "example " << i;
  }
}

TEST(NceBackwardLoss, SizesAroundTheEdges) {
  uint64_t seed = 0;
  for (const int64_t batch : {0, 1, 12, 13, 48, 49, 97}) {
    for (const int64_t sampled : {0, 1, 31, 32, 33, 100}) {
      ++seed;
      expect_loss_of_forward({batch, static_cast<int64_t>(1 + seed % 18), sampled, static_cast<int64_t>(seed % 37)},
                             seed);
    }
  }
}

TEST(NceBackwardLoss, MoreThanOneChunk) {
  expect_loss_of_forward({1030, 2, 2100, 5}, 101);
  expect_loss_of_forward({2050, 1, 1025, 3}, 102);
}

TEST(NceBackwardLoss, InfiniteLogitsAndNan) {
  NceCase nce({3, 1, 2, 1}, 7, 0);
  const kernels::NceProblem problem = nce.problem();
  std::vector<float> offsets(problem.sampled_offsets, problem.sampled_offsets + 2);
  offsets[0] = HUGE_VALF;
  kernels::NceProblem infinite = problem;
  infinite.sampled_offsets = offsets.data();
  const Results found(infinite, {1, 1, 1}, true);
  for (const double loss : found.loss) EXPECT_EQ(loss, HUGE_VAL);
  offsets[0] = NAN;
  const Results nan(infinite, {1, 1, 1}, true);
  for (const double loss : nan.loss) EXPECT_TRUE(std::isnan(loss));
}

}  // namespace
}  // namespace ortnce::test
