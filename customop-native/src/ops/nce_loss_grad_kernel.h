// The kernel object of one NceLossGrad node.
#pragma once

#include "ops/nce_loss_contract.h"
#include "ops/run_context.h"

namespace ortnce::ops {

inline constexpr const char* kNceLossGrad = "NceLossGrad";

/// Immutable; compute() may run on many threads at once.
class NceLossGradKernel {
 public:
  /// Checks all that the graph declares. Throws Error.
  explicit NceLossGradKernel(const OrtKernelInfo* info);

  /// One run. Throws Error.
  void compute(RunContext& context);

 private:
  void check_loss_grad(const TensorSpec& loss_grad, int64_t batch) const;

  NceLossAttributes attributes_;
  MemoryInfo memory_;
};

}  // namespace ortnce::ops
