// The block kernels of one instruction-set level. The including unit defines ORTNCE_LANES,
// ORTNCE_ROWS (examples of a register tile), ORTNCE_LEVEL (name) and ORTNCE_KERNELS (variable).
#include "kernels/cpu/logits_tile-inl.h"
#include "kernels/cpu/nce_block.h"

namespace ortnce::kernels::cpu {
namespace {

constexpr int64_t kBlockExamples = 4 * kRows;

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
/// softplus and sigmoid are 0.
void mask_hits(HitCursor& c, int64_t first, float* logits) {
  if (c.entry == nullptr) return;
  for (; c.entry != c.end && c.entry->id == c.id && c.entry->position < first + kWidth; ++c.entry) {
    logits[c.entry->position - first] = kMinusInfinity;
  }
}

/// Labels of an example whose hits are tracked from panel to panel; with more, each panel looks
/// them up again.
constexpr int64_t kTrackedLabels = 16;

/// Calls visit(e, k, logits) for every example e in [0, count) from `example` on and every panel of
/// candidates [k, k + kWidth) in [first, last): the logits of accidental hits and of columns past
/// `last` are -infinity.
template <class Visit>
void for_each_logits(const NceProblem& p, const float* panels, int64_t example, int64_t count, int64_t first,
                     int64_t last, Visit visit) {
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
      const LogitsTile tile =
          rows == kRows ? &logits_tile<ColumnOffsets, kRows, 2> : logits_tile_of<ColumnOffsets, 2>(rows);
      tile(p.inputs + (example + e) * p.dim, p.dim, panels + k * p.dim, p.dim, offset, logits);
      for (int m = 0; m < rows; ++m) {
        float* const row = logits + m * kWidth;
        for (int64_t j = 0; p.hits != nullptr && j < p.num_true; ++j) {
          HitCursor fresh = tracked ? HitCursor{} : hits_of(p, example + e + m, j, k);
          mask_hits(tracked ? cursors[(e + m) * p.num_true + j] : fresh, k, row);
        }
        for (int64_t c = width; c < kWidth; ++c) row[c] = kMinusInfinity;
        visit(e + m, k, row);
      }
    }
  }
}

void sampled_sums(const NceProblem& p, const float* panels, int64_t example, int64_t count, int64_t first, int64_t last,
                  double* sums) {
  Doubles totals[kBlockExamples] = {};
  for_each_logits(p, panels, example, count, first, last, [&](int64_t e, int64_t, const float* logits) {
    const Floats terms = softplus(load(logits)) + softplus(load(logits + kLanes));
    totals[e] += __builtin_convertvector(terms, Doubles);
  });
  for (int64_t e = 0; e < count; ++e) sums[e] = sum_lanes(totals[e]);
}

template <bool WithSums>
void sampled_slopes_and_sums(const NceProblem& p, const float* panels, int64_t example, int64_t count, int64_t first,
                             int64_t last, const float* loss_grad, float* slopes, int64_t stride, double* sums) {
  Doubles totals[kBlockExamples] = {};
  for_each_logits(p, panels, example, count, first, last, [&](int64_t e, int64_t k, const float* logits) {
    float* const out = slopes + e * stride + (k - first);
    const bool constant = counted_labels(p, example + e) == 0;
    if constexpr (WithSums) {
      const Floats terms = softplus(load(logits)) + softplus(load(logits + kLanes));
      totals[e] += __builtin_convertvector(terms, Doubles);
    }
    for (int v = 0; v < 2; ++v) {
      const Floats logit = load(logits + v * kLanes);
      // A masked logit takes no part, not even against an infinite gradient of the loss; nor does an
      // example whose loss is constant, not even with a logit of NaN.
      const Floats slope = loss_grad[e] * sigmoid(logit);
      store(out + v * kLanes, constant ? Floats{} : (logit == kMinusInfinity ? Floats{} : slope));
    }
  });
  for (int64_t e = 0; WithSums && e < count; ++e) sums[e] += sum_lanes(totals[e]);
}

