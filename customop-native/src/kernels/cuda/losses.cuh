// The losses of examples from their parts, and their reduction.
#pragma once

#include "kernels/cuda/device.cuh"

namespace ortnce::kernels::cuda {

struct LossesParams {
  int64_t batch;
  int64_t slices;
  const double* label_losses;  // [B]; see kNoLabels
  const double* sums;          // [slices, B]
  float* losses;               // [B], or null: only block_sums
  double* block_sums;          // [blocks], or null
};

struct MeanParams {
  int64_t blocks;
  const double* block_sums;  // [blocks]
  double divisor;
  float* loss;
};

/// Queues the losses of all examples.
Status combine_losses(const LossesParams& params, Stream stream);

/// Queues loss = sum of the block sums / divisor.
Status reduce_blocks(const MeanParams& params, Stream stream);

/// Blocks of combine_losses.
int64_t loss_blocks(int64_t batch);

}  // namespace ortnce::kernels::cuda
