// One run of a candidate sampler: its draws and the expected counts, the same for every
// distribution.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sampling/distribution.h"
#include "sampling/philox.h"

namespace ortnce::sampling {

/// More draws than this end a run with an error; TensorFlow aborts the process there. Fuzz builds have less patience.
#ifdef ORTNCE_MAX_TRIES
inline constexpr int64_t kMaxTries = ORTNCE_MAX_TRIES;
#else
inline constexpr int64_t kMaxTries = (int64_t{1} << 31) - 1;
#endif

/// Bytes of scratch, aligned to 8, that draw_candidates needs.
size_t draw_workspace(int64_t range_max, int64_t num_sampled, bool unique);

/// Writes `num_sampled` candidates to `ids` and returns the number of draws.
///
/// With `unique` ids that were seen before are drawn again and the rest kept in order of first
/// sight; -1 when kMaxTries draws were not enough. That needs num_sampled <= range_max.
int64_t draw_candidates(const Distribution& distribution, WordStream stream, int64_t num_sampled, bool unique,
                        void* workspace, int64_t* ids);

/// Whether `num_sampled` distinct candidates are out of reach of kMaxTries draws, however they fall.
bool is_out_of_reach(const Distribution& distribution, int64_t num_sampled);

/// Writes how often each id is expected among the candidates of a run that took `tries` draws:
/// p * num_sampled when every draw was kept, else 1 - (1 - p)^tries.
void expected_counts(const Distribution& distribution, const int64_t* ids, int64_t count, int64_t num_sampled,
                     int64_t tries, float* out);

}  // namespace ortnce::sampling