void sampled_slopes(const NceProblem& p, const float* panels, int64_t example, int64_t count, int64_t first,
                    int64_t last, const float* loss_grad, float* slopes, int64_t stride, double* sums) {
  const auto kernel = sums == nullptr ? &sampled_slopes_and_sums<false> : &sampled_slopes_and_sums<true>;
  kernel(p, panels, example, count, first, last, loss_grad, slopes, stride, sums);
}

/// softplus(u) - u / counted for each lane, a sum of two non-negative parts.
Floats true_terms(Floats u, Floats counted) {
  const Floats several = u > 0 ? u * ((counted - 1.0f) / counted) : -u / counted;
  return add_log1p(counted == 1.0f ? positive_part(-u) : several, exp_minus_abs(u));
}

/// The slope of true_terms: sigmoid(u) - 1 / counted; for one label without cancellation.
Floats true_slopes(Floats u, Floats counted) { return counted == 1.0f ? -sigmoid(-u) : sigmoid(u) - 1.0f / counted; }

/// Some counted labels of a block of examples, one a lane.
struct TrueLogits {
  int filled = 0;
  int64_t example[kLanes];     // in the block
  int64_t at[kLanes];          // place in [B, T]
  float logits[kLanes] = {};   // u
  float counted[kLanes] = {};  // labels of the example that count
};

/// Calls visit(group) for the counted labels of the examples [example, example + count), in order,
/// in groups that fill the lanes: an example seldom has as many labels.
template <class Visit>
void for_each_true_logits(const NceProblem& p, int64_t example, int64_t count, Visit visit) {
  TrueLogits group;
  for (int64_t e = 0; e < count; ++e) {
    const int64_t row = (example + e) * p.num_true;
    const float* const x = p.inputs + (example + e) * p.dim;
    const auto counted = static_cast<float>(counted_labels(p, example + e));
    for (int64_t at = row; at < row + p.num_true; ++at) {
      if (p.true_rows[at] == nullptr) continue;
      group.example[group.filled] = e;
      group.at[group.filled] = at;
      group.logits[group.filled] = dot(x, p.true_rows[at], p.dim) + p.true_offsets[at];
      group.counted[group.filled] = counted;
      if (++group.filled == kLanes) {
        visit(group);
        group.filled = 0;
      }
    }
  }
  if (group.filled > 0) visit(group);
}

void add_true_terms(const TrueLogits& group, double* sums) {
  float terms[kLanes];
  store(terms, true_terms(load(group.logits), load(group.counted)));
  for (int i = 0; i < group.filled; ++i) sums[group.example[i]] += static_cast<double>(terms[i]);
}

void true_sums(const NceProblem& p, int64_t example, int64_t count, double* sums) {
  for (int64_t e = 0; e < count; ++e) sums[e] = 0;
  for_each_true_logits(p, example, count, [&](const TrueLogits& group) { add_true_terms(group, sums); });
}

void true_gradients(const NceProblem& p, int64_t example, int64_t count, const float* loss_grad, float* slopes,
                    float* inputs_grad, double* sums) {
  for (int64_t at = 0; at < count * p.num_true; ++at) slopes[at] = 0;
  for (int64_t e = 0; sums != nullptr && e < count; ++e) sums[e] = 0;
  for_each_true_logits(p, example, count, [&](const TrueLogits& group) {
    if (sums != nullptr) add_true_terms(group, sums);
    float of_loss[kLanes];
    store(of_loss, true_slopes(load(group.logits), load(group.counted)));
    for (int i = 0; i < group.filled; ++i) {
      const int64_t e = group.example[i], at = group.at[i];
      const float slope = loss_grad[e] * of_loss[i];
      slopes[at - example * p.num_true] = slope;
      add_scaled_row(slope, p.true_rows[at], p.dim, inputs_grad + e * p.dim);
    }
  });
}

void pack_rows(const float* const* rows, int64_t count, int64_t dim, float* packed, int64_t panel_stride) {
  for (int64_t d = 0; d < dim; d += kWidth, packed += panel_stride) {
    const int64_t width = dim - d < kWidth ? dim - d : kWidth;
    for (int64_t t = 0; t < count; ++t) {
      float* const to = packed + t * kWidth;
      for (int64_t c = 0; c < width; ++c) to[c] = rows[t][d + c];
      for (int64_t c = width; c < kWidth; ++c) to[c] = 0;
    }
  }
}

