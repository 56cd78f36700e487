// Slopes of the labels: d loss / d u, and what they add to the gradients of the inputs.
#pragma once

#include "kernels/cuda/label_logits.cuh"
#include "kernels/cuda/softplus.cuh"

namespace ortnce::kernels::cuda {

struct LabelSlopesParams {
  LabelParams labels;
  CandidateParams candidates;
  const float* loss_grad;  // [B] or one
  bool per_example;        // whether it is [B]
  float divisor;           // of loss_grad
  float* example_grads;    // [B] d / d loss_i; 0 for an example without counted labels
  bool* counted;           // [B] whether it has a counted label
  const void** rows;       // [B] its inputs; null for such an example, whose inputs take no part
  float* slopes;           // [B, T]; those of ignored labels stay unwritten
  float* inputs_grad;      // [B, D] what the labels add
};

/// d loss / d u of one of `counted` labels; for one label without cancellation.
ORTNCE_DEVICE float label_slope(float u, int64_t counted) {
  return counted == 1 ? -sigmoid(-u) : sigmoid(u) - 1.0f / static_cast<float>(counted);
}

/// out = factor * row, or out += factor * row, over `dim` numbers; a warp's work.
template <class W>
ORTNCE_DEVICE void add_scaled(float factor, const W* row, int64_t dim, bool first, float* out) {
  for (int64_t d = thread_index() % kWarp; d < dim; d += kWarp) {
    out[d] = fmaf(factor, widen(row[d]), first ? 0.0f : out[d]);
  }
}

template <class X, class W>
ORTNCE_DEVICE void find_label_slopes(const LabelSlopesParams& p, int64_t example) {
  const LabelParams& of = p.labels;
  const int64_t num_true = of.labels.num_true, counted = of.counted(example);
  const float gradient = counted == 0 ? 0 : p.loss_grad[p.per_example ? example : 0] / p.divisor;
  if (thread_index() % kWarp == 0) {
    p.example_grads[example] = gradient;
    p.counted[example] = counted > 0;
    p.rows[example] = counted == 0 ? nullptr : static_cast<const X*>(of.inputs) + example * of.dim;
  }
  float* const inputs_grad = p.inputs_grad + example * of.dim;
  bool first = true;
  for (int64_t at = example * num_true; at < (example + 1) * num_true; ++at) {
    const int64_t id = of.labels.ids[at];
    if (id < 0) continue;
    const float slope = gradient * label_slope(of.logit<X, W>(at), counted);
    if (thread_index() % kWarp == 0) p.slopes[at] = slope;
    add_scaled(slope, reinterpret_cast<const W*>(of.layer.row(id)), of.dim, first, inputs_grad);
    first = false;
  }
  if (first) {
    for (int64_t d = thread_index() % kWarp; d < of.dim; d += kWarp) inputs_grad[d] = 0;
  }
}

template <class Pair>
ORTNCE_KERNEL(kThreads, 2) label_slopes(ORTNCE_PARAMS LabelSlopesParams p) {
  visit_labels<typename Pair::Weight>(p.labels, p.candidates, [&](int64_t example) {
    find_label_slopes<typename Pair::Input, typename Pair::Weight>(p, example);
  });
}

}  // namespace ortnce::kernels::cuda
