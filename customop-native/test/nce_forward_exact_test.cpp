// Integer-valued data through nce_forward at the level in use: every product and sum is exact in
// float (|x|, |w| <= 8, so |x . w| <= 2^6 D <= 2^18), so only the softplus may differ from the
// reference. A lane, tail or chain summed wrongly moves a logit by at least 1.
//
// The offsets bring the logits back to [-2, 2], where the loss follows every such move; there the
// tolerance is 5 u = 2^-24 * 5 of the terms (error_bounds() without the part of the dot products).
#include <gtest/gtest.h>

#include <cmath>

#include "support/nce_case.h"

namespace ortnce::test {
namespace {

int small_integer(std::mt19937_64& random) { return static_cast<int>(random() % 17) - 8; }

/// One example, one label, `sampled` candidates, all logits in [-2, 2].
NceCase integers(NceSizes sizes, uint64_t seed, int64_t shift) {
  NceCase nce(sizes, seed, shift);
  std::mt19937_64 random(seed);
  for (int64_t i = 0; i < nce.inputs.size(); ++i) nce.inputs[i] = static_cast<float>(small_integer(random));
  for (int64_t i = 0; i < nce.weights.size(); ++i) nce.weights[i] = static_cast<float>(small_integer(random));
  const auto offset = [&](int64_t class_id) {
    double dot = 0;
    for (int64_t d = 0; d < sizes.dim; ++d) {
      dot += static_cast<double>(nce.input(0)[d]) * static_cast<double>(nce.weight(class_id)[d]);
    }
    return static_cast<float>(static_cast<double>(random() % 5) - 2 - dot);
  };
  for (size_t at = 0; at < nce.labels.size(); ++at) nce.true_offsets[at] = offset(nce.labels[at]);
  for (size_t k = 0; k < nce.sampled.size(); ++k) nce.sampled_offsets[k] = offset(nce.sampled[k]);
  return nce;
}

void expect_exact(NceSizes sizes, uint64_t seed) {
  SCOPED_TRACE(testing::Message() << "T " << sizes.num_true << ", S " << sizes.num_sampled << ", D " << sizes.dim);
  NceCase nce = integers(sizes, seed, static_cast<int64_t>(seed % 16));
  const kernels::NceProblem problem = nce.problem();
  expect_within(forward(problem), reference(problem), error_bounds(problem, Dots::kExact));
}

TEST(NceForwardExact, TrueLogits) {
  for (int64_t dim = 1; dim <= 300; ++dim) expect_exact({1, 1, 0, dim}, static_cast<uint64_t>(dim));
  for (const int64_t dim : {511, 512, 513, 1025, 4095, 4096}) expect_exact({1, 1, 0, dim}, 3);
  for (const int64_t num_true : {2, 3, 4, 5, 8, 9, 16, 17, 20}) expect_exact({1, num_true, 0, 37}, 4);
}

TEST(NceForwardExact, SampledLogits) {
  for (int64_t dim = 1; dim <= 300; ++dim) {
    expect_exact({1, 1, 1 + dim % 40, dim}, static_cast<uint64_t>(dim));
  }
  for (const int64_t dim : {511, 512, 513, 1025, 4095, 4096}) expect_exact({1, 1, 19, dim}, 5);
}

TEST(NceForwardExact, WholeBatches) {
  // Logits of many examples cannot all be small: large ones are exact too, and their losses.
  for (const int64_t batch : {5, 16, 17, 24, 25, 48, 49, 100}) {
    NceCase nce = integers({batch, 2, 33, 257}, static_cast<uint64_t>(batch), 1);
    const kernels::NceProblem problem = nce.problem();
    expect_within(forward(problem), reference(problem), error_bounds(problem, Dots::kExact));
  }
}

}  // namespace
}  // namespace ortnce::test
