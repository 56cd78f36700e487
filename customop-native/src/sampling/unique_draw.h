// Drawing without replacement, by rejection, as TensorFlow's candidate samplers do.
#pragma once

#include <cstdint>

#include "sampling/id_set.h"
#include "sampling/philox.h"

namespace ortnce::sampling {

/// More draws than this end a run with an error; TensorFlow aborts the process there.
inline constexpr int64_t kMaxTries = (int64_t{1} << 31) - 1;

/// Draws until `num_sampled` distinct ids are kept, in order of first sight, into `ids`.
/// Returns the number of draws, or -1 when kMaxTries were not enough.
/// Requires num_sampled <= distribution.range_max(); `set` is empty and has room for num_sampled.
template <class Distribution>
int64_t draw_unique(const Distribution& distribution, WordStream stream, int64_t num_sampled, IdSet& set,
                    int64_t* ids) {
  int64_t kept = 0, tries = 0;
  while (kept < num_sampled) {
    if (tries == kMaxTries) return -1;
    ++tries;
    const int64_t id = distribution.draw(stream);
    if (set.insert(id)) ids[kept++] = id;
  }
  return tries;
}

}  // namespace ortnce::sampling
