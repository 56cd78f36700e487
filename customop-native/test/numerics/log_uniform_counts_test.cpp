// Expected counts of the log-uniform distribution for ids up to 2^62 against long double: at most 4 ulp, never 0.
#include <gtest/gtest.h>

#include <cmath>

#include "sampling/candidates.h"
#include "sampling/log_uniform.h"
#include "support/levels.h"

namespace ortnce::sampling {
namespace {

/// 0, 1 and both sides of every power of 2 below the range.
std::vector<int64_t> ids_below(int64_t range) {
  std::vector<int64_t> ids{0, 1};
  for (int k = 1; k <= 62; ++k) {
    for (const int64_t id : {(int64_t{1} << k) - 1, int64_t{1} << k, (int64_t{1} << k) + 1}) {
      if (id < range) ids.push_back(id);
    }
  }
  return ids;
}

long double probability(int64_t id, int64_t range) {
  return std::log1p(1 / (static_cast<long double>(id) + 1)) / std::log1p(static_cast<long double>(range));
}

void expect_counts(int64_t range, int64_t num_sampled, int64_t tries) {
  const std::vector<int64_t> ids = ids_below(range);
  std::vector<float> counts(ids.size());
  expected_counts(LogUniform(range), ids.data(), static_cast<int64_t>(ids.size()), num_sampled, tries, counts.data());
  for (size_t i = 0; i < ids.size(); ++i) {
    const long double p = probability(ids[i], range);
    const long double exact = tries == num_sampled ? p * static_cast<long double>(num_sampled)
                                                   : -std::expm1(static_cast<long double>(tries) * std::log1p(-p));
    const long double ulp = std::ldexp(1.0L, std::ilogb(exact) - 23);
    EXPECT_GT(counts[i], 0.0f) << ids[i];
    EXPECT_LE(std::fabs(static_cast<long double>(counts[i]) - exact), 4 * ulp) << "id " << ids[i] << " of " << range;
  }
}

TEST(LogUniformCounts, FourUlpOfEveryPowerOfTwo) {
  test::at_every_level([](platform::InstructionSet level) {
    SCOPED_TRACE(platform::name_of(level));
    for (const int64_t range : {int64_t{2}, int64_t{1000}, int64_t{50'000'000}, int64_t{1} << 40, INT64_MAX}) {
      expect_counts(range, 64, 64);
      expect_counts(range, 1, 1);
    }
    for (const int64_t range : {int64_t{1} << 40, INT64_MAX}) expect_counts(range, 64, 70);
  });
}

}  // namespace
}  // namespace ortnce::sampling
