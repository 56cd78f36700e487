// The kernel object of one NceLossGrad node on a CUDA device.
#pragma once

#include "ops/nce_loss_grad_node.h"
#include "ops/run_context.h"

namespace ortnce::ops {

/// Immutable; compute() may run on many threads at once. Labels and sample come in host memory, where the
/// classes are grouped, so that the sizes of the outputs are known without waiting for the device.
class NceLossGradCudaKernel {
 public:
  /// Checks all that the graph declares. Throws Error.
  explicit NceLossGradCudaKernel(const OrtKernelInfo* info);

  /// Queues one run. Throws Error.
  void compute(RunContext& context);

 private:
  NceLossGradNode node_;
  MemoryInfo host_memory_;
};

}  // namespace ortnce::ops
