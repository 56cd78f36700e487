// The kernel object of one NceLossGrad node on the processor.
#pragma once

#include "ops/nce_loss_grad_node.h"
#include "ops/run_context.h"

namespace ortnce::ops {

/// Immutable; compute() may run on many threads at once.
class NceLossGradKernel {
 public:
  /// Checks all that the graph declares. Throws Error.
  explicit NceLossGradKernel(const OrtKernelInfo* info) : node_(info), memory_(cpu_memory()) {}

  /// One run. Throws Error.
  void compute(RunContext& context);

 private:
  NceLossGradNode node_;
  MemoryInfo memory_;
};

}  // namespace ortnce::ops
