// How often each distribution gives its ids, with fixed seeds: nothing here is random from run to
// run. Pearson's chi-square over 10 million draws, in bins [2^k - 1, 2^(k+1) - 1) and over the first
// 200 ids one by one, against probabilities from the definitions (expected counts below 20 are
// pooled with their neighbours). Gate: p > 1e-6, by the Wilson-Hilferty approximation of its
// quantile, and as far on the other side (a fit too good is a fault as well).
// Draws without repeats: the share of runs that hold an id, against an enumeration of all sequences,
// for up to 8 ids and every number of candidates.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "support/distribution_cases.h"
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
constexpr int64_t kFirstIds = 200;

/// What is tested: a distribution and P(id < end).
struct Frequencies {
  std::string name;
  std::shared_ptr<const Distribution> distribution;
  std::function<double(int64_t end)> below;
};

void PrintTo(const Frequencies& frequencies, std::ostream* out) { *out << frequencies.name; }

Frequencies of_case(const test::DistributionCase& of) {
  auto sums = std::make_shared<std::vector<double>>(1, 0.0);
  for (const double p : of.probability) sums->push_back(sums->back() + p);
  const std::string range = std::to_string(of.probability.size());
  return {of.name + "_" + range, of.distribution, [sums](int64_t end) { return (*sums)[static_cast<size_t>(end)]; }};
}

Frequencies huge_log_uniform(const std::string& name, int64_t range_max) {
  const double log_range = std::log1p(static_cast<double>(range_max));
  return {name, std::make_shared<LogUniform>(range_max),
          [=](int64_t end) { return std::log1p(static_cast<double>(end)) / log_range; }};
}

/// A quarter of the words is rejected: 2^64 mod (3 2^61 + 1) = 2^62 - 2.
Frequencies huge_uniform() {
  constexpr int64_t kRange = (int64_t{1} << 62) + (int64_t{1} << 61) + 1;
  return {"uniform_3_2_61", std::make_shared<Uniform>(kRange),
          [=](int64_t end) { return static_cast<double>(end) / static_cast<double>(kRange); }};
}

