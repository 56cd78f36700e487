// The terms of the sampled candidates of one instruction-set level: logits, losses and slopes.
#pragma once

#include "kernels/cpu/accidental_hits-inl.h"
#include "kernels/cpu/subnormals-inl.h"

namespace ortnce::kernels::cpu {
namespace {

/// Panels of a group, whose terms are summed in float before they join a sum in double.
constexpr int64_t kGroupPanels = 2;
constexpr int64_t kGroupWidth = kGroupPanels * kWidth;
static_assert(kGroupPanels * kVectors <= kMostTerms, "one logarithm a group");

/// Calls visit(k, logits) for every panel of candidates [k, k + kWidth) in [first, last), with its logits
/// for the examples [example, example + count), count <= kRows: those of accidental hits and of columns
/// past `last` are -infinity. Calls end_of_group() behind the panels of every group.
template <class Visit, class EndOfGroup>
void for_each_panel(const NceProblem& p, const float* panels, int64_t example, int64_t count, int64_t first,
                    int64_t last, Visit visit, EndOfGroup end_of_group) {
  Hits hits(p, example, count, first);
  alignas(64) float logits[kRows * kWidth];
  alignas(64) float offsets[kWidth] = {};
  const LogitsTile tile = logits_tile_of<ColumnOffsets, kVectors>(static_cast<int>(count));
  const float* const x = p.inputs + example * p.dim;
  const bool subnormal = has_subnormal(x, count * p.dim);
  alignas(64) SplitRows split;
  for (int64_t group = first; group < last; group += kGroupWidth) {
    const int64_t end = last - group < kGroupWidth ? last : group + kGroupWidth;
    for (int64_t k = group; k < end; k += kWidth) {
      const int64_t width = end - k < kWidth ? end - k : kWidth;
      const float* offset = p.sampled_offsets + k;
      if (width < kWidth) {
        for (int64_t c = 0; c < width; ++c) offsets[c] = offset[c];
        offset = offsets;
      }
      const float* const panel = panels + (k - first) * p.dim;
      if (subnormal) {
        logits_of_subnormals(tile, count, x, panel, p.dim, offset, &split, logits);
      } else {
        tile(x, p.dim, panel, p.dim, offset, logits, nullptr);
      }
      for (int64_t e = 0; e < count; ++e) {
        hits.mask(e, k, logits + e * kWidth);
        for (int64_t c = width; c < kWidth; ++c) logits[e * kWidth + c] = kMinusInfinity;
      }
      visit(k, logits);
    }
    end_of_group();
  }
}

/// The sums of softplus over the candidates of up to kRows examples.
class SampledSums {
 public:
  /// Adds the terms of a panel to those of example `e`.
  void add_panel(int64_t e, const SoftplusSum& of_panel) { group_[e] = empty_ ? of_panel : group_[e] + of_panel; }

  void end_panel() { empty_ = false; }

  void end_group(int64_t count) {
    for (int64_t e = 0; e < count; ++e) add_to(totals_[e], group_[e]);
    empty_ = true;
  }

  double total(int64_t e) const { return sum_lanes(totals_[e]); }

 private:
  bool empty_ = true;
  SoftplusSum group_[kRows];
  Doubles totals_[kRows] = {};
};

/// The sum over Vectors vectors, term(v) each, added in a balanced tree.
template <int First, int Vectors, class Term>
[[gnu::always_inline]] inline SoftplusSum sum_of_vectors(const Term& term) {
  if constexpr (Vectors == 1) {
    return term(First);
  } else {
    return sum_of_vectors<First, Vectors / 2>(term) + sum_of_vectors<First + Vectors / 2, Vectors - Vectors / 2>(term);
  }
}

void sampled_sums(const NceProblem& p, const float* panels, int64_t example, int64_t count, int64_t first, int64_t last,
                  double* sums) {
  SampledSums found;
  const auto visit = [&](int64_t, const float* logits) {
    for (int64_t e = 0; e < count; ++e) {
      const auto term = [&](int v) { return softplus_of(load(logits + e * kWidth + v * kLanes)); };
      found.add_panel(e, sum_of_vectors<0, kVectors>(term));
    }
    found.end_panel();
  };
  for_each_panel(p, panels, example, count, first, last, visit, [&] { found.end_group(count); });
  for (int64_t e = 0; e < count; ++e) sums[e] += found.total(e);
}

void sampled_slopes(const NceProblem& p, const float* panels, int64_t example, int64_t count, int64_t first,
                    int64_t last, const float* loss_grad, float* slopes, int64_t stride, double* sums) {
  SampledSums found;
  bool constant[kRows];  // examples whose loss is
  for (int64_t e = 0; e < count; ++e) constant[e] = counted_labels(p, example + e) == 0;
  const auto visit = [&](int64_t k, const float* logits) {
    for (int64_t e = 0; e < count; ++e) {
      float* const out = slopes + e * stride + (k - first);
      const auto term = [&](int v) {
        const Floats logit = load(logits + e * kWidth + v * kLanes), exponential = exp_minus_abs(logit);
        // A masked logit takes no part, not even against an infinite gradient of the loss; nor does an
        // example whose loss is constant, not even with a logit of NaN.
        const Floats slope = loss_grad[e] * sigmoid_of(logit, exponential);
        store(out + v * kLanes, constant[e] ? Floats{} : (logit == kMinusInfinity ? Floats{} : slope));
        return softplus_of(logit, exponential);
      };
      found.add_panel(e, sum_of_vectors<0, kVectors>(term));
    }
    found.end_panel();
  };
  for_each_panel(p, panels, example, count, first, last, visit, [&] { found.end_group(count); });
  for (int64_t e = 0; sums != nullptr && e < count; ++e) sums[e] += found.total(e);
}

}  // namespace
}  // namespace ortnce::kernels::cpu
