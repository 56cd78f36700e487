// What must not change a bit of a scan or of the top k at the level in use: who runs the tasks and when,
// the place of an example in its batch and the size of the batch, how the table is partitioned, and how
// the classes are spread over processes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "support/class_case.h"
#include "support/executors.h"

namespace ortnce::test {
namespace {

using kernels::kChunkClasses;
using kernels::PartitionStrategy;

TEST(ClassScanOrder, ThreadsDoNotChangeABit) {
  for (const ClassSizes& sizes : {ClassSizes{1, 2, 5 * kChunkClasses, 30}, {300, 1, kChunkClasses + 77, 8}}) {
    ClassCase given(sizes, 31);
    const ScanResult serial = given.scan();
    const TopKResult best = given.top_k(9);
    ThreadExecutor threads(5);
    ShufflingExecutor shuffling(6);
    for (kernels::Executor* const executor :
         {static_cast<kernels::Executor*>(&threads), static_cast<kernels::Executor*>(&shuffling)}) {
      expect_same_results(given.scan(*executor), serial);
      const TopKResult again = given.top_k(9, *executor);
      EXPECT_EQ(again.ids, best.ids);
      EXPECT_EQ(again.logits, best.logits);
    }
    EXPECT_GT(threads.most_tasks(), 1);
  }
}

TEST(ClassScanOrder, PartitionsDoNotChangeABit) {
  for (const int64_t classes : {int64_t{5}, int64_t{200}, kChunkClasses + 1001}) {
    ClassCase given({34, 2, classes, 11}, 32);
    const ScanResult whole = given.scan();
    const TopKResult best = given.top_k(5);
    const auto expect_same = [&] {
      expect_same_results(given.scan(), whole);
      const TopKResult again = given.top_k(5);
      EXPECT_EQ(again.ids, best.ids);
      EXPECT_EQ(again.logits, best.logits);
    };
    given.partition(PartitionStrategy::kDiv, {0, 1, classes - 4, 3, 0});
    expect_same();
    for (const int64_t partitions : {2, 3, 7}) {
      std::vector<int64_t> rows;
      for (int64_t p = 0; p < partitions; ++p) rows.push_back(kernels::ClassRows::mod_size(classes, partitions, p));
      given.partition(PartitionStrategy::kMod, rows);
      expect_same();
    }
  }
}

TEST(ClassScanOrder, RangesMakeTheWholeBitForBit) {
  for (const int64_t classes : {4 * kChunkClasses, 4 * kChunkClasses - 1, 3 * kChunkClasses + 1}) {
    ClassCase given({35, 3, classes, 6}, 33,
                    classes % 2 == 0 ? ClassCase::Numbers::kInteger : ClassCase::Numbers::kReal);
    given.label(2, 1) = kernels::kIgnoredLabel;
    given.label(4, 0) = given.label(4, 2);
    for (int64_t j = 0; j < 3; ++j) given.label(7, j) = kernels::kIgnoredLabel;
    given.biases[static_cast<size_t>(given.label(9, 0))] = __builtin_nanf("");
    const ScanResult whole = given.scan();
    expect_same_results(given.scan_ranges({0, classes}), whole);
    expect_same_results(given.scan_ranges({0, kChunkClasses, classes}), whole);
    expect_same_results(given.scan_ranges({0, 2 * kChunkClasses, 3 * kChunkClasses, classes}), whole);
    expect_same_results(given.scan_ranges({0, kChunkClasses, 2 * kChunkClasses, 3 * kChunkClasses, classes}), whole);
  }
}

TEST(ClassScanOrder, PlaceAndSizeOfTheBatchDoNotChangeABit) {
  constexpr int64_t kClasses = 1300;
  ClassCase given({129, 2, kClasses, 19}, 34);
  const ScanResult whole = given.scan();
  for (const auto& [first, count] : {std::pair<int64_t, int64_t>{0, 1}, {5, 9}, {40, 17}, {60, 33}, {1, 128}}) {
    ClassCase part({count, 2, kClasses, 19}, 34);
    std::copy_n(given.weights.data(), given.weights.size(), part.weights.data());
    part.biases = given.biases;
    std::copy_n(given.input(first), count * 19, part.inputs.data());
    std::copy_n(&given.label(first, 0), count * 2, part.labels.begin());
    const auto slice = [&, from = first, size = count](const auto& all, int64_t row) {
      return std::decay_t<decltype(all)>(all.begin() + from * row, all.begin() + (from + size) * row);
    };
    expect_same_results(part.scan(), {slice(whole.losses, 1), slice(whole.softmax_losses, 1),
                                      slice(whole.true_logits, 2), slice(whole.ranks, 2)});
  }
}

// Ranks count classes whose logit equals that of the label: both must come of the same arithmetic.
TEST(ClassScanOrder, LogitsOfLabelsAreThoseOfThePass) {
  for (const int64_t dim : {1, 5, 100, 256, 257, 700}) {
    for (const int64_t batch : {1, 9, 32}) {
      ClassCase given({batch, 60, 60, dim}, 35 + static_cast<uint64_t>(dim));
      for (size_t at = 0; at < given.labels.size(); ++at) given.labels[at] = static_cast<int64_t>(at % 60);
      const ScanResult scanned = given.scan();
      const TopKResult all = given.top_k(60);
      for (size_t at = 0; at < all.ids.size(); ++at) {
        const size_t label = at / 60 * 60 + static_cast<size_t>(all.ids[at]);
        ASSERT_EQ(std::memcmp(&all.logits[at], &scanned.true_logits[label], sizeof(float)), 0)
            << all.logits[at] << " and " << scanned.true_logits[label] << ", D " << dim << ", B " << batch;
        ASSERT_EQ(scanned.ranks[label], static_cast<int64_t>(at % 60) + 1);
      }
    }
  }
}

}  // namespace
}  // namespace ortnce::test
