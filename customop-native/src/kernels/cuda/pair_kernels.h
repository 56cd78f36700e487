// The kernels that are compiled once for each pair of types.
#pragma once

#include <cstdint>

#include "kernels/cuda/status.h"
#include "kernels/element_type.h"

namespace ortnce::kernels::cuda {

struct LabelLossesParams;
struct LossSumsParams;

/// Each queues one kernel on a stream.
struct PairKernels {
  Status (*label_losses)(const LabelLossesParams& params, Stream stream);
  Status (*loss_sums)(const LossSumsParams& params, int64_t slices, Stream stream);
};

extern const PairKernels kFloatKernels, kTf32Kernels, kFloat16Kernels, kBfloat16Kernels, kFloatFloat16Kernels,
    kFloatBfloat16Kernels;

/// Those of a pair that has_kernels(). `tf32`: tensor cores for float by float.
const PairKernels& kernels_of(ElementType inputs, ElementType weights, bool tf32);

}  // namespace ortnce::kernels::cuda
