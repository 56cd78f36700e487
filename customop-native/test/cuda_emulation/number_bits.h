// Numbers of a tensor core as doubles, and how it rounds.
#pragma once

#include <cmath>
#include <cstdint>

#include "cuda_emulation/device.h"
#include "kernels/element_type.h"

namespace ortnce::kernels::cuda {

inline double number_of(Float16, uint16_t bits) { return static_cast<double>(widen_half(bits)); }
inline double number_of(Bfloat16, uint16_t bits) {
  return static_cast<double>(float_of(static_cast<uint32_t>(bits) << 16));
}

/// x cut off to a float.
inline float cut_off(double x) {
  const auto nearest = static_cast<float>(x);
  const bool too_far = std::fabs(static_cast<double>(nearest)) > std::fabs(x) && std::isfinite(x);
  return too_far ? std::nextafter(nearest, 0.0f) : nearest;
}

}  // namespace ortnce::kernels::cuda
