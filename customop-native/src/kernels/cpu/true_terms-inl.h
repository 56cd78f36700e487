// The terms of the counted labels of one instruction-set level: losses, slopes and their gradients.
#pragma once

#include "kernels/cpu/logits_tile-inl.h"
#include "kernels/cpu/nce_block.h"

namespace ortnce::kernels::cpu {
namespace {

/// softplus(u) - u / counted for each lane, a sum of two non-negative parts.
Floats true_terms(Floats u, Floats counted) {
  const Floats several = u > 0 ? u * ((counted - 1.0f) / counted) : -u / counted;
  return add_log1p(counted == 1.0f ? positive_part(-u) : several, rounded_exp_minus_abs(u));
}

/// The slope of true_terms: sigmoid(u) - 1 / counted; for one label without cancellation.
Floats true_slopes(Floats u, Floats counted) { return counted == 1.0f ? -sigmoid(-u) : sigmoid(u) - 1.0f / counted; }

/// Some counted labels of a block of examples, one a lane.
struct TrueLogits {
  int filled = 0;
  int64_t example[kLanes];     // in the block
  int64_t at[kLanes];          // place in [B, T]
  float offsets[kLanes] = {};  // what is added to the dot product
  float counted[kLanes] = {};  // labels of the example that count
  Floats logits;               // u
};

/// Sets the logits. While one row is read, one some places ahead is fetched: rows lie anywhere.
void set_logits(const NceProblem& p, int64_t first_example, TrueLogits& group) {
  constexpr int kAhead = 4;
  Floats dots[kLanes] = {};
  for (int i = 0; i < group.filled; ++i) {
    const int ahead = i + kAhead < group.filled ? i + kAhead : i;
    const float* const x = p.inputs + (first_example + group.example[i]) * p.dim;
    const void* const next = p.true_rows[group.at[ahead]];
    dots[i] = with_elements(p.row_type, p.true_rows[group.at[i]], [&](const auto* row) {
      return dot_lanes(x, row, p.dim, static_cast<decltype(row)>(next));
    });
  }
  group.logits = sums_of_lanes(dots) + load(group.offsets);
}

/// Calls visit(group) for the counted labels of the examples [example, example + count), in order,
/// in groups that fill the lanes: an example seldom has as many labels.
template <class Visit>
void for_each_true_logits(const NceProblem& p, int64_t example, int64_t count, Visit visit) {
  TrueLogits group;
  const auto visit_group = [&] {
    set_logits(p, example, group);
    visit(group);
    group.filled = 0;
  };
  for (int64_t e = 0; e < count; ++e) {
    const int64_t row = (example + e) * p.num_true;
    const auto counted = static_cast<float>(counted_labels(p, example + e));
    for (int64_t at = row; at < row + p.num_true; ++at) {
      if (p.true_rows[at] == nullptr) continue;
      group.example[group.filled] = e;
      group.at[group.filled] = at;
      group.offsets[group.filled] = p.true_offsets[at];
      group.counted[group.filled] = counted;
      if (++group.filled == kLanes) visit_group();
    }
  }
  if (group.filled > 0) visit_group();
}

void add_true_terms(const TrueLogits& group, double* sums) {
  float terms[kLanes];
  store(terms, true_terms(group.logits, load(group.counted)));
  for (int i = 0; i < group.filled; ++i) sums[group.example[i]] += static_cast<double>(terms[i]);
}

void true_sums(const NceProblem& p, int64_t example, int64_t count, double* sums) {
  for_each_true_logits(p, example, count, [&](const TrueLogits& group) { add_true_terms(group, sums); });
}

void true_gradients(const NceProblem& p, int64_t example, int64_t count, const float* loss_grad, float* slopes,
                    float* inputs_grad, double* sums) {
  for (int64_t at = 0; at < count * p.num_true; ++at) slopes[at] = 0;
  for_each_true_logits(p, example, count, [&](const TrueLogits& group) {
    if (sums != nullptr) add_true_terms(group, sums);
    float of_loss[kLanes];
    store(of_loss, true_slopes(group.logits, load(group.counted)));
    for (int i = 0; i < group.filled; ++i) {
      const int64_t e = group.example[i], at = group.at[i];
      const float slope = loss_grad[e] * of_loss[i];
      slopes[at - example * p.num_true] = slope;
      with_elements(p.row_type, p.true_rows[at],
                    [&](const auto* row) { add_scaled_row(slope, row, p.dim, inputs_grad + e * p.dim); });
    }
  });
}

}  // namespace
}  // namespace ortnce::kernels::cpu
