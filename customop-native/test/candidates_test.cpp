// The unique draw and the batches of every distribution against draws one by one, by definition
// (support/naive_draws.h): ids, number of tries, and the place where the stream stands after. Sizes
// around those at which the code changes its way: vectors (4 and 8 blocks), batches of 16, 256 and
// 512 draws, bitmap and hash table (128 ids a candidate), all ids of the range.
#include "sampling/candidates.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <set>
#include <vector>

#include "support/distribution_cases.h"
#include "support/one_at_a_time.h"
#include "support/philox_preimage.h"

namespace ortnce::sampling {
namespace {

using Ids = std::vector<int64_t>;

struct Drawn {
  Ids ids;
  int64_t tries = 0;
};

Drawn one_by_one(const test::Draw& draw, WordStream stream, int64_t num_sampled, bool unique) {
  Drawn drawn;
  std::set<int64_t> seen;
  while (static_cast<int64_t>(drawn.ids.size()) < num_sampled) {
    const int64_t id = draw(stream);
    ++drawn.tries;
    if (!unique || seen.insert(id).second) drawn.ids.push_back(id);
  }
  return drawn;
}

/// A canary behind the ids finds writes past their end.
void expect_same(const test::DistributionCase& of, const WordStream& stream, int64_t num_sampled, bool unique) {
  SCOPED_TRACE(testing::Message() << of.name << ", " << num_sampled << " of " << of.distribution->range_max()
                                  << (unique ? " unique" : ""));
  const Drawn expected = one_by_one(of.naive, stream, num_sampled, unique);
  Ids ids(static_cast<size_t>(num_sampled) + 1, -7);
  std::vector<uint64_t> workspace(draw_workspace(of.distribution->range_max(), num_sampled, unique) / 8 + 1);
  EXPECT_EQ(draw_candidates(*of.distribution, stream, num_sampled, unique, workspace.data(), ids.data()),
            expected.tries);
  EXPECT_EQ(ids.back(), -7);
  ids.pop_back();
  EXPECT_EQ(ids, expected.ids);
}

TEST(Candidates, SizesAroundTheBatches) {
  for (const int64_t range : {2000, 20'000}) {
    for (const test::DistributionCase& of : test::distribution_cases(range)) {
      for (const int64_t num_sampled : {1, 2, 15, 16, 17, 31, 33, 255, 256, 257, 511, 512, 513, 528, 529, 1025}) {
        const WordStream stream(static_cast<uint64_t>(num_sampled), {5, 6});
        expect_same(of, stream, num_sampled, true);
        expect_same(of, stream, num_sampled, false);
      }
    }
  }
}

TEST(Candidates, AllIdsOfTheRange) {
  Ids ranges{127, 128, 129, 255, 257, 511, 512, 513, 1000, 4096};
  for (int64_t range = 1; range <= 70; ++range) ranges.push_back(range);
  for (const int64_t range : ranges) {
    for (const test::DistributionCase& of : test::distribution_cases(range)) {
      const WordStream stream(static_cast<uint64_t>(range), {9, 1});
      expect_same(of, stream, range, true);
      if (range > 1) expect_same(of, stream, range - 1, true);
    }
  }
}

TEST(Candidates, AllIdsOfPositiveWeight) {
  for (const int64_t range : {6, 64, 130, 1200}) {
    const test::DistributionCase of = test::fixed_case(range, true);
    expect_same(of, WordStream(3, {}), range - range / 6, true);
  }
}

TEST(Candidates, HashTableAndBitmapMeet) {
  for (const int64_t range : {127, 128, 1920, 2048, 4095, 4096, 4224}) {
    for (const test::DistributionCase& of : test::distribution_cases(range)) {
      for (const int64_t num_sampled : {1, 15, 16, 31, 32, 33}) expect_same(of, WordStream(11, {}), num_sampled, true);
    }
  }
}

TEST(Candidates, DrawsGoOnWhereTheLastEnded) {
  for (const test::DistributionCase& of : test::distribution_cases(777)) {
    SCOPED_TRACE(of.name);
    WordStream stream(21, {UINT64_MAX - 100, 3}), naive = stream;  // the counter carries on the way
    for (const int64_t count : {1, 3, 255, 256, 257, 2, 600, 16, 5, 0, 512}) {
      Ids ids(static_cast<size_t>(count)), expected;
      of.distribution->draw(stream, count, ids.data());
      for (int64_t i = 0; i < count; ++i) expected.push_back(of.naive(naive));
      ASSERT_EQ(ids, expected) << count << " draws";
    }
    EXPECT_EQ(stream.next_word(), naive.next_word());
  }
}

TEST(Candidates, RejectedWords) {
  // Word 0 is rejected wherever the size is no power of two; of the huge range every fourth word is.
  constexpr uint64_t kKey = 17;
  const WordStream stream(kKey, test::counter_of_block(kKey, {5, 0, 1000, 7}));
  constexpr int64_t kHuge = (int64_t{1} << 62) + (int64_t{1} << 61) + 1;
  std::vector<test::DistributionCase> cases = test::distribution_cases(777);
  cases.push_back({"huge", std::make_shared<Uniform>(kHuge), test::naive_uniform(kHuge), {}});
  for (const test::DistributionCase& of : cases) {
    for (const int64_t count : {1, 2, 3, 255, 256, 257, 600}) expect_same(of, stream, count, false);
  }
}

TEST(Candidates, NothingToDraw) {
  for (const test::DistributionCase& of : test::distribution_cases(5)) {
    expect_same(of, WordStream(8, {}), 0, true);
    expect_same(of, WordStream(8, {}), 0, false);
  }
}

TEST(Candidates, EqualProbabilitiesHaveEqualCounts) {
  const Ids ids(1000, 3);
  std::vector<float> counts(ids.size());
  for (const int64_t count : {1, 3, 7, 8, 9, 512, 513, 1000}) {
    for (const float p : {0.25f, 0.75f, 1e-6f}) {
      expected_counts(AnyId(p), ids.data(), count, 10, 17, counts.data());
      const double exact = -std::expm1(17 * std::log1p(-static_cast<double>(p)));
      for (int64_t i = 0; i < count; ++i) EXPECT_NEAR(counts[static_cast<size_t>(i)], exact, 0x1p-24 * exact) << i;
    }
  }
}

/// Id 0 has probability 1/4, the others 1/8.
class Halves final : public Distribution {
 public:
  int64_t range_max() const override { return 7; }
  void draw(WordStream&, int64_t, int64_t*) const override {}
  void probabilities(const int64_t* ids, int64_t count, float* out) const override {
    for (int64_t i = 0; i < count; ++i) out[i] = ids[i] == 0 ? 0.25f : 0.125f;
  }
  double expected_distinct(double tries) const override { return tries; }
};

TEST(Candidates, RunsOfEqualProbabilities) {
  for (const int64_t zeros : {0, 1, 511, 512, 513, 1024, 1535, 1536}) {
    Ids ids(1536, 1);
    std::fill(ids.begin(), ids.begin() + zeros, 0);
    std::vector<float> counts(ids.size());
    expected_counts(Halves{}, ids.data(), 1536, 3, 5, counts.data());
    for (size_t i = 0; i < ids.size(); ++i) {
      const double exact = -std::expm1(5 * std::log1p(ids[i] == 0 ? -0.25 : -0.125));
      ASSERT_NEAR(counts[i], exact, 0x1p-24) << i << " after " << zeros << " zeros";
    }
  }
}

}  // namespace
}  // namespace ortnce::sampling
