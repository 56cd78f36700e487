// The distribution of tf.random.learned_unigram_candidate_sampler, which learns from the labels.
#pragma once

#include <cstdint>
#include <vector>

#include "sampling/distribution.h"
#include "sampling/running_sums.h"

namespace ortnce::sampling {

/// P(v) = counts[v] / sum of counts; counts start at 1 and grow by one for each label seen. Not for
/// concurrent use.
class LearnedUnigram final : public Distribution {
 public:
  /// Ids and the sum of counts fit into TensorFlow's 32-bit counters.
  static constexpr int64_t kMaxTotal = (int64_t{1} << 31) - 1;

  /// Every count 1. 1 <= range_max < kMaxTotal.
  explicit LearnedUnigram(int64_t range_max);

  /// Replaces the counts, [range_max]: each at least 1, their sum at most kMaxTotal.
  void restore(const int64_t* counts);

  int64_t range_max() const override { return static_cast<int64_t>(counts_.size()); }
  void draw(WordStream& stream, int64_t count, int64_t* ids) const override;
  void probabilities(const int64_t* ids, int64_t count, float* out) const override;
  double expected_distinct(double tries) const override;

  /// Counts these labels, in order, while the sum of counts is below kMaxTotal.
  void learn(const int64_t* labels, int64_t count);

  const std::vector<int32_t>& counts() const { return counts_; }

 private:
  std::vector<int32_t> counts_;
  RunningSums sums_;
  int64_t total_;
};

}  // namespace ortnce::sampling
