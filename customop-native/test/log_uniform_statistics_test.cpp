// How often the log-uniform distribution gives its ids, with fixed seeds: nothing here is random
// from run to run. Pearson's chi-square over 4 million draws in bins [2^k - 1, 2^(k+1) - 1), whose
// probabilities are exactly log((end + 1) / (begin + 1)) / log(range + 1), and over the 200 most
// frequent ids one by one. Gate: p > 1e-6, by the Wilson-Hilferty approximation of its quantile,
// and as far on the other side (a fit too good is a fault as well).
// Draws without repeats: the share of runs that hold an id, against an enumeration of all sequences.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "sampling/log_uniform.h"
#include "sampling/random_seed.h"
#include "support/one_at_a_time.h"

namespace ortnce::sampling {
namespace {

/// The value that chi-square of so many degrees of freedom exceeds as often as a normal variable
/// exceeds z.
double chi_square_quantile(double degrees, double z) {
  const double spread = 2 / (9 * degrees);
  return degrees * std::pow(1 - spread + z * std::sqrt(spread), 3);
}

constexpr double kOneInAMillion = 4.753424;

void expect_fit(const std::vector<int64_t>& counts, const std::vector<double>& probabilities, double draws) {
  double chi_square = 0;
  for (size_t b = 0; b < counts.size(); ++b) {
    const double expected = draws * probabilities[b];
    ASSERT_GT(expected, 20) << "bin " << b << " is too small for the test";
    const double off = static_cast<double>(counts[b]) - expected;
    chi_square += off * off / expected;
  }
  const auto degrees = static_cast<double>(counts.size() - 1);
  EXPECT_LT(chi_square, chi_square_quantile(degrees, kOneInAMillion)) << degrees << " degrees of freedom";
  EXPECT_GT(chi_square, chi_square_quantile(degrees, -kOneInAMillion)) << degrees << " degrees of freedom";
}

TEST(LogUniformStatistics, LogBinsAndFrequentIds) {
  constexpr int64_t kDraws = 4'000'000;
  for (const int64_t range : {int64_t{1'000'000}, int64_t{1} << 40, INT64_MAX}) {
    SCOPED_TRACE(testing::Message() << "range " << range);
    const LogUniform distribution(range);
    const double log_range = std::log1p(static_cast<double>(range));
    std::vector<int64_t> ends;
    for (int64_t power = 2; power <= range / 2; power *= 2) ends.push_back(power - 1);
    ends.push_back(range);
    std::vector<double> bins, ids;
    double begin = 0;
    for (const int64_t end : ends) {
      bins.push_back(std::log((static_cast<double>(end) + 1) / (begin + 1)) / log_range);
      begin = static_cast<double>(end);
    }
    for (int id = 0; id < 200; ++id) ids.push_back(std::log1p(1.0 / (id + 1)) / log_range);
    ids.push_back(1 - std::log(201.0) / log_range);  // all others
    std::vector<int64_t> bin_counts(bins.size()), id_counts(ids.size());
    WordStream stream = RunStreams(2024, 6).of_run(0, 1);
    for (int64_t i = 0; i < kDraws; ++i) {
      const int64_t id = draw_one(distribution, stream);
      ++bin_counts[static_cast<size_t>(std::upper_bound(ends.begin(), ends.end(), id) - ends.begin())];
      ++id_counts[static_cast<size_t>(std::min<int64_t>(id, 200))];
    }
    expect_fit(bin_counts, bins, kDraws);
    expect_fit(id_counts, ids, kDraws);
  }
}

/// Adds to inclusion[v] the probability of every ordered way to keep `left` more ids.
void enumerate(const std::vector<double>& probabilities, unsigned kept, int left, double probability,
               std::vector<double>& inclusion) {
  if (left == 0) {
    for (size_t v = 0; v < inclusion.size(); ++v) inclusion[v] += ((kept >> v) & 1) != 0 ? probability : 0;
    return;
  }
  double open = 0;
  for (size_t v = 0; v < probabilities.size(); ++v) open += ((kept >> v) & 1) != 0 ? 0 : probabilities[v];
  for (size_t v = 0; v < probabilities.size(); ++v) {
    if ((kept >> v) & 1) continue;
    enumerate(probabilities, kept | (1u << v), left - 1, probability * probabilities[v] / open, inclusion);
  }
}

TEST(LogUniformStatistics, UniqueInclusion) {
  constexpr int kRange = 7, kSampled = 3, kRuns = 200'000;
  const LogUniform distribution(kRange);
  std::vector<double> probabilities, inclusion(kRange);
  for (int v = 0; v < kRange; ++v) probabilities.push_back(std::log1p(1.0 / (v + 1)) / std::log1p(double{kRange}));
  enumerate(probabilities, 0, kSampled, 1.0, inclusion);
  std::vector<int64_t> counts(kRange);
  const RunStreams streams(77, 0);
  for (uint64_t run = 0; run < kRuns; ++run) {
    int64_t ids[kSampled];
    draw_unique(distribution, streams.of_run(run, kSampled), kSampled, ids);
    for (const int64_t id : ids) ++counts[static_cast<size_t>(id)];
  }
  for (size_t v = 0; v < inclusion.size(); ++v) {
    const double deviation = std::sqrt(kRuns * inclusion[v] * (1 - inclusion[v]));
    EXPECT_NEAR(static_cast<double>(counts[v]), kRuns * inclusion[v], 5 * deviation) << "id " << v;
  }
}

TEST(RandomSeed, DiffersFromCallToCall) {
  std::vector<int64_t> seeds;
  for (int i = 0; i < 1000; ++i) seeds.push_back(random_seed());
  std::sort(seeds.begin(), seeds.end());
  EXPECT_EQ(std::adjacent_find(seeds.begin(), seeds.end()), seeds.end());
  // All 64 bits take part: none is the same in all of them.
  int64_t ones = 0, zeros = 0;
  for (const int64_t seed : seeds) {
    ones |= seed;
    zeros |= ~seed;
  }
  EXPECT_EQ(ones & zeros, int64_t{-1});
}

}  // namespace
}  // namespace ortnce::sampling
