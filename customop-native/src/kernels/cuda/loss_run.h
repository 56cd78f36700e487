// The steps that the losses have in common.
#pragma once

#include "kernels/cuda/status.h"
#include "kernels/cuda/upload.h"
#include "kernels/reduction.h"

namespace ortnce::kernels::cuda {

/// A loss by the columns of a batch: NceLoss by the sampled candidates, FullSigmoidLoss by all classes.
class LossRun {
 public:
  /// `columns`: S, or the classes where there is no sample.
  LossRun(const DeviceBatch& batch, const Sample& sample, int64_t columns);

  bool bytes(RunBytes* bytes) const;

  Status queue(bool mask, Reduction reduction, const RunMemory& memory, Stream stream, float* loss) const;

 private:
  struct Scratch;

  Status queue_sums(bool mask, const Upload& device, const Scratch& scratch, Stream stream) const;

  const DeviceBatch& batch_;
  const Sample& sample_;
  int64_t columns_;
  bool hopper_;  // by the kernels of compute capability 9.0
  int64_t slices_;
};

}  // namespace ortnce::kernels::cuda
