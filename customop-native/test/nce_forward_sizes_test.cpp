// nce_forward of the level in use against the double-precision reference, over sizes.
//
// Sizes lie around the edges of what the kernels cut the work into: vectors of 4, 8 or 16 floats,
// panels of two vectors, register tiles of 4, 6 or 12 examples, blocks of 4 tiles, chains of 256
// products, and 16 labels (with more, hits are looked up another way). One size at a time sweeps
// its whole list while the others stay small; random triples then mix them. Every case moves its
// arrays to another misalignment and has another number of labels.
//
// Tolerance: error_bounds() (support/nce_case.cpp) is what rounding can do at worst; on this data of
// unit scale, 1e-6 of the loss (of 1, where the loss is smaller) is the tighter gate.
// Out of scope here: infinities and NaN (nce_forward_values_test.cpp).
#include <gtest/gtest.h>

#include <cmath>

#include "support/nce_case.h"

namespace ortnce::test {
namespace {

constexpr int64_t kSizes[] = {0,  1,  2,  3,  5,  7,  8,  15,  16,  17,  23,  24,  25, 31,
                              32, 33, 47, 48, 49, 64, 65, 100, 255, 256, 257, 300, 513};

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
  const std::vector<double> losses = forward(problem), expected = reference(problem);
  expect_within(losses, expected, error_bounds(problem));
  std::vector<double> unit_bounds;
  for (const double loss : expected) unit_bounds.push_back(1e-6 * std::fmax(loss, 1.0));
  expect_within(losses, expected, unit_bounds);
}

TEST(NceForwardSizes, Dim) {
  uint64_t seed = 0;
  for (const int64_t dim : kSizes) {
    for (const auto& [batch, sampled] : {std::pair<int64_t, int64_t>{1, 1}, {5, 17}, {13, 33}}) {
      ++seed;
      expect_accurate({batch, static_cast<int64_t>(1 + seed % 20), sampled, dim}, seed);
    }
  }
}

TEST(NceForwardSizes, LongDim) {
  uint64_t seed = 0;
  for (const int64_t dim : {511, 512, 767, 768, 769, 1024, 2049, 4096}) {
    expect_accurate({7, 2, 35, dim}, ++seed);
  }
}

TEST(NceForwardSizes, NumSampled) {
  uint64_t seed = 100;
  for (const int64_t sampled : kSizes) {
    for (const auto& [batch, dim] : {std::pair<int64_t, int64_t>{1, 3}, {13, 5}, {49, 17}}) {
      ++seed;
      expect_accurate({batch, static_cast<int64_t>(1 + seed % 20), sampled, dim}, seed);
    }
  }
}

TEST(NceForwardSizes, Batch) {
  uint64_t seed = 200;
  for (const int64_t batch : kSizes) {
    for (const auto& [sampled, dim] : {std::pair<int64_t, int64_t>{1, 1}, {3, 7}, {33, 20}}) {
      ++seed;
      expect_accurate({batch, static_cast<int64_t>(1 + seed % 20), sampled, dim}, seed);
    }
  }
}

TEST(NceForwardSizes, NumTrue) {
  for (int64_t num_true = 1; num_true <= 40; ++num_true) {
    for (uint64_t variant = 0; variant < 6; ++variant) {
      expect_accurate({9, num_true, 37, 6}, 300 + 6 * static_cast<uint64_t>(num_true) + variant);
    }
  }
}

TEST(NceForwardSizes, RandomMixtures) {
  std::mt19937_64 random(20240607);
  const auto any = [&] { return kSizes[random() % std::size(kSizes)]; };
  for (uint64_t round = 0; round < 120; ++round) {
    NceSizes sizes{any(), static_cast<int64_t>(1 + random() % 20), any(), any()};
    // The reference takes a nanosecond or two a product.
    while (sizes.batch * (sizes.num_sampled + sizes.num_true) * sizes.dim > 10'000'000) sizes.batch /= 2;
    expect_accurate(sizes, 1000 + round);
  }
}

TEST(NceForwardSizes, NothingAtAll) { EXPECT_TRUE(forward(kernels::NceProblem{}).empty()); }

TEST(NceForwardSizes, WorkspaceIsLinearAndChecked) {
  kernels::NceProblem p;
  p.batch = 1000;
  p.num_true = 1;
  p.num_sampled = 513;
  p.dim = 100;
  size_t bytes = 0;
  ASSERT_TRUE(kernels::nce_forward_workspace(p, &bytes));
  // S rounded up to a panel of at most 64, D floats each; at most 16 partial sums an example.
  EXPECT_LE(bytes, 576u * 100 * 4 + 1000 * 16 * 8 + 64);
  EXPECT_GE(bytes, 513u * 100 * 4);
  // Many candidates are packed a part at a time: at most 16 of 512 KiB, whatever S.
  for (const int64_t many : {int64_t{1} << 20, int64_t{1} << 40, INT64_MAX / 2}) {
    p.num_sampled = many;
    ASSERT_TRUE(kernels::nce_forward_workspace(p, &bytes));
    EXPECT_LE(bytes, size_t{16} * (512 * 1024) + 1000 * 16 * 8 + 64);
  }
  // With as many examples, no more than one partial sum each.
  p.batch = 1 << 20;
  p.num_sampled = 2049;
  p.dim = 4;
  ASSERT_TRUE(kernels::nce_forward_workspace(p, &bytes));
  EXPECT_LE(bytes, size_t{2112} * 4 * 4 + (size_t{1} << 20) * 8 + 64);
  p.num_sampled = int64_t{1} << 32;
  p.dim = int64_t{1} << 57;
  EXPECT_FALSE(kernels::nce_forward_workspace(p, &bytes));
  p.num_sampled = 1;
  p.dim = INT64_MAX;
  EXPECT_FALSE(kernels::nce_forward_workspace(p, &bytes));
  p.dim = 1;
  p.batch = INT64_MAX;
  EXPECT_FALSE(kernels::nce_forward_workspace(p, &bytes));
}

}  // namespace
}  // namespace ortnce::test
