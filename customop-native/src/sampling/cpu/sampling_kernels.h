// The part of sampling that is compiled once per instruction set.
#pragma once

#include <cstdint>

namespace ortnce::sampling::cpu {

/// The functions of sampling_block.h for one level; each does what fills whole vectors and
/// returns how much that was.
struct SamplingKernels {
  int64_t (*philox_words)(uint64_t key, uint64_t counter_low, uint64_t counter_high, int64_t blocks, uint32_t* words);
  int64_t (*draw_log_uniform)(uint64_t key, uint64_t counter_low, uint64_t counter_high, int64_t blocks,
                              double log_range, int64_t range_max, int64_t* ids);
  int64_t (*log_uniform_probabilities)(const int64_t* ids, int64_t count, double log_range, float* out);
  int64_t (*unique_expected_counts)(const float* p, int64_t count, int64_t tries, float* out);
};

#ifdef __x86_64__
extern const SamplingKernels kAvx2Sampling;
extern const SamplingKernels kAvx512Sampling;
#endif

}  // namespace ortnce::sampling::cpu
