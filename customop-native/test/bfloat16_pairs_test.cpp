// Inputs and embeddings that are both bfloat16, at the level in use: within the bounds of the float kernels
// against the double-precision reference of the same numbers. Where no instruction multiplies pairs, and
// where rows cannot be read as pairs (odd lengths, odd addresses), the bits are those of floats.
//
// Sizes lie around vectors and panels of 16 pairs, chains of 128 pairs and tiles of 6 rows. Out of scope:
// products below 2^-126, which the instruction takes for 0.
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "kernels/cpu/dispatch.h"
#include "kernels/reference/class_reference.h"
#include "support/class_case.h"
#include "support/executors.h"
#include "support/half_array.h"
#include "support/nce_gradient_case.h"

namespace ortnce::test {
namespace {

using kernels::ElementType;

constexpr int64_t kDims[] = {0, 1, 2, 3, 8, 14, 30, 31, 32, 33, 34, 62, 64, 66, 100, 254, 256, 258, 511, 512, 514, 770};

bool has_pairs() { return kernels::cpu::active_pair_kernels() != nullptr; }

/// A problem whose numbers are all bfloat16, and the same with floats.
class Bfloat16Problem {
 public:
  explicit Bfloat16Problem(NceCase& nce, int64_t shift = 0)
      : inputs_(ElementType::kBfloat16, nce.inputs.data(), nce.inputs.size(), shift),
        weights_(ElementType::kBfloat16, nce.weights.data(), nce.weights.size(), shift),
        floats(nce.problem()),
        pairs(floats) {
    const auto stored = [&](const void* row) {
      return row == nullptr ? nullptr : weights_.at(static_cast<const float*>(row) - nce.weights.data());
    };
    for (int64_t at = 0; at < floats.batch * floats.num_true; ++at) true_rows_.push_back(stored(floats.true_rows[at]));
    for (int64_t k = 0; k < floats.num_sampled; ++k) sampled_rows_.push_back(stored(floats.sampled_rows[k]));
    pairs.bfloat16_inputs = inputs_.at(0);
    pairs.row_type = ElementType::kBfloat16;
    pairs.true_rows = true_rows_.data();
    pairs.sampled_rows = sampled_rows_.data();
  }

 private:
  HalfArray inputs_, weights_;
  std::vector<const void*> true_rows_, sampled_rows_;

