// Accidental hits and ignored labels of nce_forward at the level in use.
//
// Every case is compared with a loss that knows no masking: the reference over one example at a
// time, with the hit candidates and ignored labels taken out of its lists by plain comparison of
// ids. Hits lie at the first and last candidate, at panel edges (panels have 8, 16 or 32 columns),
// in several panels and slices of one label, and at every candidate; T = 16 and 17 are the two sides
// of the limit above which labels are looked up panel by panel.
//
// Tolerance: error_bounds() of the masked problem (support/nce_case.cpp). A hit left in or a
// candidate masked by mistake changes a loss by far more: terms are about 1.
#include <gtest/gtest.h>

#include <algorithm>

#include "support/executors.h"
#include "support/nce_case.h"

namespace ortnce::test {
namespace {

/// The losses by definition: each example alone, with lists that hold only what counts.
std::vector<double> losses_by_definition(NceCase& nce) {
  std::vector<double> losses;
  for (int64_t i = 0; i < nce.sizes.batch; ++i) {
    std::vector<const void*> true_rows, sampled_rows;
    std::vector<float> true_offsets, sampled_offsets;
    std::vector<int64_t> labels;
    for (int64_t j = 0; j < nce.sizes.num_true; ++j) {
      if (nce.label(i, j) == NceCase::kIgnored) continue;
      labels.push_back(nce.label(i, j));
      true_rows.push_back(nce.weight(labels.back()));
      true_offsets.push_back(nce.true_offsets[static_cast<size_t>(i * nce.sizes.num_true + j)]);
    }
    for (size_t k = 0; k < nce.sampled.size(); ++k) {
      if (nce.mask_hits && std::count(labels.begin(), labels.end(), nce.sampled[k]) > 0) continue;
      sampled_rows.push_back(nce.weight(nce.sampled[k]));
      sampled_offsets.push_back(nce.sampled_offsets[k]);
    }
    kernels::NceProblem one;
    one.batch = 1;
    one.num_true = static_cast<int64_t>(labels.size());
    one.num_sampled = static_cast<int64_t>(sampled_rows.size());
    one.dim = nce.sizes.dim;
    one.inputs = nce.input(i);
    one.labels = labels.data();
    one.true_rows = true_rows.data();
    one.true_offsets = true_offsets.data();
    one.sampled_rows = sampled_rows.data();
    one.sampled_offsets = sampled_offsets.data();
    losses.push_back(reference(one)[0]);
  }
  return losses;
}

void expect_as_defined(NceCase& nce) {
  const std::vector<double> expected = losses_by_definition(nce);
  const kernels::NceProblem problem = nce.problem();
  expect_within(forward(problem), expected, error_bounds(problem));
  expect_within(reference(problem), expected, std::vector<double>(expected.size(), 1e-9));
}

/// Classes 0..9 are labels, the others are not.
constexpr int64_t kLabelClasses = 10;

NceCase without_hits(NceSizes sizes, uint64_t seed) {
  sizes.num_classes = 200;
  NceCase nce(sizes, seed);
  nce.mask_hits = true;
  for (int64_t& label : nce.labels) label %= kLabelClasses;
  for (int64_t& id : nce.sampled) id = kLabelClasses + id % (sizes.num_classes - kLabelClasses);
  return nce;
}

TEST(NceForwardHits, OneAtEveryPosition) {
  for (const int64_t num_true : {1, 3, 16, 17}) {
    for (int64_t position = 0; position < 70; ++position) {
      SCOPED_TRACE(testing::Message() << "T " << num_true << ", position " << position);
      NceCase nce = without_hits({3, num_true, 70, 4}, 5);
      nce.sampled[static_cast<size_t>(position)] = nce.label(1, num_true - 1);
      expect_as_defined(nce);
    }
  }
}

TEST(NceForwardHits, DuplicatesAcrossPanelsAndSlices) {
  for (const int64_t num_true : {1, 2, 16, 17, 20}) {
    for (const int64_t sampled : {2, 7, 8, 9, 31, 32, 33, 65, 257, 600}) {
      SCOPED_TRACE(testing::Message() << "T " << num_true << ", S " << sampled);
      NceCase nce = without_hits({50, num_true, sampled, 3}, 6);
      // Copies of one label at both ends, in neighbouring columns and on both sides of panel edges.
      for (const int64_t position : {0, 1, 7, 8, 15, 16, 31, 32, 63, 64, 256, 599}) {
        if (position < sampled) nce.sampled[static_cast<size_t>(position)] = 3;
      }
      nce.sampled.back() = 3;
      nce.label(0, 0) = 3;
      nce.label(49, num_true - 1) = 3;
      expect_as_defined(nce);
    }
  }
}

TEST(NceForwardHits, EveryCandidate) {
  for (const int64_t num_true : {1, 5, 17}) {
    NceCase nce = without_hits({11, num_true, 45, 6}, 7);
    for (int64_t& id : nce.sampled) id = 2;
    for (int64_t i = 0; i < 11; i += 2) nce.label(i, 0) = 2;
    expect_as_defined(nce);
    // What is left of an example with a label 2 is its true part, bit for bit.
    const std::vector<double> masked = forward(nce);
    nce.sizes.num_sampled = 0;
    nce.sampled.clear();
    const std::vector<double> true_part = forward(nce);
    for (size_t i = 0; i < masked.size(); i += 2) EXPECT_EQ(masked[i], true_part[i]) << i;
  }
}

TEST(NceForwardHits, EqualLabelsInOneExample) {
  NceCase nce = without_hits({4, 3, 20, 5}, 8);
  for (int64_t j = 0; j < 3; ++j) nce.label(2, j) = 1;
  nce.sampled[4] = nce.sampled[19] = 1;
  expect_as_defined(nce);
}

TEST(NceForwardHits, StayInTheLossUnlessAskedFor) {
  NceCase nce = without_hits({5, 2, 30, 4}, 9);
  for (size_t k = 0; k < 30; k += 3) nce.sampled[k] = nce.label(1, 0);
  nce.mask_hits = false;
  expect_as_defined(nce);
}

TEST(NceForwardHits, RandomDense) {
  for (uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    // Few classes: about every third candidate is a hit of every example.
    NceCase nce({static_cast<int64_t>(1 + seed % 53), static_cast<int64_t>(1 + seed % 19), 100, 3, 30}, seed);
    nce.mask_hits = true;
    for (size_t at = seed % 5; at < nce.labels.size(); at += 5) nce.labels[at] = NceCase::kIgnored;
    expect_as_defined(nce);
  }
}

TEST(NceForwardHits, IgnoredLabels) {
  for (const int64_t num_true : {1, 2, 4, 8, 16, 17, 20}) {
    NceCase nce({40, num_true, 19, 7}, 10);
    for (int64_t i = 0; i < 40; ++i) {
      for (int64_t j = 0; j < num_true; ++j) {
        if ((i >> (j % 5)) & 1) nce.label(i, j) = NceCase::kIgnored;
      }
    }
    expect_as_defined(nce);
  }
}

TEST(NceForwardHits, AllLabelsIgnoredIsZero) {
  for (const int64_t num_true : {1, 3, 17}) {
    for (const bool mask : {false, true}) {
      NceCase nce({6, num_true, 21, 4}, 11);
      nce.mask_hits = mask;
      for (int64_t j = 0; j < num_true; ++j) nce.label(2, j) = nce.label(5, j) = NceCase::kIgnored;
      // Not even a NaN of its inputs counts.
      nce.input(5)[0] = std::numeric_limits<float>::quiet_NaN();
      const std::vector<double> losses = forward(nce);
      for (size_t i = 0; i < losses.size(); ++i) EXPECT_EQ(losses[i] == 0, i == 2 || i == 5) << i << ": " << losses[i];
    }
  }
}

TEST(NceForwardHits, OffsetsOfIgnoredLabelsAreNotRead) {
  NceCase nce({6, 4, 9, 4}, 12);
  for (int64_t i = 0; i < 6; ++i) nce.label(i, i % 4) = NceCase::kIgnored;
  const std::vector<double> losses = forward(nce);
  for (int64_t i = 0; i < 6; ++i) {
    nce.true_offsets[static_cast<size_t>(i * 4 + i % 4)] = std::numeric_limits<float>::quiet_NaN();
  }
  expect_same_bits(forward(nce), losses);
}

TEST(NceForwardHits, AreTheSameFromManyThreads) {
  NceCase nce({70, 3, 900, 20, 100}, 13);
  nce.mask_hits = true;
  ThreadExecutor threads(4);
  const kernels::NceProblem problem = nce.problem();
  const std::vector<double> losses = forward(problem, threads);
  ASSERT_GT(threads.most_tasks(), 1);
  expect_within(losses, losses_by_definition(nce), error_bounds(nce.problem()));
}

}  // namespace
}  // namespace ortnce::test
