// The kernel object of one FullSigmoidLoss node on a CUDA device.
#pragma once

#include "ops/full_sigmoid_loss_node.h"
#include "ops/run_context.h"

namespace ortnce::ops {

/// Immutable; compute() may run on many threads at once. Of the outputs there is the loss alone.
class FullSigmoidLossCudaKernel {
 public:
  /// Checks all that the graph declares. Throws Error, also for a node that has other outputs.
  explicit FullSigmoidLossCudaKernel(const OrtKernelInfo* info);

  /// Queues one run. Throws Error.
  void compute(RunContext& context);

 private:
  FullSigmoidLossNode node_;
  MemoryInfo host_memory_;
};

}  // namespace ortnce::ops
