// IdSet against std::set, in both of its forms: bitmap (range at most about 128 times the capacity)
// and hash table. Sets are filled to their capacity, with ids in order, random, at both ends of the
// range, and chosen to collide in the table; a canary behind bytes() finds writes past the end.
#include "sampling/id_set.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <vector>

namespace ortnce::sampling {
namespace {

/// Inserts `ids` twice over and compares every answer with std::set.
void expect_set(int64_t range_max, int64_t capacity, const std::vector<int64_t>& ids) {
  SCOPED_TRACE(testing::Message() << "range " << range_max << ", capacity " << capacity);
  constexpr uint64_t kCanary = 0xDEADBEEFCAFEF00Du;
  const size_t bytes = IdSet::bytes(range_max, capacity);
  ASSERT_EQ(bytes % sizeof(uint64_t), 0u);
  std::vector<uint64_t> storage(bytes / sizeof(uint64_t) + 1, 0x5A5A5A5A5A5A5A5Au);
  storage.back() = kCanary;
  IdSet set(storage.data(), range_max, capacity);
  std::set<int64_t> expected;
  for (int pass = 0; pass < 2; ++pass) {
    for (const int64_t id : ids) {
      ASSERT_EQ(set.contains(id), expected.count(id) != 0) << "id " << id;
      ASSERT_EQ(set.insert(id), expected.insert(id).second) << "id " << id;
      ASSERT_TRUE(set.contains(id)) << "id " << id;
    }
  }
  ASSERT_LE(static_cast<int64_t>(expected.size()), capacity) << "the test overfills the set";
  EXPECT_EQ(storage.back(), kCanary);
}

std::vector<int64_t> sequence(int64_t first, int64_t count, int64_t step = 1) {
  std::vector<int64_t> ids;
  for (int64_t i = 0; i < count; ++i) ids.push_back(first + i * step);
  return ids;
}

TEST(IdSet, FullBitmap) {
  for (const int64_t range : {1, 2, 63, 64, 65, 127, 128, 129, 1000}) {
    expect_set(range, range, sequence(0, range));
    expect_set(range, range, sequence(range - 1, range, -1));
    expect_set(range, range, sequence(0, range - 1));  // nearly full
  }
}

TEST(IdSet, FormsMeetAtTheSameRange) {
  for (const int64_t capacity : {1, 5, 8, 100}) {
    for (int64_t range = 128 * capacity - 2; range <= 128 * capacity + 130; ++range) {
      expect_set(range, capacity, sequence(range - capacity, capacity));
    }
  }
}

TEST(IdSet, FullHashTable) {
  const int64_t huge = INT64_MAX;
  for (const int64_t capacity : {1, 2, 7, 8, 9, 15, 16, 17, 64, 1000, 4096, 5000}) {
    expect_set(huge, capacity, sequence(0, capacity));
    expect_set(huge, capacity, sequence(huge - capacity, capacity));
    for (const int shift : {8, 16, 32, 40, 48}) {
      // Multiples of powers of two share the low bits of a multiplicative hash.
      const int64_t count = std::min<int64_t>(capacity, (int64_t{1} << (62 - shift)));
      expect_set(huge, capacity, sequence(0, count, int64_t{1} << shift));
    }
  }
}

TEST(IdSet, RandomIdsWithRepeats) {
  std::mt19937_64 random(4);
  for (const int64_t range : {int64_t{50}, int64_t{100'000}, int64_t{1} << 40, INT64_MAX}) {
    for (const int64_t capacity : {20, 40}) {
      std::set<int64_t> distinct;
      std::vector<int64_t> ids;
      while (static_cast<int64_t>(distinct.size()) < capacity) {
        ids.push_back(static_cast<int64_t>(random() % static_cast<uint64_t>(range)));
        distinct.insert(ids.back());
        if (random() % 3 == 0) ids.push_back(ids[random() % ids.size()]);
      }
      expect_set(range, capacity, ids);
    }
  }
}

TEST(IdSet, MemoryIsLinearInTheCapacityAlone) {
  for (const int64_t capacity : {1, 1000, 1'000'000}) {
    for (const int64_t range : {capacity, 100 * capacity, 129 * capacity, INT64_MAX}) {
      EXPECT_LE(IdSet::bytes(range, capacity), static_cast<size_t>(capacity) * 32 + 128) << range;
    }
  }
}

}  // namespace
}  // namespace ortnce::sampling
