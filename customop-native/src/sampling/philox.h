// The stream of random words of TensorFlow's random ops: Philox 4x32 with ten rounds
// (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011), keyed by (seed, seed2).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace ortnce::sampling {

/// Position of a block in the stream; blocks of a stream are numbered modulo 2^128.
struct BlockCounter {
  uint64_t low = 0;
  uint64_t high = 0;

  BlockCounter plus(uint64_t low_blocks, uint64_t high_blocks = 0) const {
    BlockCounter sum{low + low_blocks, high + high_blocks};
    if (sum.low < low) ++sum.high;
    return sum;
  }
};

/// One block: four words as a pure function of key and counter.
inline std::array<uint32_t, 4> philox_block(uint64_t key, BlockCounter counter) {
  constexpr uint64_t kMultiplier0 = 0xD2511F53u, kMultiplier2 = 0xCD9E8D57u;
  constexpr uint32_t kWeyl0 = 0x9E3779B9u, kWeyl1 = 0xBB67AE85u;
  uint32_t c0 = static_cast<uint32_t>(counter.low), c1 = static_cast<uint32_t>(counter.low >> 32);
  uint32_t c2 = static_cast<uint32_t>(counter.high), c3 = static_cast<uint32_t>(counter.high >> 32);
  uint32_t k0 = static_cast<uint32_t>(key), k1 = static_cast<uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    const uint64_t p = kMultiplier0 * c0;
    const uint64_t q = kMultiplier2 * c2;
    c0 = static_cast<uint32_t>(q >> 32) ^ c1 ^ k0;
    c1 = static_cast<uint32_t>(q);
    c2 = static_cast<uint32_t>(p >> 32) ^ c3 ^ k1;
    c3 = static_cast<uint32_t>(p);
    k0 += kWeyl0;
    k1 += kWeyl1;
  }
  return {c0, c1, c2, c3};
}

/// Words of one call, in order: lanes 0 to 3 of the start block, then of the next.
class WordStream {
 public:
  WordStream(uint64_t key, BlockCounter start) : key_(key), counter_(start) {}

  uint32_t next_word() {
    if (lane_ == 4) {
      block_ = philox_block(key_, counter_);
      counter_ = counter_.plus(1);
      lane_ = 0;
    }
    return block_[static_cast<size_t>(lane_++)];
  }

  /// In [0, 1), a multiple of 2^-52. The first word gives the high 20 bits.
  double next_unit_double() {
    const uint64_t high = next_word() & 0xFFFFFu;
    const uint64_t low = next_word();
    return static_cast<double>((high << 32) | low) * 0x1p-52;
  }

 private:
  uint64_t key_;
  BlockCounter counter_;
  std::array<uint32_t, 4> block_{};
  int lane_ = 4;
};

/// Where a sampler's stream stands before each of its runs.
class RunStreams {
 public:
  /// (seed, seed2) as bit patterns; num_sampled >= 0.
  RunStreams(int64_t seed, int64_t seed2, int64_t num_sampled)
      : key_(static_cast<uint64_t>(seed)),
        origin_{0, static_cast<uint64_t>(seed2)},
        blocks_per_run_(kBlocksPerSample * static_cast<uint64_t>(num_sampled)) {}

  /// The stream of run `run` (0 is the first): it starts at block 512 * num_sampled * run.
  WordStream of_run(uint64_t run) const {
    __extension__ using Wide = unsigned __int128;
    const Wide offset = static_cast<Wide>(blocks_per_run_) * run;
    return WordStream(key_, origin_.plus(static_cast<uint64_t>(offset), static_cast<uint64_t>(offset >> 64)));
  }

 private:
  /// TensorFlow reserves 2048 words a sample, whatever a run really uses.
  static constexpr uint64_t kBlocksPerSample = 512;
  uint64_t key_;
  BlockCounter origin_;
  uint64_t blocks_per_run_;
};

}  // namespace ortnce::sampling
