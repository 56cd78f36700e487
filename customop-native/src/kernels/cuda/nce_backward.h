// Gradient of the noise-contrastive loss on a GPU, by recomputation of the logits.
#pragma once

#include "kernels/cuda/nce_forward.h"
#include "kernels/id_groups.h"

namespace ortnce::kernels::cuda {

/// Where the parts of the gradient go, device memory; null = not wanted, but for `inputs`. U = groups.count().
struct DeviceNceGradients {
  void* inputs = nullptr;    // [B, D] of the type of the problem's inputs
  float* weights = nullptr;  // [U, D]
  float* biases = nullptr;   // [U]
};

/// Slopes are kept for so many examples and candidates at a time, 32 MiB: they stay in the second-level
/// cache of a large device, and kept they cost one matrix product less than logits that are computed again
/// for the second use.
struct SlopeChunk {
  int64_t examples = 4096, candidates = 2048;
};

/// What nce_backward needs. `groups`: the counted labels and the candidates grouped by class; the source
/// of a label is its place in [B, T], that of candidate k is B T + k. Returns false if that overflows.
bool nce_backward_bytes(const DeviceNceProblem& problem, const IdGroups& groups, const DeviceNceGradients& out,
                        RunBytes* bytes, const SlopeChunk& chunk = {});

/// Queues on `stream` of the current device the gradients of what nce_forward writes, times loss_grad:
/// device memory, [B] (kNone) or one element. Examples without counted labels have none. Occurrences of
/// a class are added in order of their source.
Status nce_backward(const DeviceNceProblem& problem, Reduction reduction, const float* loss_grad,
                    const IdGroups& groups, const RunMemory& memory, Stream stream, const DeviceNceGradients& out,
                    const SlopeChunk& chunk = {});

}  // namespace ortnce::kernels::cuda
