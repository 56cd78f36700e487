// The terms of the labels in the losses.
#pragma once

#include "kernels/cuda/label_logits.cuh"
#include "kernels/cuda/softplus.cuh"

namespace ortnce::kernels::cuda {

/// The loss of the labels of an example without counted labels: no loss is negative.
inline constexpr double kNoLabels = -1;

struct LabelLossesParams {
  LabelParams labels;
  bool by_class;   // labels of one class are one term, with all their shares
  double* losses;  // [B]; kNoLabels where there is none
  CandidateParams candidates;
};

/// softplus(u) - share u as a sum of non-negative terms; infinite u gives the limit.
ORTNCE_DEVICE double label_loss(float u, double share) {
  const auto x = static_cast<double>(u);
  double linear = x > 0 ? x * (1 - share) : -x * share;
  if (share == 1) linear = static_cast<double>(larger(-u, 0.0f));
  return linear + static_cast<double>(log_one_plus(exp_minus_abs(u)));
}

/// How often the class of label j is among the labels of its example; 0 if an earlier label has it too. A
/// warp's work.
ORTNCE_DEVICE int64_t occurrences(const int64_t* labels, int64_t num_true, int64_t j) {
  int earlier = 0, all = 0;
  for (int64_t other = thread_index() % kWarp; other < num_true; other += kWarp) {
    if (labels[other] != labels[j]) continue;
    earlier += other < j ? 1 : 0;
    ++all;
  }
  earlier = sum_of_lanes(earlier);
  all = sum_of_lanes(all);
  return earlier > 0 ? 0 : all;
}

/// losses[example] = sum of its labels' terms. A warp's work.
template <class X, class W>
ORTNCE_DEVICE void add_label_losses(const LabelLossesParams& p, int64_t example) {
  const LabelParams& of = p.labels;
  const int64_t num_true = of.labels.num_true, counted = of.counted(example);
  const int64_t* const ids = of.labels.ids + example * num_true;
  double loss = counted == 0 ? kNoLabels : 0;
  for (int64_t j = 0; j < num_true; ++j) {
    if (ids[j] < 0) continue;
    const int64_t count = p.by_class ? occurrences(ids, num_true, j) : 1;
    if (count == 0) continue;
    const float u = of.logit<X, W>(example * num_true + j);
    loss += label_loss(u, static_cast<double>(count) / static_cast<double>(counted));
  }
  if (thread_index() % kWarp == 0) p.losses[example] = loss;
}

template <class Pair>
ORTNCE_KERNEL(kThreads, 2) label_losses(ORTNCE_PARAMS LabelLossesParams p) {
  visit_labels<typename Pair::Weight>(p.labels, p.candidates, [&](int64_t example) {
    add_label_losses<typename Pair::Input, typename Pair::Weight>(p, example);
  });
}

}  // namespace ortnce::kernels::cuda
