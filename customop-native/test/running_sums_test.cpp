// RunningSums::find against a linear search of every number, as the counts grow: sizes around 16,
// 256 and 4096 (nodes and levels), zeros, and sums up to 2^31 - 1.
#include "sampling/running_sums.h"

#include <gtest/gtest.h>

#include <numeric>
#include <random>
#include <vector>

namespace ortnce::sampling {
namespace {

std::vector<uint32_t> find(const RunningSums& sums, std::vector<int32_t> numbers) {
  std::vector<uint32_t> ids(numbers.size(), 99);
  sums.find(numbers.data(), static_cast<int64_t>(numbers.size()), ids.data());
  return ids;
}

/// Asks for every number below the sum.
void expect_all(const RunningSums& sums, const std::vector<int32_t>& counts) {
  std::vector<uint32_t> expected;
  for (size_t id = 0; id < counts.size(); ++id) {
    expected.insert(expected.end(), static_cast<size_t>(counts[id]), static_cast<uint32_t>(id));
  }
  std::vector<int32_t> numbers(expected.size());
  std::iota(numbers.begin(), numbers.end(), 0);
  ASSERT_EQ(find(sums, numbers), expected) << counts.size() << " ids";
}

TEST(RunningSums, EveryNumberAsCountsGrow) {
  std::mt19937 random(12);
  for (const size_t size : {1, 2, 15, 16, 17, 31, 32, 33, 255, 256, 257, 272, 273, 4095, 4096, 4097}) {
    std::vector<int32_t> counts(size);
    for (int32_t& count : counts) count = static_cast<int32_t>(random() % 4);
    counts[size / 2] = 1;
    RunningSums sums(counts);
    expect_all(sums, counts);
    for (int step = 0; step < 200; ++step) {
      const size_t id = step == 0 ? 0 : step == 1 ? size - 1 : random() % size;
      sums.add_one(id);
      ++counts[id];
    }
    expect_all(sums, counts);
  }
}

TEST(RunningSums, LargestSum) {
  std::vector<int32_t> counts(40, 1);
  counts[20] = INT32_MAX - 39 - 1;
  RunningSums sums(counts);
  sums.add_one(39);
  EXPECT_EQ(find(sums, {0, 19, 20, INT32_MAX - 21, INT32_MAX - 20, INT32_MAX - 2, INT32_MAX - 1}),
            (std::vector<uint32_t>{0, 19, 20, 20, 21, 39, 39}));
}

}  // namespace
}  // namespace ortnce::sampling
