// Losses, ranks and logits of the scan at the level in use against the double-precision reference, over
// sizes.
//
// Sizes lie around the edges of what the kernels cut the work into: vectors of 4, 8 or 16 examples,
// panels of two vectors, groups of 4 panels, register tiles of 4, 6 or 12 classes, chunks of 8192
// classes, chains of 256 products. Every case moves its arrays to another misalignment.
//
// Tolerance: 1e-6 of the loss (of 1, where it is smaller), the figure we promise; logits of unit scale
// are a hundred roundings below. Integers make every logit exact, and equal logits common: there the
// ranks have to be exact.
#include <gtest/gtest.h>

#include "kernels/reference/class_reference.h"
#include "support/class_case.h"

namespace ortnce::test {
namespace {

constexpr double kRelative = 1e-6;

void expect_case(ClassSizes sizes, uint64_t seed) {
  SCOPED_TRACE(testing::Message() << "B " << sizes.batch << ", T " << sizes.num_true << ", V " << sizes.classes
                                  << ", D " << sizes.dim << ", seed " << seed);
  ClassCase given(sizes, seed);
  given.with_biases = seed % 4 != 0;
  if (seed % 3 == 0) {
    for (size_t at = 0; at < given.labels.size(); at += 2) given.labels[at] = kernels::kIgnoredLabel;
  }
  expect_accurate(given, given.scan(), kRelative);
}

TEST(ClassScanSizes, Batch) {
  uint64_t seed = 0;
  for (const int64_t batch : {0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 65, 127, 128, 129, 257}) {
    expect_case({batch, 2, 50, 7}, ++seed);
  }
}

TEST(ClassScanSizes, Classes) {
  uint64_t seed = 100;
  for (int64_t classes = 1; classes <= 40; ++classes) expect_case({5, 3, classes, 6}, ++seed);
  for (const int64_t classes : {95, 96, 97, 767, 768, 769}) expect_case({17, 1, classes, 9}, ++seed);
}

TEST(ClassScanSizes, ClassesAroundChunks) {
  uint64_t seed = 200;
  constexpr int64_t kChunk = kernels::kChunkClasses;
  for (const int64_t classes : {kChunk - 1, kChunk, kChunk + 1, 2 * kChunk - 1, 3 * kChunk + 5}) {
    expect_case({3, 2, classes, 5}, ++seed);
    expect_case({33, 1, classes, 2}, ++seed);
  }
}

TEST(ClassScanSizes, Dim) {
  uint64_t seed = 300;
  for (const int64_t dim : {0, 1, 2, 3, 15, 16, 17, 64, 100, 255, 256, 257, 300, 511, 512, 513, 1100}) {
    expect_case({6, 2, 70, dim}, ++seed);
  }
}

TEST(ClassScanSizes, NumTrue) {
  for (int64_t num_true = 1; num_true <= 24; ++num_true) {
    expect_case({9, num_true, 20, 4}, 400 + static_cast<uint64_t>(num_true));
  }
}

TEST(ClassScanSizes, IntegersGiveExactLogitsRanksAndTopK) {
  uint64_t seed = 500;
  for (const ClassSizes& sizes : {ClassSizes{40, 3, 37, 3}, {7, 2, 9000, 4}, {1, 1, 500, 300}, {65, 5, 130, 1}}) {
    SCOPED_TRACE(testing::Message() << "V " << sizes.classes);
    ClassCase given(sizes, ++seed, ClassCase::Numbers::kInteger);
    const ScanResult result = given.scan();
    for (const int64_t k : {int64_t{1}, int64_t{2}, int64_t{31}, sizes.classes}) {
      const TopKResult best = given.top_k(k);
      for (int64_t i = 0; i < sizes.batch; ++i) {
        const std::vector<double> z = given.reference_logits(i);
        const std::vector<int64_t> expected = kernels::reference::top_k(z, k);
        for (int64_t place = 0; place < k; ++place) {
          const auto at = static_cast<size_t>(i * k + place);
          const int64_t id = expected[static_cast<size_t>(place)];
          ASSERT_EQ(best.ids[at], id) << "k " << k << ", example " << i << ", place " << place;
          ASSERT_EQ(static_cast<double>(best.logits[at]), z[static_cast<size_t>(id)]);
        }
        for (int64_t j = 0; j < sizes.num_true; ++j) {
          const auto at = static_cast<size_t>(i * sizes.num_true + j);
          ASSERT_EQ(result.ranks[at], kernels::reference::rank(z, given.label(i, j))) << i << ", " << j;
          ASSERT_EQ(static_cast<double>(result.true_logits[at]), z[static_cast<size_t>(given.label(i, j))]);
        }
      }
    }
  }
}

TEST(ClassScanSizes, WorkspaceDoesNotGrowWithTheClasses) {
  using kernels::ElementType;
  const kernels::ClassRows rows(kernels::PartitionStrategy::kDiv, {1'000'000'000});
  const kernels::ClassTable table(rows, ElementType::kFloat, {nullptr}, 128, nullptr);
  const kernels::ClassTable halves(rows, ElementType::kFloat16, {nullptr}, 128, nullptr);
  kernels::ClassScanProblem p;
  p.table = &table;
  p.batch = 1024;
  p.num_true = 1;
  p.dim = 128;
  size_t million = 0, billion = 0;
  p.class_end = 1'000'000;
  ASSERT_TRUE(kernels::ClassScan(p, true, true).workspace(&million));
  p.class_end = 1'000'000'000;
  ASSERT_TRUE(kernels::ClassScan(p, true, true).workspace(&billion));
  EXPECT_EQ(million, billion);
  EXPECT_LE(million, size_t{4} << 20);
  p.table = &halves;
  ASSERT_TRUE(kernels::ClassScan(p, true, true).workspace(&million));
  EXPECT_LE(million, size_t{16} << 20);
  const kernels::ClassRows two(kernels::PartitionStrategy::kDiv, {500'000'000, 500'000'000});
  const kernels::ClassTable partitioned(two, ElementType::kFloat, {nullptr, nullptr}, 128, nullptr);
  p.table = &partitioned;
  ASSERT_TRUE(kernels::ClassScan(p, true, true).workspace(&million));
  EXPECT_LE(million, size_t{16} << 20);
  p.dim = INT64_MAX / 4;
  EXPECT_FALSE(kernels::ClassScan(p, true, true).workspace(&million));
  p.dim = 1;
  p.num_true = INT64_MAX / 4;
  EXPECT_FALSE(kernels::ClassScan(p, true, true).workspace(&million));

  kernels::TopKProblem top;
  top.table = &table;
  top.batch = 1 << 20;
  top.dim = 1;
  top.classes = top.k = int64_t{1} << 50;
  EXPECT_FALSE(kernels::TopKClasses(top).workspace(&million));
}

}  // namespace
}  // namespace ortnce::test
