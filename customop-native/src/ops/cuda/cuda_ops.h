// The ops with kernels for the CUDA execution provider. ONNX Runtime chooses them in sessions that have it,
// and knows only their signatures in others.
#pragma once

#include <onnxruntime_c_api.h>

#include <vector>

namespace ortnce::ops {

inline constexpr const char* kCudaProvider = "CUDAExecutionProvider";

std::vector<const OrtCustomOp*> cuda_ops();

}  // namespace ortnce::ops
