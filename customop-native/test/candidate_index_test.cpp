// CandidateIndex::find against a linear search, exhaustively: every list of up to 5 candidates of 4
// ids, every id and every start position; then ids at the ends of int64 and a long random list.
#include "kernels/candidate_index.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace ortnce::kernels {
namespace {

/// The positions of `id` at or after `position`, as a user of the index walks them.
std::vector<int64_t> walk(const CandidateIndex& index, int64_t id, int64_t position) {
  std::vector<int64_t> positions;
  const auto* entry = index.find(id, position);
  for (; entry != nullptr && entry != index.end() && entry->id == id; ++entry) positions.push_back(entry->position);
  return positions;
}

void expect_all_found(const std::vector<int64_t>& sampled, const std::vector<int64_t>& ids) {
  std::vector<CandidateIndex::Entry> entries(sampled.size());
  const auto count = static_cast<int64_t>(sampled.size());
  const CandidateIndex index(sampled.data(), count, entries.data());
  for (const int64_t id : ids) {
    for (int64_t position = 0; position <= count; ++position) {
      std::vector<int64_t> expected;
      for (int64_t k = position; k < count; ++k) {
        if (sampled[static_cast<size_t>(k)] == id) expected.push_back(k);
      }
      ASSERT_EQ(walk(index, id, position), expected) << "id " << id << " from " << position;
    }
  }
}

TEST(CandidateIndex, EveryShortList) {
  for (size_t count = 0; count <= 5; ++count) {
    for (int64_t code = 0; code < int64_t{1} << (2 * count); ++code) {
      std::vector<int64_t> sampled;
      for (size_t k = 0; k < count; ++k) sampled.push_back((code >> (2 * k)) & 3);
      expect_all_found(sampled, {-1, 0, 1, 2, 3, 4});
    }
  }
}

TEST(CandidateIndex, OfSomeCandidates) {
  std::vector<CandidateIndex::Entry> entries{{7, 5}, {3, 0}, {7, 2}, {9, 4}};
  const CandidateIndex index(entries.data(), 4);
  EXPECT_EQ(walk(index, 7, 0), (std::vector<int64_t>{2, 5}));
  EXPECT_EQ(walk(index, 7, 3), (std::vector<int64_t>{5}));
  EXPECT_EQ(walk(index, 3, 0), (std::vector<int64_t>{0}));
  EXPECT_EQ(walk(index, 8, 0), (std::vector<int64_t>{}));
}

TEST(CandidateIndex, ExtremeIds) {
  expect_all_found({INT64_MAX, 0, INT64_MIN, INT64_MAX, -1}, {INT64_MIN, -1, 0, 1, INT64_MAX});
}

TEST(CandidateIndex, LongList) {
  std::mt19937_64 random(1);
  std::vector<int64_t> sampled(1000), ids;
  for (int64_t& id : sampled) id = static_cast<int64_t>(random() % 40);
  for (int64_t id = 0; id < 41; ++id) ids.push_back(id);
  expect_all_found(sampled, ids);
}

}  // namespace
}  // namespace ortnce::kernels
