#include "sampling/candidates.h"

#include <algorithm>
#include <cmath>

#include "sampling/cpu/sampling_block.h"
#include "sampling/id_set.h"

namespace ortnce::sampling {
namespace {

/// Draws at a time: enough to fill vectors, few enough to stay in the first-level cache and to
/// waste little at the end.
constexpr int64_t kBatch = 512;

/// Doubles in the widest vector.
constexpr int64_t kVector = 8;

int64_t draw_unique(const Distribution& distribution, WordStream& stream, int64_t num_sampled, IdSet& seen,
                    int64_t* ids) {
  int64_t drawn[kBatch];
  int64_t kept = 0, tries = 0;
  while (kept < num_sampled) {
    if (tries == kMaxTries) return -1;
    // At least this many more draws are needed; 16 at the end, where most are repeats.
    const int64_t batch = std::min(std::clamp<int64_t>(num_sampled - kept, 16, kBatch), kMaxTries - tries);
    distribution.draw(stream, batch, drawn);
    int64_t i = 0;
    // Written first and counted after: whether an id is new is a branch that cannot be foreseen.
    for (; i < batch && kept < num_sampled; ++i) {
      ids[kept] = drawn[i];
      kept += seen.insert(drawn[i]) ? 1 : 0;
    }
    tries += i;
  }
  return tries;
}

}  // namespace

size_t draw_workspace(int64_t range_max, int64_t num_sampled, bool unique) {
  return unique ? IdSet::bytes(range_max, num_sampled) : 0;
}

int64_t draw_candidates(const Distribution& distribution, WordStream stream, int64_t num_sampled, bool unique,
                        void* workspace, int64_t* ids) {
  if (!unique) {
    distribution.draw(stream, num_sampled, ids);
    return num_sampled;
  }
  IdSet seen(workspace, distribution.range_max(), num_sampled);
  return draw_unique(distribution, stream, num_sampled, seen, ids);
}

bool is_out_of_reach(const Distribution& distribution, int64_t num_sampled) {
  constexpr auto kTries = static_cast<double>(kMaxTries);
  const double distinct = distribution.expected_distinct(kTries);
  // An id is seen with a probability q = 1 - (1 - p)^tries. The number of distinct ids has at most the variance
  // sum q (1 - q) of independent ids, and that is what twice the tries add to the mean.
  const double variance = std::max(distribution.expected_distinct(2 * kTries) - distinct, 0.0);
  return static_cast<double>(num_sampled) > distinct + 10 * std::sqrt(variance) + 0.5;
}

void expected_counts(const Distribution& distribution, const int64_t* ids, int64_t count, int64_t num_sampled,
                     int64_t tries, float* out) {
  for (int64_t begin = 0; begin < count; begin += kBatch) {
    const int64_t n = std::min(kBatch, count - begin);
    float p[kBatch];
    distribution.probabilities(ids + begin, n, p);
    if (tries == num_sampled) {
      for (int64_t i = 0; i < n; ++i) out[begin + i] = p[i] * static_cast<float>(num_sampled);
    } else if (std::equal(p + 1, p + n, p)) {
      // Uniform: one vector of them tells all.
      cpu::unique_expected_counts(p, std::min(n, kVector), tries, out + begin);
      std::fill(out + begin, out + begin + n, out[begin]);
    } else {
      cpu::unique_expected_counts(p, n, tries, out + begin);
    }
  }
}

}  // namespace ortnce::sampling
