// Sums of softplus over the columns on the tensor cores of compute capability 9.0.
#pragma once

#include "kernels/cuda/columns.cuh"
#include "kernels/cuda/hopper/tensor_map.h"
#include "kernels/cuda/label_mask.cuh"

namespace ortnce::kernels::cuda {

/// As LogitsParams, of rows that the copy engine reads.
struct HopperLossParams {
  TensorMap examples;  // [B, D], boxes of kHopperExamples rows
  TensorMap rows;      // [columns, D], boxes of kHopperColumns rows
  int64_t batch;
  int dim;
  Labels masked;
  Columns columns;
  int64_t slice_tiles;
  double* sums;  // [slices, B]
};

/// Queues sums[slice, i] = sum of softplus of the logits of example i over the columns of the slice. `type`: of both.
Status queue_hopper_loss_sums(ElementType type, const HopperLossParams& params, int64_t slices, Stream stream);

}  // namespace ortnce::kernels::cuda
