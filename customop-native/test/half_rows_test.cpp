// Losses, gradients and scans of embeddings stored as float16 and bfloat16, at the level in use: the very
// bits that the same numbers stored as float give, and within the bounds of the float kernels against the
// double-precision reference. Sizes lie around vectors of 4, 8 or 16 numbers, panels of two vectors, packed
// lines of 16 and chains of 256 products.
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "kernels/reference/class_reference.h"
#include "support/class_case.h"
#include "support/executors.h"
#include "support/half_array.h"
#include "support/nce_gradient_case.h"

namespace ortnce::test {
namespace {

using kernels::ElementType;

constexpr int64_t kDims[] = {0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 48, 63, 64, 65, 100, 256, 257, 300, 513};

/// A problem whose rows are halves, and the same with floats.
class HalfProblem {
 public:
  HalfProblem(NceCase& nce, ElementType type)
      : weights_(type, nce.weights.data(), nce.weights.size()), wide(nce.problem()), narrow(wide) {
    const auto half_row = [&](const void* row) {
      return row == nullptr ? nullptr : weights_.at(static_cast<const float*>(row) - nce.weights.data());
    };
    for (int64_t at = 0; at < wide.batch * wide.num_true; ++at) true_rows_.push_back(half_row(wide.true_rows[at]));
    for (int64_t k = 0; k < wide.num_sampled; ++k) sampled_rows_.push_back(half_row(wide.sampled_rows[k]));
    narrow.row_type = type;
    narrow.true_rows = true_rows_.data();
    narrow.sampled_rows = sampled_rows_.data();
  }

 private:
  HalfArray weights_;
  std::vector<const void*> true_rows_, sampled_rows_;

 public:
  kernels::NceProblem wide, narrow;
};

void expect_nce(NceSizes sizes, uint64_t seed) {
  for (const ElementType type : kHalfTypes) {
    SCOPED_TRACE(testing::Message() << "type " << static_cast<int>(type) << ", B " << sizes.batch << ", T "
                                    << sizes.num_true << ", S " << sizes.num_sampled << ", D " << sizes.dim);
    NceCase nce(sizes, seed, static_cast<int64_t>(seed % 17));
    nce.mask_hits = seed % 2 == 0;
    for (size_t at = 0; seed % 3 == 0 && at < nce.labels.size(); at += 3) nce.labels[at] = NceCase::kIgnored;
    const HalfProblem problem(nce, type);

    const std::vector<double> losses = forward(problem.narrow);
    expect_same_bits(losses, forward(problem.wide));
    expect_within(losses, reference(problem.wide), error_bounds(problem.wide));

    const std::vector<float> loss_grad = any_loss_grad(problem.wide, seed);
    const GradientArrays<float> gradients = backward(problem.narrow, loss_grad);
    expect_same_bits(gradients, backward(problem.wide, loss_grad));
    const GradientArrays<double> expected = backward_reference(problem.wide, loss_grad);
    expect_within(gradients, expected, gradient_bounds(problem.wide, loss_grad));
    expect_norm_accurate(gradients, expected);
  }
}

TEST(HalfRows, NceDims) {
  uint64_t seed = 0;
  for (const int64_t dim : kDims) {
    for (const auto& [batch, sampled] : {std::pair<int64_t, int64_t>{1, 1}, {5, 17}, {13, 33}}) {
      ++seed;
      expect_nce({batch, static_cast<int64_t>(1 + seed % 5), sampled, dim}, seed);
    }
  }
}

TEST(HalfRows, NceBatchesAndCandidates) {
  uint64_t seed = 500;
  for (const int64_t size : {0, 1, 3, 8, 15, 16, 17, 31, 32, 33, 64, 65, 130}) {
    expect_nce({size, 2, 20, 19}, ++seed);
    expect_nce({9, 20, size, 19}, ++seed);
  }
}

TEST(HalfRows, NceThreadsDoNotChangeABit) {
  NceCase nce({150, 3, 300, 70}, 7);
  const HalfProblem problem(nce, ElementType::kBfloat16);
  const std::vector<float> loss_grad = any_loss_grad(problem.wide, 7);
  ThreadExecutor threads(4);
  expect_same_bits(forward(problem.narrow, threads), forward(problem.narrow));
  expect_same_bits(backward(problem.narrow, loss_grad, threads), backward(problem.narrow, loss_grad));
  EXPECT_GT(threads.most_tasks(), 1);
}

/// Without pairs of equal logits the order is that of the reference.
void expect_scan(ClassSizes sizes, uint64_t seed, const std::vector<int64_t>& partitions = {}) {
  for (const ElementType type : kHalfTypes) {
    SCOPED_TRACE(testing::Message() << "type " << static_cast<int>(type) << ", B " << sizes.batch << ", T "
                                    << sizes.num_true << ", V " << sizes.classes << ", D " << sizes.dim);
    ClassCase narrow(sizes, seed), wide(sizes, seed);
    for (ClassCase* const given : {&narrow, &wide}) {
      given->with_biases = seed % 4 != 0;
      if (seed % 3 == 0) given->label(0, 0) = kernels::kIgnoredLabel;
    }
    narrow.store_as(type);
    wide.store_as(type);
    wide.store_as(ElementType::kFloat);
    if (type == ElementType::kFloat16) {  // both of bfloat16: bfloat16_pairs_test
      narrow.store_inputs_as(type);
      std::copy_n(narrow.inputs.data(), narrow.inputs.size(), wide.inputs.data());
    }
    if (!partitions.empty()) narrow.partition(kernels::PartitionStrategy::kDiv, partitions);
    const ScanResult found = narrow.scan();
    expect_same_results(found, wide.scan());
    expect_accurate(wide, found, 1e-6);
    const int64_t k = std::min<int64_t>(sizes.classes, 9);
    const TopKResult best = narrow.top_k(k), expected = wide.top_k(k);
    EXPECT_EQ(best.ids, expected.ids);
    EXPECT_EQ(best.logits, expected.logits);
  }
}

TEST(HalfRows, ScanDims) {
  uint64_t seed = 0;
  for (const int64_t dim : kDims) expect_scan({6, 2, 70, dim}, ++seed);
}

TEST(HalfRows, ScanBatchesAndClasses) {
  uint64_t seed = 100;
  for (const int64_t batch : {1, 4, 15, 33, 129}) expect_scan({batch, 2, 50, 7}, ++seed);
  for (const int64_t classes : {1, 2, 11, 12, 13, 97, 769}) expect_scan({5, 3, classes, 9}, ++seed);
  expect_scan({3, 2, kernels::kChunkClasses + 1, 5}, ++seed);
}

TEST(HalfRows, ScanPartitions) {
  expect_scan({5, 2, 300, 20}, 1, {100, 0, 57, 143});
  expect_scan({33, 1, 300, 3}, 3, {299, 1});
}

TEST(HalfRows, ScanRangesGiveTheWhole) {
  constexpr int64_t kChunk = kernels::kChunkClasses;
  ClassCase given({5, 2, 2 * kChunk + 77, 3}, 11);
  given.store_as(ElementType::kFloat16);
  expect_same_results(given.scan_ranges({0, kChunk, 2 * kChunk + 77}), given.scan());
}

}  // namespace
}  // namespace ortnce::test
