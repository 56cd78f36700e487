// The sigmoid loss over all classes on a GPU: one pass over the embeddings, no [B, V] logits in memory.
#pragma once

#include "kernels/cuda/device_problem.h"
#include "kernels/cuda/status.h"
#include "kernels/reduction.h"

namespace ortnce::kernels::cuda {

/// What full_sigmoid_loss needs: O(B T) and a bounded number of partial sums an example, whatever the
/// number of classes. Returns false if that overflows.
bool full_sigmoid_loss_bytes(const DeviceBatch& batch, int64_t num_classes, RunBytes* bytes);

/// Queues on `stream` of the current device: loss, device memory, [B] (kNone) or one element, becomes
/// sum_c softplus(z_c) - mean z_y of each example, over the classes [0, num_classes). Labels were checked.
/// See nce_forward for the rest.
Status full_sigmoid_loss(const DeviceBatch& batch, int64_t num_classes, Reduction reduction, const RunMemory& memory,
                         Stream stream, float* loss);

}  // namespace ortnce::kernels::cuda
