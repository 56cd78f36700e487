// How often a candidate sampler is expected to draw an id in one run.
#pragma once

#include <cmath>
#include <cstdint>

namespace ortnce::sampling {

/// Expected count of an id of probability `probability` after `tries` draws that kept
/// `num_sampled` ids: p * S when every draw was kept, else 1 - (1 - p)^tries.
inline float expected_count(float probability, int64_t num_sampled, int64_t tries) {
  if (tries == num_sampled) return probability * static_cast<float>(num_sampled);
  const double p = static_cast<double>(probability);
  return static_cast<float>(-std::expm1(static_cast<double>(tries) * std::log1p(-p)));
}

}  // namespace ortnce::sampling
