// Where unique draws end: what is out of reach of kMaxTries draws, for every distribution, and the
// last of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "sampling/candidates.h"
#include "support/distribution_cases.h"
#include "support/one_at_a_time.h"

namespace ortnce::sampling {
namespace {

TEST(OutOfReach, AllIdsOfSmallRangesAreInReach) {
  for (const int64_t range : {1, 2, 100, 10'000}) {
    for (const test::DistributionCase& of : test::distribution_cases(range)) {
      EXPECT_FALSE(is_out_of_reach(*of.distribution, range)) << of.name << " " << range;
    }
  }
}

TEST(OutOfReach, DistinctIdsOfSomeDraws) {
  for (const int64_t range : {1, 2, 8, 1000, 30'000}) {
    std::vector<test::DistributionCase> cases = test::distribution_cases(range);
    cases.push_back(test::fixed_case(range, true));
    for (const test::DistributionCase& of : cases) {
      for (const double tries : {1.0, 2.0, 50.0, 5000.0, 1e7, 2147483647.0}) {
        double exact = 0;
        for (const double p : of.probability) exact += p < 1 ? -std::expm1(tries * std::log1p(-p)) : 1;
        const double distinct = of.distribution->expected_distinct(tries);
        EXPECT_GE(distinct, exact * (1 - 1e-9)) << of.name << " " << range << ", " << tries;
        EXPECT_LE(distinct, exact * 1.02) << of.name << " " << range << ", " << tries;
      }
    }
  }
}

TEST(OutOfReach, IdsTooUnlikelyToBeSeen) {
  // 500 ids of weight 1 and 500 that 2^31 draws give with probability 4e-6 each: one of those would take
  // all draws, and then most likely not come.
  std::vector<float> weights(1000, 1.0f);
  std::fill(weights.begin() + 500, weights.end(), 1e-12f);
  const FixedUnigram fixed(weights);
  EXPECT_FALSE(is_out_of_reach(fixed, 500));
  EXPECT_TRUE(is_out_of_reach(fixed, 501));
  EXPECT_TRUE(is_out_of_reach(fixed, 1000));
  EXPECT_TRUE(is_out_of_reach(FixedUnigram({1.0f, 1e-30f}), 2));
  // About one of 100 ids that come with probability 1/100 each may be counted on.
  std::fill(weights.begin() + 500, weights.end(), 0.0f);
  std::fill(weights.begin() + 500, weights.begin() + 600, 2.3e-9f);
  EXPECT_FALSE(is_out_of_reach(FixedUnigram(weights), 505));
}

TEST(OutOfReach, MoreThanTheDraws) {
  const int64_t huge = int64_t{1} << 40;
  EXPECT_FALSE(is_out_of_reach(Uniform(huge), int64_t{1} << 30));
  EXPECT_TRUE(is_out_of_reach(Uniform(huge), int64_t{1} << 32));
  // Half of the draws give ids below 2^20, so that some 2^30 distinct ids come of 2^31 draws.
  EXPECT_FALSE(is_out_of_reach(LogUniform(huge), int64_t{1} << 28));
  EXPECT_TRUE(is_out_of_reach(LogUniform(huge), int64_t{1} << 31));
  EXPECT_FALSE(is_out_of_reach(LogUniform(1'000'000), 1'000'000));
  EXPECT_TRUE(is_out_of_reach(LogUniform(1'000'000'000), 1'000'000'000));
}

/// Gives id 1 at draw number `turn`, from 1 on, and 0 before and after.
class LateSecond final : public Distribution {
 public:
  explicit LateSecond(int64_t turn) : turn_(turn) {}
  int64_t range_max() const override { return 2; }
  void draw(WordStream&, int64_t count, int64_t* ids) const override {
    std::fill(ids, ids + count, 0);
    if (drawn_ < turn_ && turn_ <= drawn_ + count) ids[turn_ - drawn_ - 1] = 1;
    drawn_ += count;
  }
  void probabilities(const int64_t*, int64_t, float*) const override {}
  double expected_distinct(double) const override { return 2; }
  int64_t drawn() const { return drawn_; }

 private:
  int64_t turn_;
  mutable int64_t drawn_ = 0;
};

TEST(MaxTries, GivesUpAfterTheLast) {
  const LateSecond late(kMaxTries + 1);
  int64_t ids[2] = {-1, -1};
  EXPECT_EQ(draw_unique(late, WordStream(8, {}), 2, ids), -1);
  EXPECT_EQ(late.drawn(), kMaxTries);
  EXPECT_EQ(ids[0], 0);
  EXPECT_NE(ids[1], 1);
}

TEST(MaxTries, EveryDrawBeforeIsCounted) {
  for (const int64_t turn : {2, 15, 16, 17, 31, 32, 33, 1000}) {
    int64_t ids[2];
    EXPECT_EQ(draw_unique(LateSecond(turn), WordStream(8, {}), 2, ids), turn);
  }
}

}  // namespace
}  // namespace ortnce::sampling
