// The uniform distribution of tf.random.uniform_candidate_sampler.
#pragma once

#include <cstdint>

#include "sampling/distribution.h"

namespace ortnce::sampling {

/// P(v) = 1 / range_max.
class Uniform final : public Distribution {
 public:
  /// range_max >= 1.
  explicit Uniform(int64_t range_max) : range_max_(range_max), below_(static_cast<uint64_t>(range_max)) {}

  int64_t range_max() const override { return range_max_; }

  void draw(WordStream& stream, int64_t count, int64_t* ids) const override;
  void probabilities(const int64_t* ids, int64_t count, float* out) const override;
  double expected_distinct(double tries) const override;

 private:
  int64_t range_max_;
  Below64 below_;
};

}  // namespace ortnce::sampling
