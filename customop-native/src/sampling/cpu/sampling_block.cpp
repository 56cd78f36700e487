#include "sampling/cpu/sampling_block.h"

#include <cmath>

#include "platform/instruction_set.h"
#include "sampling/cpu/sampling_kernels.h"
#include "sampling/log_uniform.h"

namespace ortnce::sampling::cpu {
namespace {

/// Null at the baseline and NEON, whose two-lane vectors gain nothing over libm.
const SamplingKernels* active() {
#ifdef __x86_64__
  switch (platform::active_level()) {
    case platform::InstructionSet::kAvx512Bf16:
    case platform::InstructionSet::kAvx512: return &kAvx512Sampling;
    case platform::InstructionSet::kAvx2: return &kAvx2Sampling;
    case platform::InstructionSet::kNeon:
    case platform::InstructionSet::kBaseline: break;
  }
#endif
  return nullptr;
}

/// Whether the low half of the counter runs over within `blocks` blocks. The vector code leaves that
/// to the caller: it does not happen before 2^64 blocks are used up.
bool carries(BlockCounter start, int64_t blocks) { return start.low > UINT64_MAX - static_cast<uint64_t>(blocks); }

}  // namespace

int64_t philox_words(uint64_t key, BlockCounter start, int64_t blocks, uint32_t* words) {
  const SamplingKernels* const kernels = active();
  if (kernels == nullptr || carries(start, blocks)) return 0;
  return kernels->philox_words(key, start.low, start.high, blocks, words);
}

int64_t draw_log_uniform(uint64_t key, BlockCounter start, int64_t blocks, double log_range, int64_t range_max,
                         int64_t* ids) {
  // Beyond 2^50 the distance of a power to the next integer is lost in its rounding.
  constexpr int64_t kLargestRange = int64_t{1} << 50;
  const SamplingKernels* const kernels = active();
  if (kernels == nullptr || range_max > kLargestRange || carries(start, blocks)) return 0;
  return kernels->draw_log_uniform(key, start.low, start.high, blocks, log_range, range_max, ids);
}

void log_uniform_probabilities(const int64_t* ids, int64_t count, double log_range, float* out) {
  const SamplingKernels* const kernels = active();
  int64_t i = kernels == nullptr ? 0 : kernels->log_uniform_probabilities(ids, count, log_range, out);
  for (; i < count; ++i) {
    out[i] = static_cast<float>(std::log1p(1.0 / (static_cast<double>(ids[i]) + 1.0)) / log_range);
  }
}

void unique_expected_counts(const float* p, int64_t count, int64_t tries, float* out) {
  const SamplingKernels* const kernels = active();
  int64_t i = kernels == nullptr ? 0 : kernels->unique_expected_counts(p, count, tries, out);
  for (; i < count; ++i) {
    out[i] = static_cast<float>(-std::expm1(static_cast<double>(tries) * std::log1p(-static_cast<double>(p[i]))));
  }
}

}  // namespace ortnce::sampling::cpu
