// Sums of slices by id at the level in use, against plain additions in order of position: no product
// rounds, so every bit is known.
#include "kernels/indexed_slices.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <random>
#include <vector>

#include "support/executors.h"

namespace ortnce::test {
namespace {

using kernels::IdGroups;

constexpr float kGuard = -777.0f;

std::vector<IdGroups::Entry> entries_of(const std::vector<int64_t>& ids) {
  std::vector<IdGroups::Entry> entries(static_cast<size_t>(IdGroups::room(static_cast<int64_t>(ids.size()))));
  for (size_t i = 0; i < ids.size(); ++i) entries[i] = {ids[i], static_cast<int64_t>(i)};
  return entries;
}

std::vector<int64_t> any_ids(size_t count, int64_t range, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<int64_t> ids(count);
  for (int64_t& id : ids) id = static_cast<int64_t>(random() % static_cast<uint64_t>(range));
  return ids;
}

/// Numbers of very different magnitudes, so that another order of addition shows.
std::vector<float> any_values(size_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<float> values(count);
  for (float& x : values) {
    const int exponent = static_cast<int>(random() % 20) - 10;
    x = std::ldexp(static_cast<float>(random() % 0xFFFFFF) - 0x7FFFFF, exponent);
  }
  return values;
}

std::vector<float> sum(const std::vector<int64_t>& ids, const std::vector<float>& values, size_t row_size,
                       kernels::Executor& executor) {
  std::vector<IdGroups::Entry> entries = entries_of(ids);
  const IdGroups groups(entries.data(), static_cast<int64_t>(ids.size()));
  std::vector<float> sums(static_cast<size_t>(groups.count()) * row_size + 1, kGuard);
  kernels::sum_slices(groups, values.data(), static_cast<int64_t>(row_size), executor, sums.data());
  EXPECT_EQ(sums.back(), kGuard) << "written behind the sums";
  sums.pop_back();
  return sums;
}

std::vector<float> expected_sums(const std::vector<int64_t>& ids, const std::vector<float>& values, size_t row_size) {
  std::map<int64_t, std::vector<float>> by_id;
  for (size_t k = 0; k < ids.size(); ++k) {
    const float* const row = values.data() + k * row_size;
    const auto [at, is_new] = by_id.try_emplace(ids[k], row, row + row_size);
    for (size_t c = 0; c < row_size && !is_new; ++c) at->second[c] += row[c];
  }
  std::vector<float> sums;
  for (const auto& [id, row] : by_id) sums.insert(sums.end(), row.begin(), row.end());
  return sums;
}

TEST(IndexedSlices, RowsAreAddedInOrderOfPosition) {
  kernels::SerialExecutor serial;
  uint64_t seed = 0;
  for (const size_t count : {0, 1, 2, 5, 127, 128, 700}) {
    for (const size_t row_size : {0, 1, 3, 7, 8, 15, 16, 17, 33, 64}) {
      for (const int64_t range : {1, 10, 100'000}) {
        SCOPED_TRACE(testing::Message() << "K " << count << ", R " << row_size << ", ids below " << range);
        const std::vector<int64_t> ids = any_ids(count, range, ++seed);
        const std::vector<float> values = any_values(count * row_size, seed);
        ASSERT_EQ(sum(ids, values, row_size, serial), expected_sums(ids, values, row_size));
      }
    }
  }
}

TEST(IndexedSlices, StrictlyAscendingIdsAreACopy) {
  std::vector<int64_t> ids;
  for (int64_t i = 0; i < 1500; ++i) ids.push_back(i * i);
  for (const size_t row_size : {0, 1, 50, 130}) {
    const std::vector<float> values = any_values(ids.size() * row_size, row_size);
    ThreadExecutor threads(2);
    EXPECT_EQ(sum(ids, values, row_size, threads), values);
    EXPECT_EQ(threads.most_tasks() > 1, row_size == 130) << row_size;
  }
}

TEST(IndexedSlices, ThreadsDoNotChangeABit) {
  for (const int64_t range : {1, 50, 4000}) {
    const std::vector<int64_t> ids = any_ids(4000, range, 7);
    const std::vector<float> values = any_values(ids.size() * 70, 8);
    const std::vector<float> expected = expected_sums(ids, values, 70);
    for (const int count : {1, 2, 16}) {
      ThreadExecutor threads(count);
      EXPECT_TRUE(sum(ids, values, 70, threads) == expected) << count << " threads";
      EXPECT_GT(threads.most_tasks(), 1);
    }
    for (uint64_t seed = 0; seed < 3; ++seed) {
      ShufflingExecutor shuffling(seed);
      EXPECT_TRUE(sum(ids, values, 70, shuffling) == expected) << "order " << seed;
    }
  }
}

TEST(IndexedSlices, NanStaysInItsRow) {
  const std::vector<float> values = {1, NAN, 2, 3, INFINITY, 4};
  kernels::SerialExecutor serial;
  const std::vector<float> sums = sum({5, 2, 5}, values, 2, serial);
  EXPECT_EQ(sums[0], 2);
  EXPECT_EQ(sums[1], 3);
  EXPECT_EQ(sums[2], INFINITY);
  EXPECT_TRUE(std::isnan(sums[3]));
}

}  // namespace
}  // namespace ortnce::test
