// When a draw without replacement asks for too much.
#pragma once

#include <cstdint>

#include "sampling/candidates.h"
#include "sampling/distribution.h"

namespace ortnce::ops {

/// From here on a sample of a distribution of our own (log-uniform, uniform) may be out of reach;
/// smaller ones never are, and need no look.
inline constexpr int64_t kLargeSample = int64_t{1} << 20;

/// Throws if so many distinct candidates cannot be found within the limit of draws.
void check_reach(const char* op, const sampling::Distribution& distribution, int64_t num_sampled);

/// Throws if `tries`, what draw_candidates returned, tells that the limit was hit.
void check_tries(const char* op, const sampling::Distribution& distribution, int64_t num_sampled, int64_t tries);

}  // namespace ortnce::ops
