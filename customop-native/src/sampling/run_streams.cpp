#include "sampling/run_streams.h"

#include "sampling/random_seed.h"

namespace ortnce::sampling {

RunStreams::RunStreams(int64_t seed, int64_t seed2)
    : key_(static_cast<uint64_t>(seed)), origin_{0, static_cast<uint64_t>(seed2)} {
  if (seed == 0 && seed2 == 0) {
    key_ = static_cast<uint64_t>(random_seed());
    origin_.high = static_cast<uint64_t>(random_seed());
  }
}

WordStream RunStreams::of_run(uint64_t run, int64_t num_sampled) const {
  __extension__ using Wide = unsigned __int128;
  const Wide offset = static_cast<Wide>(kBlocksPerSample) * static_cast<uint64_t>(num_sampled) * run;
  return WordStream(key_, origin_.plus(static_cast<uint64_t>(offset), static_cast<uint64_t>(offset >> 64)));
}

}  // namespace ortnce::sampling
