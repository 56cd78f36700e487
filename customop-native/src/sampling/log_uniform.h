// The log-uniform (Zipfian) distribution of tf.random.log_uniform_candidate_sampler.
#pragma once

#include <cstdint>

#include "sampling/distribution.h"

namespace ortnce::sampling {

/// P(v) = log((v + 2) / (v + 1)) / log(range_max + 1) for v in [0, range_max).
class LogUniform final : public Distribution {
 public:
  /// range_max >= 1.
  explicit LogUniform(int64_t range_max);

  int64_t range_max() const override { return range_max_; }
  void draw(WordStream& stream, int64_t count, int64_t* ids) const override;

  /// From log1p(1 / (v + 1)), which keeps the digits that TensorFlow's quotient loses for large v.
  void probabilities(const int64_t* ids, int64_t count, float* out) const override;

  double expected_distinct(double tries) const override;

 private:
  int64_t range_max_;
  double log_range_;
};

/// The id that the number `unit` in [0, 1) draws: exactly TensorFlow's, for what libm's exp gives.
int64_t log_uniform_id(double unit, double log_range, int64_t range_max);

}  // namespace ortnce::sampling
