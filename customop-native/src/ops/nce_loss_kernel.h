// The kernel object of one NceLoss node.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "kernels/class_table.h"
#include "ops/nce_loss_contract.h"
#include "ops/run_context.h"
#include "sampling/run_streams.h"

namespace ortnce::ops {

/// Immutable but for the number of the next run; compute() may run on many threads at once.
class NceLossKernel {
 public:
  /// Checks all that the graph declares. Throws Error.
  explicit NceLossKernel(const OrtKernelInfo* info);

  /// One run. Throws Error; a run that fails a check leaves the random stream untouched.
  void compute(RunContext& context);

 private:
  struct Sample;
  struct Scratch;

  kernels::ClassTable class_table(const RunInputs& inputs, const NceLossSizes& sizes) const;
  int64_t check_labels(const RunInputs& inputs, const NceLossSizes& sizes, int64_t* labels) const;
  void check_sample(const RunInputs& inputs, const NceLossSizes& sizes, const Sample& sample,
                    const int64_t* labels) const;
  void draw_sample(std::optional<uint64_t> step, const NceLossSizes& sizes, const int64_t* labels, void* workspace,
                   const Sample& sample);
  bool ignored(int64_t label) const { return attributes_.ignore_index && label == *attributes_.ignore_index; }

  NceLossAttributes attributes_;
  MemoryInfo memory_;
  sampling::RunStreams streams_;
};

}  // namespace ortnce::ops
