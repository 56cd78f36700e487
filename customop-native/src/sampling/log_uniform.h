// The log-uniform (Zipfian) distribution of tf.random.log_uniform_candidate_sampler.
#pragma once

#include <cmath>
#include <cstdint>

#include "platform/libm.h"
#include "sampling/philox.h"

namespace ortnce::sampling {

/// P(v) = log((v + 2) / (v + 1)) / log(range_max + 1) for v in [0, range_max).
class LogUniform {
 public:
  /// range_max >= 1.
  explicit LogUniform(int64_t range_max)
      : range_max_(range_max), log_range_(std::log1p(static_cast<double>(range_max))) {}

  int64_t range_max() const { return range_max_; }

  int64_t draw(WordStream& stream) const {
    // The largest double below 2^63: exp may round up to 2^63, which no int64 holds.
    constexpr double kLargest = 0x1.fffffffffffffp62;
    const double power = platform::exp(stream.next_unit_double() * log_range_);
    const auto truncated = static_cast<int64_t>(power < kLargest ? power : kLargest);
    return (truncated - 1) % range_max_;
  }

  /// Rounded to single as TensorFlow does; log1p keeps the digits that its quotient loses.
  float probability(int64_t id) const {
    return static_cast<float>(std::log1p(1.0 / (static_cast<double>(id) + 1.0)) / log_range_);
  }

 private:
  int64_t range_max_;
  double log_range_;
};

}  // namespace ortnce::sampling
