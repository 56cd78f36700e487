// The kernel object of one NceLoss node on a CUDA device.
#pragma once

#include "ops/nce_loss_node.h"
#include "ops/run_context.h"

namespace ortnce::ops {

/// Immutable but for the number of the next run; compute() may run on many threads at once.
///
/// Labels, sample and step come in host memory: they are checked, and candidates drawn, before anything is
/// queued, with the texts and the ids of the processor.
class NceLossCudaKernel {
 public:
  /// Checks all that the graph declares. Throws Error.
  explicit NceLossCudaKernel(const OrtKernelInfo* info);

  /// Queues one run. Throws Error; a run that fails a check leaves the random stream untouched.
  void compute(RunContext& context);

 private:
  NceLossNode node_;
  MemoryInfo host_memory_;
};

}  // namespace ortnce::ops
