// nce_backward of the level in use against the double-precision reference, over sizes.
//
// Sizes lie around the edges of what the kernels cut the work into: vectors of 4, 8 or 16 floats,
// panels of two vectors, register tiles of 4, 6 or 12 rows, blocks of 4 tiles, tasks of 48
// candidates, chains of 256 products, and chunks of 1024 examples by 1024 candidates. Every case
// moves its arrays to another misalignment; some have hits, ignored labels, examples without any
// counted label, and gradients of the loss that are 0 or negative.
//
// Tolerance: gradient_bounds() (support/nce_gradient_case.cpp) is what rounding can do at worst; on
// this data of unit scale, 1e-6 of the norm of each part (of 1, where the norm is smaller) is the
// tighter gate. Infinities and NaN: nce_backward_values_test.cpp.
#include <gtest/gtest.h>

#include "support/nce_gradient_case.h"

namespace ortnce::test {
namespace {

constexpr int64_t kSizes[] = {0,  1,  2,  3,  5,  7,  8,  11, 12, 13, 15,  16,  17,  23,  24,
                              25, 31, 32, 33, 47, 48, 49, 64, 65, 97, 100, 255, 256, 257, 513};

void expect_accurate(NceSizes sizes, uint64_t seed) {
  SCOPED_TRACE(testing::Message() << "B " << sizes.batch << ", T " << sizes.num_true << ", S " << sizes.num_sampled
                                  << ", D " << sizes.dim << ", seed " << seed);
  NceCase nce(sizes, seed, static_cast<int64_t>(seed % 17));
  nce.mask_hits = seed % 2 == 0;
  if (seed % 3 == 0) {
    for (size_t at = 0; at < nce.labels.size(); ++at) {
      if ((at * 7 + seed) % 4 == 0) nce.labels[at] = NceCase::kIgnored;
    }
  }
  const kernels::NceProblem problem = nce.problem();
  const std::vector<float> loss_grad = any_loss_grad(problem, seed);
  const GradientArrays<float> gradients = backward(problem, loss_grad);
  const GradientArrays<double> expected = backward_reference(problem, loss_grad);
  expect_within(gradients, expected, gradient_bounds(problem, loss_grad));
  expect_norm_accurate(gradients, expected);
}

TEST(NceBackwardSizes, Dim) {
  uint64_t seed = 0;
  for (const int64_t dim : kSizes) {
    for (const auto& [batch, sampled] : {std::pair<int64_t, int64_t>{1, 1}, {5, 17}, {13, 33}}) {
      ++seed;
      expect_accurate({batch, static_cast<int64_t>(1 + seed % 20), sampled, dim}, seed);
    }
  }
  for (const int64_t dim : {768, 1025, 4096}) expect_accurate({7, 2, 35, dim}, ++seed);
}

TEST(NceBackwardSizes, NumSampled) {
  uint64_t seed = 100;
  for (const int64_t sampled : kSizes) {
    for (const auto& [batch, dim] : {std::pair<int64_t, int64_t>{1, 3}, {13, 5}, {49, 17}}) {
      ++seed;
      expect_accurate({batch, static_cast<int64_t>(1 + seed % 20), sampled, dim}, seed);
    }
  }
}

TEST(NceBackwardSizes, Batch) {
  uint64_t seed = 200;
  for (const int64_t batch : kSizes) {
    for (const auto& [sampled, dim] : {std::pair<int64_t, int64_t>{1, 1}, {3, 7}, {33, 20}}) {
      ++seed;
      expect_accurate({batch, static_cast<int64_t>(1 + seed % 20), sampled, dim}, seed);
    }
  }
}

TEST(NceBackwardSizes, NumTrue) {
  for (int64_t num_true = 1; num_true <= 20; ++num_true) {
    for (uint64_t variant = 0; variant < 6; ++variant) {
      expect_accurate({9, num_true, 37, 6}, 300 + 6 * static_cast<uint64_t>(num_true) + variant);
    }
  }
}

TEST(NceBackwardSizes, MoreThanOneChunk) {
  uint64_t seed = 500;
  for (const int64_t edge : {1023, 1024, 1025, 2048, 2049, 2100}) {
    expect_accurate({edge, 1, 3, 5}, ++seed);
    expect_accurate({edge, 3, 50, 2}, ++seed);
    expect_accurate({3, 2, edge, 5}, ++seed);
    expect_accurate({50, 1, edge, 2}, ++seed);
  }
  expect_accurate({1100, 2, 1060, 3}, ++seed);
  expect_accurate({1025, 1, 1025, 0}, ++seed);
}

TEST(NceBackwardSizes, RandomMixtures) {
  std::mt19937_64 random(20240608);
  const auto any = [&] { return kSizes[random() % std::size(kSizes)]; };
  for (uint64_t round = 0; round < 60; ++round) {
    NceSizes sizes{any(), static_cast<int64_t>(1 + random() % 20), any(), any()};
    while (sizes.batch * (sizes.num_sampled + sizes.num_true) * sizes.dim > 2'000'000) sizes.batch /= 2;
    expect_accurate(sizes, 1000 + round);
  }
}

TEST(NceBackwardSizes, NothingAtAll) {
  const GradientArrays<float> gradients = backward(kernels::NceProblem{}, {});
  EXPECT_TRUE(gradients.inputs.empty() && gradients.sampled.empty());
  // Candidates without examples have a gradient: zero.
  NceCase nce({0, 1, 37, 5}, 1);
  const GradientArrays<float> zero = backward(nce.problem(), {});
  EXPECT_EQ(zero.sampled, std::vector<float>(37 * 5, 0.0f));
  EXPECT_EQ(zero.sampled_biases, std::vector<float>(37, 0.0f));
}

TEST(NceBackwardSizes, WorkspaceIsLinearAndChecked) {
  kernels::NceProblem p;
  p.batch = 100000;
  p.num_true = 1;
  p.num_sampled = 5000;
  p.dim = 100;
  size_t bytes = 0;
  ASSERT_TRUE(kernels::nce_backward_workspace(p, &bytes));
  // All panels, one chunk of slopes, the rows of all candidates and of a chunk's examples, their pointers.
  EXPECT_LE(bytes, 5056u * 100 * 4 + 1024 * 1040 * 4 + (5056 + 1024) * 128 * 4 + 1024 * 8 + 100 * 4 + 6 * 64);
  EXPECT_GE(bytes, 5000u * 100 * 4 + 1024 * 1024 * 4);
  p.num_sampled = p.dim = int64_t{1} << 32;
  EXPECT_FALSE(kernels::nce_backward_workspace(p, &bytes));
  p.num_sampled = INT64_MAX;
  p.dim = 1;
  EXPECT_FALSE(kernels::nce_backward_workspace(p, &bytes));
  for (const int64_t sampled : {0, 1}) {
    p.num_sampled = sampled;
    p.dim = INT64_MAX;
    EXPECT_FALSE(kernels::nce_backward_workspace(p, &bytes));
  }
}

}  // namespace
}  // namespace ortnce::test