/// out[m, 0 .. width) += sum_t factors[m * by_row + t * by_step] packed[t, :] for a tile of Rows rows.
template <int Rows>
void products_tile(const float* factors, int64_t by_row, int64_t by_step, const float* packed, int64_t steps,
                   int64_t width, float* out, int64_t stride) {
  for (int64_t begin = 0; begin < steps; begin += kChain) {
    const int64_t end = steps - begin < kChain ? steps : begin + kChain;
    Floats sum[Rows][2] = {};
    for (int64_t t = begin; t < end; ++t) {
      const Floats left = load(packed + t * kWidth), right = load(packed + t * kWidth + kLanes);
#pragma GCC unroll 16
      for (int m = 0; m < Rows; ++m) {
        const float factor = factors[m * by_row + t * by_step];
        sum[m][0] += factor * left;
        sum[m][1] += factor * right;
      }
    }
#pragma GCC unroll 16
    for (int m = 0; m < Rows; ++m) {
      float* const row = out + m * stride;
      if (width == kWidth) {
        store(row, load(row) + sum[m][0]);
        store(row + kLanes, load(row + kLanes) + sum[m][1]);
      } else {
        float lanes[kWidth];
        store(lanes, sum[m][0]);
        store(lanes + kLanes, sum[m][1]);
        for (int64_t c = 0; c < width; ++c) row[c] += lanes[c];
      }
    }
  }
}

using ProductsTile = void (*)(const float*, int64_t, int64_t, const float*, int64_t, int64_t, float*, int64_t);

template <int Rows>
ProductsTile products_tile_of(int rows) {
  if constexpr (Rows == 0) {
    return nullptr;
  } else {
    return rows == Rows ? &products_tile<Rows> : products_tile_of<Rows - 1>(rows);
  }
}

void add_products(const float* factors, int64_t by_row, int64_t by_step, int64_t rows, const float* packed,
                  int64_t steps, int64_t dim, float* out) {
  for (int64_t d = 0; d < dim; d += kWidth) {
    const int64_t width = dim - d < kWidth ? dim - d : kWidth;
    const float* const panel = packed + d * steps;
    for (int64_t m = 0; m < rows; m += kRows) {
      const int tile_rows = static_cast<int>(rows - m < kRows ? rows - m : kRows);
      const ProductsTile tile = tile_rows == kRows ? &products_tile<kRows> : products_tile_of<kRows>(tile_rows);
      tile(factors + m * by_row, by_row, by_step, panel, steps, width, out + m * dim + d, dim);
    }
  }
}

void add_column_sums(const float* matrix, int64_t stride, int64_t rows, int64_t columns, float* out) {
  constexpr int kHalf = kLanes / 2, kParts = kWidth / kHalf;
  HalfDoubles sums[kParts] = {};
  for (int64_t m = 0; m < rows; ++m) {
#pragma GCC unroll 4
    for (int part = 0; part < kParts; ++part) {
      const auto* const at = reinterpret_cast<const LooseHalfFloats*>(matrix + m * stride + part * kHalf);
      sums[part] += __builtin_convertvector(*at, HalfDoubles);
    }
  }
  float totals[kWidth];
#pragma GCC unroll 4
  for (int part = 0; part < kParts; ++part) {
    *reinterpret_cast<LooseHalfFloats*>(totals + part * kHalf) = __builtin_convertvector(sums[part], LooseHalfFloats);
  }
  for (int64_t c = 0; c < columns; ++c) out[c] += totals[c];
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
    ORTNCE_LEVEL,  kWidth,           kRows,           kBlockExamples,  &pack_panel,
    &sampled_sums, &true_sums,       &sampled_slopes, &true_gradients, &pack_rows,
    &add_products, &add_column_sums, &set_scaled_row, &add_scaled_row, &softplus_array,
};

}  // namespace ortnce::kernels::cpu
