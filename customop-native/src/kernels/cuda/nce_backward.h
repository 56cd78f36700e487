// Gradient of the noise-contrastive loss on a GPU, by recomputation of the logits.
#pragma once

#include "kernels/cuda/nce_forward.h"
#include "kernels/id_groups.h"

namespace ortnce::kernels::cuda {

/// Where the parts of the gradient go, device memory. U = groups.count().
struct DeviceNceGradients {
  void* inputs = nullptr;    // [B, D] of the type of the problem's inputs
  float* weights = nullptr;  // [U, D]
  float* biases = nullptr;   // [U]; null = not wanted
};

/// What nce_backward needs. `groups`: the counted labels and the candidates grouped by class; the source
/// of a label is its place in [B, T], that of candidate k is B T + k. Returns false if that overflows.
bool nce_backward_bytes(const DeviceNceProblem& problem, const IdGroups& groups, RunBytes* bytes);

/// Queues on `stream` of the current device the gradients of what nce_forward writes, times loss_grad:
/// device memory, [B] (kNone) or one element. Examples without counted labels have none. Occurrences of
/// a class are added in order of their source.
Status nce_backward(const DeviceNceProblem& problem, Reduction reduction, const float* loss_grad,
                    const IdGroups& groups, const RunMemory& memory, Stream stream, const DeviceNceGradients& out);

}  // namespace ortnce::kernels::cuda