 public:
  kernels::NceProblem floats, pairs;
};

void expect_nce(NceSizes sizes, uint64_t seed) {
  SCOPED_TRACE(testing::Message() << "B " << sizes.batch << ", T " << sizes.num_true << ", S " << sizes.num_sampled
                                  << ", D " << sizes.dim);
  NceCase nce(sizes, seed);
  nce.mask_hits = seed % 2 == 0;
  for (size_t at = 0; seed % 3 == 0 && at < nce.labels.size(); at += 3) nce.labels[at] = NceCase::kIgnored;
  const Bfloat16Problem problem(nce);
  const std::vector<double> losses = forward(problem.pairs);
  expect_within(losses, reference(problem.floats), error_bounds(problem.floats));
  const std::vector<float> loss_grad = any_loss_grad(problem.floats, seed);
  const GradientArrays<float> gradients = backward(problem.pairs, loss_grad);
  const GradientArrays<double> expected = backward_reference(problem.floats, loss_grad);
  expect_within(gradients, expected, gradient_bounds(problem.floats, loss_grad));
  expect_norm_accurate(gradients, expected);
  if (has_pairs() && sizes.dim % 2 == 0) return;
  expect_same_bits(losses, forward(problem.floats));
  expect_same_bits(gradients, backward(problem.floats, loss_grad));
}

TEST(Bfloat16Pairs, NceDims) {
  uint64_t seed = 0;
  for (const int64_t dim : kDims) {
    for (const auto& [batch, sampled] : {std::pair<int64_t, int64_t>{1, 1}, {5, 17}, {13, 133}}) {
      ++seed;
      expect_nce({batch, static_cast<int64_t>(1 + seed % 5), sampled, dim}, seed);
    }
  }
}

TEST(Bfloat16Pairs, NceBatchesAndCandidates) {
  uint64_t seed = 500;
  for (const int64_t size : {0, 1, 5, 6, 7, 63, 64, 65, 127, 128, 129, 2100}) {
    expect_nce({size, 2, 20, 18}, ++seed);
    expect_nce({9, 20, size, 18}, ++seed);
  }
}

TEST(Bfloat16Pairs, OddAddressesAreReadAsFloats) {
  NceCase nce({7, 2, 40, 32}, 3);
  const Bfloat16Problem problem(nce, 1);
  expect_same_bits(forward(problem.pairs), forward(problem.floats));
}

TEST(Bfloat16Pairs, IntegersAreExact) {
  NceCase nce({20, 1, 200, 64}, 5);
  for (int64_t i = 0; i < nce.inputs.size(); ++i) nce.inputs[i] = static_cast<float>(i * 7 % 17 - 8);
  for (int64_t i = 0; i < nce.weights.size(); ++i) nce.weights[i] = static_cast<float>(i * 5 % 13 - 6) / 64;
  const Bfloat16Problem problem(nce);
  expect_same_bits(forward(problem.pairs), forward(problem.floats));
}

TEST(Bfloat16Pairs, NceThreadsDoNotChangeABit) {
  NceCase nce({150, 3, 2300, 70}, 7);
  const Bfloat16Problem problem(nce);
  const std::vector<float> loss_grad = any_loss_grad(problem.floats, 7);
  ThreadExecutor threads(4);
  expect_same_bits(forward(problem.pairs, threads), forward(problem.pairs));
  expect_same_bits(backward(problem.pairs, loss_grad, threads), backward(problem.pairs, loss_grad));
  EXPECT_GT(threads.most_tasks(), 1);
}

TEST(Bfloat16Pairs, NonFiniteNumbersStayInTheirExamples) {
  constexpr float kInf = std::numeric_limits<float>::infinity(), kNan = std::numeric_limits<float>::quiet_NaN();
  NceCase nce({9, 1, 70, 32}, 9);
  NceCase same({9, 1, 70, 32}, 9);
  nce.input(2)[5] = kNan;
  nce.input(6)[31] = kInf;
  const Bfloat16Problem problem(nce), finite(same);
  const std::vector<double> found = forward(problem.pairs), expected = forward(finite.pairs);
  for (size_t i = 0; i < found.size(); ++i) {
    if (i == 2) {
      EXPECT_TRUE(std::isnan(found[i]));
    } else if (i == 6) {
      EXPECT_FALSE(std::isfinite(found[i]));
    } else {
      EXPECT_EQ(found[i], expected[i]);
    }
  }
}

void expect_scan(ClassSizes sizes, uint64_t seed, const std::vector<int64_t>& partitions = {}) {
  SCOPED_TRACE(testing::Message() << "B " << sizes.batch << ", T " << sizes.num_true << ", V " << sizes.classes
                                  << ", D " << sizes.dim);
  ClassCase pairs(sizes, seed), floats(sizes, seed);
  for (ClassCase* const given : {&pairs, &floats}) {
    given->with_biases = seed % 4 != 0;
    if (seed % 3 == 0) given->label(0, 0) = kernels::kIgnoredLabel;
    given->store_as(ElementType::kBfloat16);
    given->store_inputs_as(ElementType::kBfloat16);
  }
  floats.store_as(ElementType::kFloat);  // the rounded numbers
  const ScanResult whole = pairs.scan();
  expect_accurate(floats, whole, 1e-6);
  if (!partitions.empty()) {
    pairs.partition(kernels::PartitionStrategy::kDiv, partitions);
    expect_same_results(pairs.scan(), whole);
  }
  const int64_t k = std::min<int64_t>(sizes.classes, 9);
  const TopKResult best = pairs.top_k(k);
  for (int64_t i = 0; i < sizes.batch; ++i) {
    const std::vector<double> logits = floats.reference_logits(i);
    for (int64_t at = i * k; at < (i + 1) * k; ++at) {
      const auto place = static_cast<size_t>(at);
      EXPECT_NEAR(static_cast<double>(best.logits[place]), logits[static_cast<size_t>(best.ids[place])], 1e-4);
      if (at > i * k) {
        EXPECT_LE(best.logits[place], best.logits[place - 1]);
      }
    }
  }
}

TEST(Bfloat16Pairs, ScanDims) {
  uint64_t seed = 0;
  for (const int64_t dim : kDims) {
    expect_scan({6, 2, 70, dim}, ++seed);   // classes in the lanes
    expect_scan({20, 2, 70, dim}, ++seed);  // examples in the lanes
  }
}

TEST(Bfloat16Pairs, ScanBatchesClassesAndPartitions) {
  uint64_t seed = 100;
  for (const int64_t batch : {1, 8, 9, 15, 33, 129}) expect_scan({batch, 2, 50, 6}, ++seed);
  for (const int64_t classes : {1, 2, 15, 16, 17, 97, 769}) expect_scan({5, 3, classes, 10}, ++seed);
  expect_scan({5, 2, 300, 20}, 1, {100, 0, 57, 143});
  expect_scan({33, 1, 300, 4}, 3, {299, 1});
}

TEST(Bfloat16Pairs, ScanRangesGiveTheWhole) {
  constexpr int64_t kChunk = kernels::kChunkClasses;
  ClassCase given({5, 2, 2 * kChunk + 77, 4}, 11);
  given.store_as(ElementType::kBfloat16);
  given.store_inputs_as(ElementType::kBfloat16);
  expect_same_results(given.scan_ranges({0, kChunk, 2 * kChunk + 77}), given.scan());
}

}  // namespace
}  // namespace ortnce::test
