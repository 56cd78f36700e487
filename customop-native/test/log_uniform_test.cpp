// The log-uniform distribution: ids that TensorFlow 2.21 drew, the ends of the range, and the
// accuracy of probabilities (2 ulp of float against long double, for ids up to 2^62).
// Chosen random words (support/philox_preimage.h) reach the largest and smallest draws.
// Frequencies: distribution_statistics_test.cpp; unique draws: candidates_test.cpp.
#include "sampling/log_uniform.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "support/one_at_a_time.h"
#include "support/philox_preimage.h"

namespace ortnce::sampling {
namespace {

using Ids = std::vector<int64_t>;

struct Unique {
  int64_t tries;
  Ids ids;
};

Unique draw_distinct(const Distribution& distribution, const WordStream& stream, int64_t num_sampled) {
  Ids ids(static_cast<size_t>(num_sampled), -1);
  const int64_t tries = draw_unique(distribution, stream, num_sampled, ids.data());
  return {tries, ids};
}

TEST(LogUniform, UniqueIdsOfTensorFlow) {
  const LogUniform distribution(20);
  const RunStreams streams(1, 2);
  const Unique first = draw_distinct(distribution, streams.of_run(0, 8), 8);
  EXPECT_EQ(first.ids, (Ids{1, 2, 17, 11, 4, 5, 10, 0}));
  EXPECT_EQ(first.tries, 11);
  const Unique second = draw_distinct(distribution, streams.of_run(1, 8), 8);
  EXPECT_EQ(second.ids, (Ids{1, 2, 0, 4, 7, 16, 19, 5}));
  EXPECT_EQ(second.tries, 11);
  const Unique third = draw_distinct(distribution, streams.of_run(2, 8), 8);
  EXPECT_EQ(third.ids, (Ids{4, 0, 7, 8, 3, 1, 2, 6}));
  EXPECT_EQ(third.tries, 16);
  EXPECT_NEAR(expected_count(probability_of(distribution, 0), 8, 16), 0.983973324f, 2 * 0x1p-24);
  EXPECT_NEAR(expected_count(probability_of(distribution, 19), 8, 16), 0.22777991f, 2 * 0x1p-26);
}

TEST(LogUniform, RepeatedIdsOfTensorFlow) {
  const LogUniform distribution(20);
  const RunStreams streams(1, 2);
  const Ids expected[] = {{1, 2, 1, 1, 17, 11, 4, 5}, {1, 2, 0, 2, 4, 0, 7, 0}, {4, 0, 0, 0, 7, 8, 3, 1}};
  for (uint64_t run = 0; run < 3; ++run) {
    WordStream stream = streams.of_run(run, 8);
    Ids ids;
    for (int i = 0; i < 8; ++i) ids.push_back(draw_one(distribution, stream));
    EXPECT_EQ(ids, expected[run]) << "run " << run;
  }
  EXPECT_NEAR(expected_count(probability_of(distribution, 0), 8, 8), 1.82136202f, 2 * 0x1p-23);
  EXPECT_NEAR(expected_count(probability_of(distribution, 19), 8, 8), 0.12820445f, 2 * 0x1p-26);
}

TEST(LogUniform, OneClass) {
  const LogUniform distribution(1);
  WordStream stream(1, {});
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(draw_one(distribution, stream), 0);
  EXPECT_EQ(probability_of(distribution, 0), 1.0f);
  const Unique unique = draw_distinct(distribution, WordStream(1, {}), 1);
  EXPECT_EQ(unique.ids, Ids{0});
  EXPECT_EQ(unique.tries, 1);
}

TEST(LogUniform, DrawsStayInRange) {
  const uint64_t largest = (uint64_t{1} << 52) - 1;
  std::vector<int64_t> ranges;
  for (int bit = 0; bit < 63; ++bit) {
    for (const int64_t near : {-1, 0, 1}) ranges.push_back((int64_t{1} << bit) + near);
  }
  ranges.push_back(INT64_MAX);
  for (int64_t range = 3; range < 1000; ++range) ranges.push_back(range);
  for (const int64_t range : ranges) {
    if (range < 1) continue;
    const LogUniform distribution(range);
    WordStream ends = test::stream_of_units(largest, 0);
    const int64_t last = draw_one(distribution, ends);
    EXPECT_GE(last, 0) << range;
    EXPECT_LT(last, range) << range;
    EXPECT_EQ(draw_one(distribution, ends), 0) << range;
    WordStream stream(static_cast<uint64_t>(range), {});
    for (int i = 0; i < 200; ++i) {
      const int64_t id = draw_one(distribution, stream);
      ASSERT_TRUE(id >= 0 && id < range) << id << " of " << range;
    }
  }
}

TEST(LogUniform, LargestRangeReachesFar) {
  const LogUniform distribution(INT64_MAX);
  WordStream near_end = test::stream_of_units((uint64_t{1} << 52) - 1, uint64_t{1} << 51);
  EXPECT_GT(draw_one(distribution, near_end), INT64_MAX - (int64_t{1} << 24));
  // Half of the way is the square root: 2^31.5 - 1, cut to an integer.
  EXPECT_EQ(draw_one(distribution, near_end), 3037000499 - 1);
}

TEST(LogUniform, ProbabilitiesAreAccurate) {
  for (const int64_t range : {int64_t{1}, int64_t{20}, int64_t{1'000'000}, int64_t{1} << 40, INT64_MAX}) {
    const LogUniform distribution(range);
    std::vector<int64_t> ids = {0, 1, 2, 3, 19, 1'000'000'007};
    for (int bit = 2; bit <= 62; ++bit) {
      for (const int64_t near : {-1, 0, 1}) ids.push_back((int64_t{1} << bit) + near);
    }
    for (const int64_t id : ids) {
      if (id >= range) continue;
      const long double exact =
          std::log1p(1 / (static_cast<long double>(id) + 1)) / std::log1p(static_cast<long double>(range));
      const float got = probability_of(distribution, id);
      const long double ulp = std::ldexp(1.0L, std::ilogb(exact) - 23);
      EXPECT_GT(got, 0.0f) << id << " of " << range;
      EXPECT_LE(std::fabs(static_cast<long double>(got) - exact), 2 * ulp) << id << " of " << range;
    }
  }
}

TEST(LogUniform, ProbabilitiesSumToOne) {
  for (const int64_t range : {1, 2, 7, 1000, 100'000}) {
    const LogUniform distribution(range);
    double sum = 0;
    for (int64_t id = 0; id < range; ++id) sum += static_cast<double>(probability_of(distribution, id));
    EXPECT_NEAR(sum, 1.0, 0x1p-24) << range;
  }
}

}  // namespace
}  // namespace ortnce::sampling
