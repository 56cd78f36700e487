// The noise-contrastive loss on a GPU: gather, matrix product and loss in one pass, no logits in memory.
#pragma once

#include "kernels/cuda/device_problem.h"
#include "kernels/cuda/status.h"
#include "kernels/reduction.h"

namespace ortnce::kernels::cuda {

/// One loss problem, with the sample that it uses. Ids and counts were checked.
struct DeviceNceProblem {
  DeviceBatch batch;
  Sample sample;
  bool mask_hits = false;  // leave out candidates that are counted labels of their example
};

/// What nce_forward needs: on the host O(B T + S), on the device O(B T + S) and a bounded number of
/// partial sums an example. Returns false if that overflows.
bool nce_forward_bytes(const DeviceNceProblem& problem, RunBytes* bytes);

/// Queues on `stream` of the current device: loss, device memory, [B] (kNone) or one element, becomes
/// that of kernels::nce_forward and reduce_losses. Products are accumulated in float, terms in double.
///
/// Ids and counts are read before it returns. Errors of kernels that run later show in later calls of
/// the CUDA runtime. The same bits whenever sizes and architecture are the same.
Status nce_forward(const DeviceNceProblem& problem, Reduction reduction, const RunMemory& memory, Stream stream,
                   float* loss);

}  // namespace ortnce::kernels::cuda
