// The block kernels of one instruction-set level. The including unit defines ORTNCE_LANES,
// ORTNCE_ROWS (examples of a register tile), ORTNCE_LEVEL (name) and ORTNCE_KERNELS (variable).
#include "kernels/cpu/nce_block.h"
#include "kernels/cpu/vector-inl.h"

namespace ortnce::kernels::cpu {
namespace {

/// A register tile: kRows examples by two vectors of candidates. Its accumulators, the two vectors
/// of the panel and a broadcast fill the register file without spilling.
constexpr int kRows = ORTNCE_ROWS;
constexpr int kWidth = 2 * kLanes;
constexpr int64_t kBlockExamples = 4 * kRows;

/// Products summed in one chain before they join the total: bounds the rounding error for large D,
/// and the slice of a panel in flight stays in the first-level cache.
constexpr int64_t kChain = 256;

/// For examples whose rows start at x[m * stride]: logits[m, c] = x_m . panel[:, c] + offsets[c].
template <int Rows>
void logits_tile(const float* x, int64_t stride, const float* panel, int64_t dim, const float* offsets,
                 float* logits) {
  const Floats offset[2] = {load(offsets), load(offsets + kLanes)};
  int64_t begin = 0;
  do {
    const int64_t end = dim - begin < kChain ? dim : begin + kChain;
    Floats sum[Rows][2] = {};
    for (int64_t d = begin; d < end; ++d) {
      const Floats left = load(panel + d * kWidth), right = load(panel + d * kWidth + kLanes);
#pragma GCC unroll 16
      for (int m = 0; m < Rows; ++m) {
        const float factor = x[m * stride + d];
        sum[m][0] += factor * left;
        sum[m][1] += factor * right;
      }
    }
#pragma GCC unroll 16
    for (int m = 0; m < Rows; ++m) {
      for (int v = 0; v < 2; ++v) {
        float* const at = logits + m * kWidth + v * kLanes;
        const Floats total = begin == 0 ? sum[m][v] : load(at) + sum[m][v];
        store(at, end == dim ? total + offset[v] : total);
      }
    }
    begin = end;
  } while (begin < dim);
}

using LogitsTile = void (*)(const float*, int64_t, const float*, int64_t, const float*, float*);

template <int Rows>
LogitsTile logits_tile_of(int rows) {
  if constexpr (Rows == 0) {
    return nullptr;
  } else {
    return rows == Rows ? &logits_tile<Rows> : logits_tile_of<Rows - 1>(rows);
  }
}

constexpr float kMinusInfinity = -__builtin_inff();

/// Walks the accidental hits of one label in order of position.
struct HitCursor {
  const CandidateIndex::Entry* entry;  // next hit, or null
  const CandidateIndex::Entry* end;
  int64_t id;
};

/// The hits of label j of `example` at or after candidate `first`.
HitCursor hits_of(const NceProblem& p, int64_t example, int64_t j, int64_t first) {
  const int64_t at = example * p.num_true + j;
  const bool counted = p.true_rows[at] != nullptr;
  return {counted ? p.hits->find(p.labels[at], first) : nullptr, p.hits->end(), p.labels[at]};
}

/// Sets the logits of accidental hits in candidates [first, first + kWidth) to -infinity, whose
/// softplus is 0.
void mask_hits(HitCursor& c, int64_t first, float* logits) {
  if (c.entry == nullptr) return;
  for (; c.entry != c.end && c.entry->id == c.id && c.entry->position < first + kWidth; ++c.entry) {
    logits[c.entry->position - first] = kMinusInfinity;
  }
}

void pack_panel(const float* const* rows, int64_t count, int64_t dim, float* panel) {
  constexpr int64_t kDepth = 16;  // a cache line of every row at a time
  for (int64_t begin = 0; begin < dim; begin += kDepth) {
    const int64_t end = dim - begin < kDepth ? dim : begin + kDepth;
    for (int64_t c = 0; c < count; ++c) {
      for (int64_t d = begin; d < end; ++d) panel[d * kWidth + c] = rows[c][d];
    }
    for (int64_t d = begin; d < end; ++d) {
      for (int64_t c = count; c < kWidth; ++c) panel[d * kWidth + c] = 0;
    }
  }
}

/// Labels of an example whose hits are tracked from panel to panel; with more, each panel looks
/// them up again.
constexpr int64_t kTrackedLabels = 16;

void sampled_sums(const NceProblem& p, const float* panels, int64_t example, int64_t count, int64_t first,
                  int64_t last, double* sums) {
  Doubles totals[kBlockExamples] = {};
  HitCursor cursors[kBlockExamples * kTrackedLabels];
  const bool tracked = p.hits != nullptr && p.num_true <= kTrackedLabels;
  if (tracked) {
    for (int64_t e = 0; e < count; ++e) {
      for (int64_t j = 0; j < p.num_true; ++j) cursors[e * p.num_true + j] = hits_of(p, example + e, j, first);
    }
  }
  alignas(64) float logits[kRows * kWidth];
  alignas(64) float offsets[kWidth] = {};
  for (int64_t k = first; k < last; k += kWidth) {
    const int64_t width = last - k < kWidth ? last - k : kWidth;
    const float* offset = p.sampled_offsets + k;
    if (width < kWidth) {
      for (int64_t c = 0; c < width; ++c) offsets[c] = offset[c];
      offset = offsets;
    }
    for (int64_t e = 0; e < count; e += kRows) {
      const int rows = static_cast<int>(count - e < kRows ? count - e : kRows);
      const LogitsTile tile = rows == kRows ? &logits_tile<kRows> : logits_tile_of<kRows>(rows);
      tile(p.inputs + (example + e) * p.dim, p.dim, panels + k * p.dim, p.dim, offset, logits);
      for (int m = 0; m < rows; ++m) {
        float* const row = logits + m * kWidth;
        for (int64_t j = 0; p.hits != nullptr && j < p.num_true; ++j) {
          HitCursor fresh = tracked ? HitCursor{} : hits_of(p, example + e + m, j, k);
          mask_hits(tracked ? cursors[(e + m) * p.num_true + j] : fresh, k, row);
        }
        for (int64_t c = width; c < kWidth; ++c) row[c] = kMinusInfinity;
        const Floats terms = softplus(load(row)) + softplus(load(row + kLanes));
        totals[e + m] += __builtin_convertvector(terms, Doubles);
      }
    }
  }
  for (int64_t e = 0; e < count; ++e) sums[e] = sum_lanes(totals[e]);
}

/// softplus(u) - u / counted for each lane, a sum of two non-negative parts.
Floats true_terms(Floats u, int64_t counted) {
  if (counted == 1) return softplus(-u);
  const auto n = static_cast<float>(counted);
  const Floats linear = u > 0 ? u * ((n - 1) / n) : -u / n;
  return add_log1p(linear, exp_minus_abs(u));
}

void true_sums(const NceProblem& p, int64_t example, int64_t count, double* sums) {
  for (int64_t e = 0; e < count; ++e) {
    const int64_t row = (example + e) * p.num_true;
    const float* const x = p.inputs + (example + e) * p.dim;
    const int64_t counted = counted_labels(p, example + e);
    sums[e] = 0;
    for (int64_t j = 0; j < p.num_true;) {
      float logits[kLanes] = {}, terms[kLanes];
      int filled = 0;
      for (; j < p.num_true && filled < kLanes; ++j) {
        if (p.true_rows[row + j] == nullptr) continue;
        logits[filled++] = dot(x, p.true_rows[row + j], p.dim) + p.true_offsets[row + j];
      }
      store(terms, true_terms(load(logits), counted));
      for (int i = 0; i < filled; ++i) sums[e] += static_cast<double>(terms[i]);
    }
  }
}

void softplus_array(const float* x, int64_t count, float* out) {
  for (int64_t i = 0; i < count; i += kLanes) {
    const int64_t n = count - i < kLanes ? count - i : kLanes;
    float lanes[kLanes] = {};
    for (int64_t lane = 0; lane < n; ++lane) lanes[lane] = x[i + lane];
    store(lanes, softplus(load(lanes)));
    for (int64_t lane = 0; lane < n; ++lane) out[i + lane] = lanes[lane];
  }
}

}  // namespace

const NceBlockKernels ORTNCE_KERNELS = {
    ORTNCE_LEVEL, kWidth, kBlockExamples, &pack_panel, &sampled_sums, &true_sums, &softplus_array,
};

}  // namespace ortnce::kernels::cpu
