// Logits of labels, and the columns of the sampled candidates: what comes before the walks over the columns.
#pragma once

#include "kernels/cuda/columns.cuh"
#include "kernels/cuda/dot.cuh"
#include "kernels/cuda/label_mask.cuh"

namespace ortnce::kernels::cuda {

/// Warps of a block: an example each.
inline constexpr int kLabelWarps = kThreads / kWarp;

/// Labels of a batch and what their logits are made of.
struct LabelParams {
  const void* inputs;  // [B, D]
  int64_t dim;
  bool aligned;  // all rows of inputs and embeddings begin at multiples of 16 bytes
  Labels labels;
  const float* counts;  // [B, T] expected counts, or null
  ClassLayer layer;

  /// The logit of label `at` in [B, T], a warp's work. Ignored labels have none.
  template <class X, class W>
  ORTNCE_DEVICE float logit(int64_t at) const {
    const int64_t id = labels.ids[at];
    const auto* const x = static_cast<const X*>(inputs) + at / labels.num_true * dim;
    const float dot = dot_of_warp(x, reinterpret_cast<const W*>(layer.row(id)), dim, aligned);
    return dot + layer.template offset<W>(id, counts == nullptr ? nullptr : counts + at);
  }

  /// The counted labels of an example, a warp's work.
  ORTNCE_DEVICE int64_t counted(int64_t example) const {
    int count = 0;
    for (int64_t j = thread_index() % kWarp; j < labels.num_true; j += kWarp) {
      count += labels.ids[example * labels.num_true + j] >= 0 ? 1 : 0;
    }
    return sum_of_lanes(count);
  }
};

/// The sampled candidates, and where their columns go.
struct CandidateParams {
  const int64_t* ids;   // [S]
  const float* counts;  // [S] expected counts, or null
  int64_t size;         // S
  const void** rows;    // [S]
  float* offsets;       // [S]
};

/// Blocks of examples, kLabelWarps each.
ORTNCE_HOST_DEVICE int64_t label_blocks(int64_t batch) { return (batch + kLabelWarps - 1) / kLabelWarps; }

/// The blocks of visit_labels().
inline Grid label_grid(const LabelParams& labels, const CandidateParams& candidates) {
  return {label_blocks(labels.labels.batch) + (candidates.size + kThreads - 1) / kThreads};
}

/// The thread's work in a block of candidates.
template <class W>
ORTNCE_DEVICE void prepare_candidate(const CandidateParams& p, const ClassLayer& layer, int64_t block) {
  const int64_t k = block * kThreads + thread_index();
  if (k >= p.size) return;
  p.rows[k] = layer.row(p.ids[k]);
  p.offsets[k] = layer.template offset<W>(p.ids[k], p.counts == nullptr ? nullptr : p.counts + k);
}

/// Calls visit(example) for every example, a warp's work, in the first blocks; the others prepare the candidates.
template <class W, class Visit>
ORTNCE_DEVICE void visit_labels(const LabelParams& labels, const CandidateParams& candidates, Visit&& visit) {
  const int64_t batch = labels.labels.batch, blocks = label_blocks(batch);
  if (block_x() >= blocks) {
    prepare_candidate<W>(candidates, labels.layer, block_x() - blocks);
    return;
  }
  const int64_t example = block_x() * kLabelWarps + thread_index() / kWarp;
  if (example < batch) visit(example);
}

}  // namespace ortnce::kernels::cuda
