// The ops with kernels for the CUDA execution provider. ONNX Runtime chooses them in sessions that have it,
// and knows only their signatures in others.
#pragma once

#include <vector>

#include "ops/ops.h"

namespace ortnce::ops {

inline constexpr const char* kCudaProvider = "CUDAExecutionProvider";

std::vector<OpOfRuntime> cuda_ops(const OrtApi& runtime_api);

}  // namespace ortnce::ops
