// Whether a device may use the kernels of compute capability 9.0.
#pragma once

#include "kernels/cuda/device_problem.h"

namespace ortnce::kernels::cuda {

/// "portable": the kernels of all architectures alone.
inline constexpr const char* kCudaKernelsVariable = "ORTNCE_CUDA_KERNELS";

/// kWhereFaster if the current device has compute capability 9.0 and passed hopper_trial(), which is tried once a
/// process and device; else kNever, as with ORTNCE_CUDA_KERNELS=portable.
HopperKernels device_hopper_kernels();

/// Whether a small loss of either half type comes out the same by both kinds of kernels, on the current device.
bool hopper_trial();

}  // namespace ortnce::kernels::cuda
