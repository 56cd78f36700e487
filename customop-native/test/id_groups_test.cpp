// Grouping of ids against a map, for counts around the switch to the radix sort and ids of one to
// six digits of it.
#include "kernels/id_groups.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <random>
#include <vector>

#include "support/executors.h"

namespace ortnce::test {
namespace {

using kernels::IdGroups;

/// Entries of `ids`, each with its place as source; the room behind them holds nothing sensible.
std::vector<IdGroups::Entry> entries_of(const std::vector<int64_t>& ids) {
  std::vector<IdGroups::Entry> entries(static_cast<size_t>(IdGroups::room(static_cast<int64_t>(ids.size()))), {-7, -7});
  for (size_t i = 0; i < ids.size(); ++i) entries[i] = {ids[i], static_cast<int64_t>(i)};
  return entries;
}

void expect_groups(const std::vector<int64_t>& ids) {
  std::map<int64_t, std::vector<int64_t>> expected;
  for (size_t i = 0; i < ids.size(); ++i) expected[ids[i]].push_back(static_cast<int64_t>(i));
  std::vector<IdGroups::Entry> entries = entries_of(ids);
  const IdGroups groups(entries.data(), static_cast<int64_t>(ids.size()));
  ASSERT_EQ(groups.count(), static_cast<int64_t>(expected.size()));
  ASSERT_EQ(groups.occurrences(), static_cast<int64_t>(ids.size()));
  std::vector<int64_t> written(expected.size() + 1, -7);
  groups.write_ids(written.data());
  EXPECT_EQ(written.back(), -7);
  int64_t group = 0, before = 0;
  for (const auto& [id, sources] : expected) {
    ASSERT_EQ(written[static_cast<size_t>(group)], id);
    std::vector<int64_t> found;
    for (const auto* entry = groups.begin(group); entry != groups.end(group); ++entry) {
      ASSERT_EQ(entry->id, id);
      found.push_back(entry->source);
    }
    ASSERT_EQ(found, sources) << "id " << id;
    ASSERT_EQ(groups.first_group(before), group);
    ASSERT_EQ(groups.first_group(before + 1), group + 1);
    before += static_cast<int64_t>(sources.size());
    ++group;
  }
  EXPECT_EQ(groups.first_group(before + 1), groups.count());
}

TEST(IdGroups, EveryOccurrenceInOrder) {
  std::mt19937_64 random(1);
  for (const int count : {0, 1, 2, 3, 17, 127, 128, 129, 1000, 5000}) {
    for (const int bits : {0, 1, 5, 11, 12, 17, 22, 23, 33, 62, 63}) {
      SCOPED_TRACE(testing::Message() << count << " ids of " << bits << " bits");
      std::vector<int64_t> ids(static_cast<size_t>(count));
      for (int64_t& id : ids) id = static_cast<int64_t>(random() & ((uint64_t{1} << bits) - 1));
      expect_groups(ids);
    }
  }
}

TEST(IdGroups, GreatestId) {
  expect_groups({INT64_MAX, 0, INT64_MAX});
  std::vector<int64_t> many(300, 0);
  for (size_t i = 0; i < many.size(); i += 2) many[i] = INT64_MAX - static_cast<int64_t>(i % 7);
  expect_groups(many);
}

TEST(IdGroups, SortedIds) {
  std::vector<int64_t> ids;
  for (int64_t i = 0; i < 300; ++i) ids.push_back(3 * i);
  std::vector<IdGroups::Entry> entries = entries_of(ids);
  EXPECT_TRUE(IdGroups(entries.data(), 300).identity());
  expect_groups(ids);

  ids[299] = ids[298];  // ascending, but not strictly
  entries = entries_of(ids);
  EXPECT_FALSE(IdGroups(entries.data(), 300).identity());
  expect_groups(ids);

  ids[0] = 1000;  // each id once, but not in order
  ids[299] = 1;
  entries = entries_of(ids);
  EXPECT_FALSE(IdGroups(entries.data(), 300).identity());
  expect_groups(ids);

  EXPECT_TRUE(IdGroups(entries_of({}).data(), 0).identity());
}

TEST(IdGroups, Room) {
  EXPECT_GE(IdGroups::room(0), 1);
  EXPECT_EQ(IdGroups::room(INT64_MAX), -1);
  EXPECT_EQ(IdGroups::room(INT64_MAX / 2), -1);
}

TEST(ForEachGroup, EachOnce) {
  std::mt19937_64 random(2);
  for (const int64_t range : {1, 40, 100'000}) {
    std::vector<int64_t> ids(1000);
    for (int64_t& id : ids) id = static_cast<int64_t>(random() % static_cast<uint64_t>(range));
    std::vector<IdGroups::Entry> entries = entries_of(ids);
    const IdGroups groups(entries.data(), 1000);
    for (const int64_t row_size : {0, 1, 1000}) {
      std::vector<int> visits(static_cast<size_t>(groups.count()));
      ThreadExecutor threads(3);
      kernels::for_each_group(groups, row_size, threads, [&](int64_t group) { ++visits[static_cast<size_t>(group)]; });
      EXPECT_EQ(visits, std::vector<int>(visits.size(), 1)) << range << " ids, rows of " << row_size;
      EXPECT_EQ(threads.most_tasks() > 1, row_size == 1000);
    }
  }
}

}  // namespace
}  // namespace ortnce::test
