// Where a sampler's stream stands before each of its runs.
#pragma once

#include <atomic>
#include <cstdint>

#include "sampling/philox.h"

namespace ortnce::sampling {

/// The stream of one (seed, seed2), cut into runs. Safe for concurrent use: no run is given twice.
class RunStreams {
 public:
  /// The seeds as bit patterns; (0, 0) draws fresh ones.
  RunStreams(int64_t seed, int64_t seed2);

  /// Takes the number of the next run, from 0 on.
  uint64_t next_run() { return next_run_.fetch_add(1, std::memory_order_relaxed); }

  /// The stream of run `run` of a sampler of `num_sampled` candidates: it starts at block
  /// 512 * num_sampled * run.
  WordStream of_run(uint64_t run, int64_t num_sampled) const;

 private:
  /// TensorFlow reserves 2048 words a sample, whatever a run really uses.
  static constexpr uint64_t kBlocksPerSample = 512;

  uint64_t key_;
  BlockCounter origin_;
  std::atomic<uint64_t> next_run_{0};
};

}  // namespace ortnce::sampling
