// The vector code of log-uniform sampling against one id at a time: ids must be equal, since libm
// decides wherever the rounding of the exponential could; probabilities and expected counts may
// differ by the rounding to float alone (1 ulp). Ranges from 1 to beyond 2^50, where the vector code
// stands aside; draw counts that do not fill vectors; counters that carry.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "sampling/cpu/sampling_block.h"
#include "sampling/log_uniform.h"
#include "support/one_at_a_time.h"

namespace ortnce::sampling {
namespace {

int32_t bits_of(float x) {
  int32_t bits = 0;
  std::memcpy(&bits, &x, sizeof(bits));
  return bits;
}

std::vector<int64_t> one_by_one(const WordStream& start, int64_t range_max, int64_t count) {
  WordStream stream = start;
  std::vector<int64_t> ids;
  for (int64_t i = 0; i < count; ++i) {
    ids.push_back(log_uniform_id(stream.next_unit_double(), std::log1p(static_cast<double>(range_max)), range_max));
  }
  return ids;
}

std::vector<int64_t> all_at_once(const WordStream& start, int64_t range_max, int64_t count) {
  WordStream stream = start;
  std::vector<int64_t> ids(static_cast<size_t>(count));
  LogUniform(range_max).draw(stream, count, ids.data());
  return ids;
}

TEST(LogUniformBlock, IdsAreThoseOfSingleDraws) {
  constexpr int64_t kDraws = 400'000;
  for (const int64_t range : {int64_t{1}, int64_t{2}, int64_t{7}, int64_t{1000}, int64_t{1'000'000}, int64_t{1} << 31,
                              int64_t{1} << 40, int64_t{1} << 50, (int64_t{1} << 50) + 1, INT64_MAX}) {
    const WordStream stream(static_cast<uint64_t>(range) * 7, {12345, static_cast<uint64_t>(range)});
    EXPECT_EQ(all_at_once(stream, range, kDraws), one_by_one(stream, range, kDraws)) << range;
  }
}

TEST(LogUniformBlock, AnyCount) {
  const WordStream stream(5, {6, 7});
  for (int64_t count = 0; count < 70; ++count) {
    EXPECT_EQ(all_at_once(stream, 5000, count), one_by_one(stream, 5000, count)) << count;
  }
}

TEST(LogUniformBlock, DrawsContinueInMidBlock) {
  WordStream stream(5, {6, 7});
  const std::vector<int64_t> expected = one_by_one(stream, 5000, 103);
  std::vector<int64_t> ids(103);
  const LogUniform distribution(5000);
  int64_t at = 0;
  for (const int64_t count : {1, 33, 2, 64, 3}) {
    distribution.draw(stream, count, ids.data() + at);
    at += count;
  }
  EXPECT_EQ(ids, expected);
}

TEST(LogUniformBlock, CountersCarry) {
  const WordStream stream(5, {UINT64_MAX - 9, 7});
  EXPECT_EQ(all_at_once(stream, 5000, 100), one_by_one(stream, 5000, 100));
}

TEST(LogUniformBlock, ProbabilitiesAndCounts) {
  std::vector<int64_t> ids;
  for (int64_t id = 0; id < 1000; ++id) ids.push_back(id);
  for (int shift = 10; shift < 62; ++shift) ids.push_back((int64_t{1} << shift) + shift);
  const auto n = static_cast<int64_t>(ids.size());
  const double log_range = std::log1p(0x1p62);
  std::vector<float> p(ids.size()), counts(ids.size());
  cpu::log_uniform_probabilities(ids.data(), n, log_range, p.data());
  for (size_t i = 0; i < ids.size(); ++i) {
    const double exact = std::log1p(1.0 / (static_cast<double>(ids[i]) + 1.0)) / log_range;
    EXPECT_LE(std::abs(bits_of(p[i]) - bits_of(static_cast<float>(exact))), 1) << ids[i];
  }
  for (const int64_t tries : {int64_t{1}, int64_t{11}, int64_t{5000}, int64_t{1} << 31, int64_t{1} << 40}) {
    cpu::unique_expected_counts(p.data(), n, tries, counts.data());
    for (size_t i = 0; i < ids.size(); ++i) {
      const double exact = -std::expm1(static_cast<double>(tries) * std::log1p(-static_cast<double>(p[i])));
      EXPECT_LE(std::abs(bits_of(counts[i]) - bits_of(static_cast<float>(exact))), 1) << ids[i] << " " << tries;
    }
  }
}

}  // namespace
}  // namespace ortnce::sampling
