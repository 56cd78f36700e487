// One distribution of each kind over the same number of ids, with what is known of it.
#pragma once

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "sampling/fixed_unigram.h"
#include "sampling/learned_unigram.h"
#include "sampling/log_uniform.h"
#include "sampling/uniform.h"
#include "support/naive_draws.h"

namespace ortnce::test {

struct DistributionCase {
  std::string name;
  std::shared_ptr<const sampling::Distribution> distribution;
  Draw naive;                       // draws the same ids
  std::vector<double> probability;  // [range_max], to some ulps of double
};

inline std::vector<double> normalised(std::vector<double> weights) {
  double total = 0;
  for (const double weight : weights) total += weight;
  for (double& weight : weights) weight /= total;
  return weights;
}

inline DistributionCase uniform_case(int64_t range_max) {
  return {"uniform", std::make_shared<sampling::Uniform>(range_max), naive_uniform(range_max),
          normalised(std::vector<double>(static_cast<size_t>(range_max), 1.0))};
}

inline DistributionCase log_uniform_case(int64_t range_max) {
  const double log_range = std::log1p(static_cast<double>(range_max));
  std::vector<double> p;
  for (int64_t id = 0; id < range_max; ++id) p.push_back(std::log1p(1 / (static_cast<double>(id) + 1)) / log_range);
  const Draw naive = [=](sampling::WordStream& stream) {
    return sampling::log_uniform_id(stream.next_unit_double(), log_range, range_max);
  };
  return {"log_uniform", std::make_shared<sampling::LogUniform>(range_max), naive, p};
}

/// Weights 1 to 31, scattered; with `zeros`, every sixth is 0 (not that of id 0).
inline DistributionCase fixed_case(int64_t range_max, bool zeros) {
  std::vector<float> weights;
  for (int64_t id = 0; id < range_max; ++id) {
    weights.push_back(zeros && id % 6 == 5 ? 0.0f : static_cast<float>(id * 7 % 31 + 1));
  }
  return {zeros ? "fixed_with_zeros" : "fixed", std::make_shared<sampling::FixedUnigram>(weights), naive_fixed(weights),
          normalised({weights.begin(), weights.end()})};
}

/// `scale` times 1 to 13, scattered.
inline DistributionCase learned_case(int64_t range_max, int64_t scale) {
  std::vector<int64_t> counts;
  for (int64_t id = 0; id < range_max; ++id) counts.push_back(scale * (id * 5 % 13 + 1));
  auto distribution = std::make_shared<sampling::LearnedUnigram>(range_max);
  distribution->restore(counts.data());
  return {scale == 1 ? "learned" : "learned_near_full", distribution, naive_learned(counts),
          normalised({counts.begin(), counts.end()})};
}

/// Each kind over `range_max` ids; the counts of the last sum up to some 0.7 * 2^31, so that a third
/// of its words is rejected.
inline std::vector<DistributionCase> distribution_cases(int64_t range_max) {
  return {uniform_case(range_max), log_uniform_case(range_max), fixed_case(range_max, false),
          learned_case(range_max, 1), learned_case(range_max, 1'500'000'000 / (7 * range_max + 60))};
}

}  // namespace ortnce::test
