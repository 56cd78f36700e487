// Ids and counts of a run in one block of memory, the same on the host and on the device: one copy takes
// them there.
#pragma once

#include <cstdint>

#include "kernels/cuda/device_problem.h"
#include "kernels/sizes.h"

namespace ortnce::kernels::cuda {

/// The arrays of a block, with the address that the block has on one side. Null with a null block.
struct Upload {
  int64_t* labels;          // [B, T]
  int64_t* candidates;      // [S]
  float* true_counts;       // [B, T] or null
  float* sampled_counts;    // [S] or null
  const void** partitions;  // [P]
  int64_t* ends;            // [P] running sums of the sizes

  Upload(const DeviceBatch& batch, const Sample& sample, void* block, CheckedBytes* bytes) {
    labels = bytes->take<int64_t>(block, batch.batch, batch.num_true);
    candidates = bytes->take<int64_t>(block, sample.size);
    true_counts = sample.true_counts == nullptr ? nullptr : bytes->take<float>(block, batch.batch, batch.num_true);
    sampled_counts = sample.sampled_counts == nullptr ? nullptr : bytes->take<float>(block, sample.size);
    partitions = bytes->take<const void*>(block, batch.classes.num_partitions);
    ends = bytes->take<int64_t>(block, batch.classes.num_partitions);
  }

  /// Fills the arrays on the host.
  void fill(const DeviceBatch& batch, const Sample& sample) const;
};

/// Whether every row of `dim` numbers begins at a multiple of 16 bytes: of the inputs, and of all partitions.
bool inputs_aligned(const DeviceBatch& batch);
bool rows_aligned(const DeviceBatch& batch);

}  // namespace ortnce::kernels::cuda
