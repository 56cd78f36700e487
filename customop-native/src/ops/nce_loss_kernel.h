// The kernel object of one NceLoss node.
#pragma once

#include <cstdint>
#include <optional>

#include "ops/nce_loss_contract.h"
#include "ops/nce_run.h"
#include "ops/run_context.h"
#include "sampling/run_streams.h"

namespace ortnce::ops {

inline constexpr const char* kNceLoss = "NceLoss";

/// Immutable but for the number of the next run; compute() may run on many threads at once.
class NceLossKernel {
 public:
  /// Checks all that the graph declares. Throws Error.
  explicit NceLossKernel(const OrtKernelInfo* info);

  /// One run. Throws Error; a run that fails a check leaves the random stream untouched.
  void compute(RunContext& context);

 private:
  void draw_sample(std::optional<uint64_t> step, const NceRun& run, void* workspace);

  NceLossAttributes attributes_;
  MemoryInfo memory_;
  sampling::RunStreams streams_;
};

}  // namespace ortnce::ops
