// Gradient of the noise-contrastive loss, by recomputation of the logits.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/nce_forward.h"
#include "kernels/parallel.h"

namespace ortnce::kernels {

/// Where the parts of the gradient go. The gradients of classes are by candidate and by label, to be
/// summed by class (class_gradients.h).
struct NceGradients {
  float* inputs;           // [B, D]
  float* true_slopes;      // [B, T] d loss / d u_ij; 0 for ignored labels
  float* sampled;          // [S, D] gradient of each candidate's embedding
  float* sampled_biases;   // [S] gradient of each candidate's bias
  double* loss = nullptr;  // [B] the losses of nce_forward, unless null
};

/// Bytes of scratch that nce_backward needs: O(S D) and tiles. Returns false if that overflows.
bool nce_backward_workspace(const NceProblem& problem, size_t* bytes);

/// Writes the gradients of sum_i loss_grad[i] * loss_i, loss_grad [B], which must be 0 for examples
/// without counted labels.
///
/// `workspace`: nce_backward_workspace() bytes, aligned to 64. The result does not depend on how
/// `executor` spreads the work.
void nce_backward(const NceProblem& problem, const float* loss_grad, void* workspace, Executor& executor,
                  const NceGradients& out);

}  // namespace ortnce::kernels
