// The kernels that are compiled once for each pair of types.
#pragma once

#include <cstdint>

#include "kernels/cuda/status.h"
#include "kernels/element_type.h"

namespace ortnce::kernels::cuda {

struct LabelLossesParams;
struct LossSumsParams;
struct LabelSlopesParams;
struct SlopesParams;
struct SlopeProductsParams;
struct ClassSumsParams;
struct NarrowParams;

/// Each queues one kernel on a stream.
struct PairKernels {
  Status (*label_losses)(const LabelLossesParams& params, Stream stream);
  Status (*loss_sums)(const LossSumsParams& params, int64_t slices, Stream stream);
  // Of the gradient.
  Status (*label_slopes)(const LabelSlopesParams& params, Stream stream);
  Status (*slopes)(const SlopesParams& params, int64_t slices, Stream stream);
  Status (*multiply_embeddings)(const SlopeProductsParams& params, Stream stream);
  Status (*multiply_inputs)(const SlopeProductsParams& params, Stream stream);
  Status (*class_sums)(const ClassSumsParams& params, Stream stream);
  Status (*narrow)(const NarrowParams& params, Stream stream);  // not for float inputs
};

extern const PairKernels kFloatKernels, kTf32Kernels, kFloat16Kernels, kBfloat16Kernels, kFloatFloat16Kernels,
    kFloatBfloat16Kernels;

/// Those of inputs and embeddings of one type, or of float inputs. `tf32`: tensor cores for float by float.
const PairKernels& kernels_of(ElementType inputs, ElementType weights, bool tf32);

}  // namespace ortnce::kernels::cuda
