// Forward pass of the noise-contrastive loss (Gutmann & Hyvarinen, AISTATS 2010; tf.nn.nce_loss):
// gather, matrix product and loss in one pass over blocks of examples and candidates.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/candidate_index.h"
#include "kernels/element_type.h"
#include "kernels/parallel.h"

namespace ortnce::kernels {

/// One loss problem. All arrays are the caller's and outlive the call.
/// B = batch, T = num_true, S = num_sampled, D = dim; each may be 0 (T: only together with B).
struct NceProblem {
  int64_t batch = 0;
  int64_t num_true = 0;
  int64_t num_sampled = 0;
  int64_t dim = 0;
  const float* inputs = nullptr;               // [B, D] row major
  const void* bfloat16_inputs = nullptr;       // the same numbers as bfloat16, if they were given so
  const int64_t* labels = nullptr;             // [B, T] class ids or kIgnoredLabel
  ElementType row_type = ElementType::kFloat;  // of the embeddings
  const void* const* true_rows = nullptr;      // [B, T] embedding row [D] of each label; null = ignored label
  const float* true_offsets = nullptr;         // [B, T] bias - log(expected count); ignored labels: any value
  const void* const* sampled_rows = nullptr;   // [S] embedding row [D] of each candidate
  const float* sampled_offsets = nullptr;      // [S] bias - log(expected count)
  const CandidateIndex* hits = nullptr;        // null = accidental hits stay in the loss
};

/// The number of labels of example i that are not ignored.
int64_t counted_labels(const NceProblem& problem, int64_t i);

/// Begins to fetch the embeddings of the first labels of examples [begin, end) into the second-level
/// cache: rows lie anywhere, and other work hides their way.
void fetch_true_rows(const NceProblem& problem, int64_t begin, int64_t end);

/// Bytes of scratch that nce_forward needs: O(S D + B). Returns false if that overflows.
bool nce_forward_workspace(const NceProblem& problem, size_t* bytes);

/// Writes loss[i] for every example i, [B]; an example without counted labels gets 0.
///
/// loss_i = sum_j (softplus(u_ij) - u_ij / T_i) + sum_k softplus(v_ik),
/// u and v the logits x . w + offset of the T_i counted labels and of the candidates that are no hits.
/// `workspace`: nce_forward_workspace() bytes, aligned to 64. Products are accumulated in float,
/// terms in double. The result does not depend on how `executor` spreads the work.
void nce_forward(const NceProblem& problem, void* workspace, Executor& executor, double* loss);

}  // namespace ortnce::kernels
