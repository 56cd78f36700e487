// What every candidate sampler that draws at random has in common.
#pragma once

#include <cstdint>

#include "sampling/philox.h"

namespace ortnce::sampling {

/// A distribution over the ids [0, range_max). Drawing and asking change nothing.
class Distribution {
 public:
  virtual ~Distribution() = default;

  virtual int64_t range_max() const = 0;

  /// Writes the next `count` ids of the stream.
  virtual void draw(WordStream& stream, int64_t count, int64_t* ids) const = 0;

  /// Writes the probability of each id, rounded to single as TensorFlow does. An id outside the
  /// range gives any value.
  virtual void probabilities(const int64_t* ids, int64_t count, float* out) const = 0;

  /// About how many distinct ids `tries` draws give, or more.
  virtual double expected_distinct(double tries) const = 0;
};

}  // namespace ortnce::sampling