std::vector<Frequencies> all_frequencies() {
  std::vector<Frequencies> all;
  for (const int64_t range : {257, 100'003}) {
    for (const test::DistributionCase& of : test::distribution_cases(range)) all.push_back(of_case(of));
    all.push_back(of_case(test::fixed_case(range, true)));
  }
  all.push_back(of_case(test::uniform_case(1 << 17)));
  all.push_back(of_case(test::log_uniform_case(1'000'000)));
  all.push_back(huge_log_uniform("log_uniform_2_40", int64_t{1} << 40));
  all.push_back(huge_log_uniform("log_uniform_largest", INT64_MAX));
  all.push_back(huge_uniform());
  return all;
}

struct Bin {
  int64_t end;
  int64_t count = 0;
};

void expect_fit(const Frequencies& of, const std::vector<Bin>& bins, double draws) {
  double chi_square = 0, degrees = -1;
  double begin = 0;
  int64_t count = 0;
  for (size_t b = 0; b < bins.size(); ++b) {
    count += bins[b].count;
    const double end = of.below(bins[b].end), expected = draws * (end - begin);
    if (expected == 0) {
      EXPECT_EQ(count, 0) << "before " << bins[b].end;
    }
    if (expected < 20 || (b + 2 == bins.size() && draws * (1 - end) < 20)) continue;
    const double off = static_cast<double>(count) - expected;
    chi_square += off * off / expected;
    ++degrees;
    begin = end;
    count = 0;
  }
  EXPECT_EQ(count, 0) << "the last bin was not tested";
  ASSERT_GE(degrees, 1);
  EXPECT_LT(chi_square, chi_square_quantile(degrees, kOneInAMillion)) << degrees << " degrees of freedom";
  EXPECT_GT(chi_square, chi_square_quantile(degrees, -kOneInAMillion)) << degrees << " degrees of freedom";
}

class Distributions : public testing::TestWithParam<Frequencies> {};

TEST_P(Distributions, LogBinsAndFirstIds) {
  constexpr int64_t kDraws = 10'000'000, kBatch = 5000;
  const Frequencies& of = GetParam();
  const int64_t range = of.distribution->range_max();
  std::vector<Bin> log_bins, first_ids;
  for (int64_t power = 2; power <= range / 2; power *= 2) log_bins.push_back({power - 1});
  log_bins.push_back({range});
  for (int64_t id = 0; id < kFirstIds; ++id) first_ids.push_back({id + 1});
  first_ids.push_back({range});
  WordStream stream = RunStreams(2024, 6).of_run(0, 1);
  std::vector<int64_t> ids(kBatch);
  for (int64_t drawn = 0; drawn < kDraws; drawn += kBatch) {
    of.distribution->draw(stream, kBatch, ids.data());
    for (const int64_t id : ids) {
      ASSERT_TRUE(id >= 0 && id < range) << id;
      const auto power = static_cast<size_t>(63 - __builtin_clzll(static_cast<uint64_t>(id) + 1));
      ++log_bins[std::min(power, log_bins.size() - 1)].count;
      ++first_ids[static_cast<size_t>(std::min(id, kFirstIds))].count;
    }
  }
  expect_fit(of, log_bins, kDraws);
  if (kDraws * of.below(kFirstIds) > 40) expect_fit(of, first_ids, kDraws);
}

INSTANTIATE_TEST_SUITE_P(All, Distributions, testing::ValuesIn(all_frequencies()),
                         [](const auto& of) { return of.param.name; });

/// Adds to inclusion[v] the probability of every ordered way to keep `left` more ids.
void enumerate(const std::vector<double>& probabilities, unsigned kept, int64_t left, double probability,
               std::vector<double>& inclusion) {
  if (left == 0) {
    for (size_t v = 0; v < inclusion.size(); ++v) inclusion[v] += ((kept >> v) & 1) != 0 ? probability : 0;
    return;
  }
  double open = 0;
  for (size_t v = 0; v < probabilities.size(); ++v) open += ((kept >> v) & 1) != 0 ? 0 : probabilities[v];
  for (size_t v = 0; v < probabilities.size(); ++v) {
    if ((kept >> v) & 1 || probabilities[v] == 0) continue;
    enumerate(probabilities, kept | (1u << v), left - 1, probability * probabilities[v] / open, inclusion);
  }
}

class Inclusion : public testing::TestWithParam<int64_t> {};

TEST_P(Inclusion, OfEveryNumberOfCandidates) {
  constexpr int kRuns = 50'000;
  std::vector<test::DistributionCase> cases = test::distribution_cases(GetParam());
  cases.push_back(test::fixed_case(GetParam(), true));
  for (const test::DistributionCase& of : cases) {
    const auto drawable = std::count_if(of.probability.begin(), of.probability.end(), [](double p) { return p > 0; });
    for (int64_t num_sampled = 1; num_sampled <= drawable; ++num_sampled) {
      SCOPED_TRACE(testing::Message() << of.name << ", " << num_sampled << " candidates");
      std::vector<double> inclusion(of.probability.size());
      enumerate(of.probability, 0, num_sampled, 1.0, inclusion);
      std::vector<int64_t> counts(inclusion.size());
      const RunStreams streams(77, num_sampled);
      for (uint64_t run = 0; run < kRuns; ++run) {
        int64_t ids[8];
        draw_unique(*of.distribution, streams.of_run(run, num_sampled), num_sampled, ids);
        for (int64_t k = 0; k < num_sampled; ++k) ++counts[static_cast<size_t>(ids[k])];
      }
      for (size_t v = 0; v < inclusion.size(); ++v) {
        const double deviation = std::sqrt(kRuns * inclusion[v] * std::max(0.0, 1 - inclusion[v]));
        EXPECT_NEAR(static_cast<double>(counts[v]), kRuns * inclusion[v], 5 * deviation + 1e-6) << "id " << v;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(UpTo8Ids, Inclusion, testing::Values(1, 2, 3, 5, 7, 8));

}  // namespace
}  // namespace ortnce::sampling
