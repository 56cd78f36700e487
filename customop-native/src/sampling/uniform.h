// The uniform distribution of tf.random.uniform_candidate_sampler.
#pragma once

#include <cmath>
#include <cstdint>

#include "sampling/distribution.h"

namespace ortnce::sampling {

/// P(v) = 1 / range_max.
class Uniform final : public Distribution {
 public:
  /// range_max >= 1.
  explicit Uniform(int64_t range_max) : range_max_(range_max) {}

  int64_t range_max() const override { return range_max_; }

  void draw(WordStream& stream, int64_t count, int64_t* ids) const override {
    for (int64_t i = 0; i < count; ++i) {
      ids[i] = static_cast<int64_t>(stream.below_64(static_cast<uint64_t>(range_max_)));
    }
  }

  void probabilities(const int64_t*, int64_t count, float* out) const override {
    const auto p = static_cast<float>(1.0 / static_cast<double>(range_max_));
    for (int64_t i = 0; i < count; ++i) out[i] = p;
  }

  double expected_distinct(double tries) const override {
    const auto range = static_cast<double>(range_max_);
    return range_max_ == 1 ? 1 : -range * std::expm1(tries * std::log1p(-1 / range));
  }

 private:
  int64_t range_max_;
};

}  // namespace ortnce::sampling
