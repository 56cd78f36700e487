// A batch of NceLoss or of its gradient as a problem for a device.
#pragma once

#include "kernels/cuda/nce_forward.h"
#include "ops/cuda/device_layer.h"
#include "ops/nce_batch.h"

namespace ortnce::ops {

class DeviceNceRun {
 public:
  /// `batch`: read, with its sample.
  DeviceNceRun(const NceBatch& batch, bool session_allows_tf32);

  /// Valid as long as this object and the batch.
  const kernels::cuda::DeviceNceProblem& problem() const { return problem_; }

 private:
  DeviceLayer layer_;
  kernels::cuda::DeviceNceProblem problem_;
};

}  // namespace ortnce::ops
