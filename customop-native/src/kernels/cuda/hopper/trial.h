// Whether a loss may run on the kernels of compute capability 9.0.
#pragma once

#include "kernels/cuda/device_problem.h"
#include "kernels/cuda/status.h"

namespace ortnce::kernels::cuda {

/// "portable": the kernels of all architectures alone.
inline constexpr const char* kCudaKernelsVariable = "ORTNCE_CUDA_KERNELS";

/// Sets batch->hopper to kWhereFaster if these kernels take the sums over the columns, the current device has compute
/// capability 9.0, ORTNCE_CUDA_KERNELS does not say otherwise, and hopper_trial() found them right, which is tried
/// once a process and device; else to kNever. Fails if that cannot be found out, but for want of memory.
Status allow_hopper(const Sample& sample, int64_t columns, DeviceBatch* batch);

/// Whether small losses come out the same by both kinds of kernels on the current device. It finds wrong numbers; a
/// kernel that faults is a Status, and the device is lost to the process.
Status hopper_trial(bool* same);

}  // namespace ortnce::kernels::cuda
