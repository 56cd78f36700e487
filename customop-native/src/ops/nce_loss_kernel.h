// The kernel object of one NceLoss node on the processor.
#pragma once

#include "ops/nce_loss_node.h"
#include "ops/run_context.h"

namespace ortnce::ops {

/// Immutable but for the number of the next run; compute() may run on many threads at once.
class NceLossKernel {
 public:
  /// Checks all that the graph declares. Throws Error.
  explicit NceLossKernel(const OrtKernelInfo* info) : node_(info), memory_(cpu_memory()) {}

  /// One run. Throws Error; a run that fails a check leaves the random stream untouched.
  void compute(RunContext& context);

 private:
  NceLossNode node_;
  MemoryInfo memory_;
};

}  // namespace ortnce::ops
