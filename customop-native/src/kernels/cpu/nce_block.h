// The part of the forward pass that is compiled once per instruction set.
#pragma once

#include <cstdint>

#include "kernels/nce_forward.h"

namespace ortnce::kernels::cpu {

/// The block kernels of one instruction-set level. Plain pointers in, no allocation, no errors.
struct NceBlockKernels {
  const char* level;

  /// Floats of a register.
  int64_t lanes;

  /// Candidates in a panel; packed rows are interleaved in groups of this many.
  int64_t panel_width;

  /// Panels whose terms are summed in float before they join a sum in double: slices of candidates
  /// begin at multiples of so many, so that they do not change the sums.
  int64_t group_panels;

  /// Rows of a register tile: a multiple of this many examples, or rows of add_products, wastes no
  /// arithmetic. More examples are never passed to sampled_sums and sampled_slopes.
  int64_t tile_rows;

  /// Packs rows[0 .. count) of length `dim`, count <= panel_width, as panel [dim, panel_width];
  /// missing columns are zero.
  void (*pack_panel)(ElementType type, const void* const* rows, int64_t count, int64_t dim, float* panel);

  /// sums[e] += sum over candidates k in [first, last) of softplus(v_ek), without accidental hits,
  /// for the examples e in [0, count) that start at example `example`. `first` is that of a group of
  /// panels; `panels` holds the packed panels from that of `first` on.
  void (*sampled_sums)(const NceProblem& problem, const float* panels, int64_t example, int64_t count, int64_t first,
                       int64_t last, double* sums);

  /// sums[e] += sum_j (softplus(u_ej) - u_ej / T_e) over the counted labels of example e.
  void (*true_sums)(const NceProblem& problem, int64_t example, int64_t count, double* sums);

  /// slopes[e * stride + k - first] = loss_grad[e] * sigmoid(v_ek), 0 for accidental hits, for the
  /// examples and candidates of sampled_sums. Writes whole panels. Unless `sums` is null, adds what
  /// sampled_sums would.
  void (*sampled_slopes)(const NceProblem& problem, const float* panels, int64_t example, int64_t count, int64_t first,
                         int64_t last, const float* loss_grad, float* slopes, int64_t stride, double* sums);

  /// slopes[e, j] = loss_grad[e] * (sigmoid(u_ej) - 1 / T_e), 0 for ignored labels; adds each slope
  /// times the embedding of its class to inputs_grad[e, :]. Pointers start at `example`. Unless `sums`
  /// is null, adds what true_sums would.
  void (*true_gradients)(const NceProblem& problem, int64_t example, int64_t count, const float* loss_grad,
                         float* slopes, float* inputs_grad, double* sums);

  /// Packs rows[0 .. count) of length `dim` in panels [count, panel_width] of adjacent columns, the
  /// last filled up with zeros. Panels begin `panel_stride` floats apart: count * panel_width, or
  /// more where other rows follow.
  void (*pack_rows)(ElementType type, const void* const* rows, int64_t count, int64_t dim, float* packed,
                    int64_t panel_stride);

  /// out[m * stride + c] += sum over t in [0, steps) of factors[m * by_row + t * by_step] * panel[t, c],
  /// for m in [0, rows) and c in [0, width), width <= panel_width; `out` counts as 0 unless `add`. `panel`
  /// is one of those of pack_rows, [steps, panel_width].
  void (*add_products)(const float* factors, int64_t by_row, int64_t by_step, int64_t rows, const float* panel,
                       int64_t steps, int64_t width, float* out, int64_t stride, bool add);

  /// out[c] += sum over m in [0, rows) of matrix[m * stride + c], for c in [0, columns), columns <=
  /// panel_width; panel_width columns are read. Sums run in double, in order of the rows.
  void (*add_column_sums)(const float* matrix, int64_t stride, int64_t rows, int64_t columns, float* out);

  /// y = a x.
  void (*set_scaled)(float a, const float* x, int64_t count, float* y);

  /// y += a x.
  void (*add_scaled)(float a, const float* x, int64_t count, float* y);

  /// offsets[i] -= log(counts[i]), in double and rounded once, for positive finite counts; where a count
  /// is not, the result is any number.
  void (*subtract_logs)(const float* counts, int64_t count, float* offsets);

  /// out[i] = softplus(x[i]); for tests of the arithmetic alone.
  void (*softplus)(const float* x, int64_t count, float* out);
};

extern const NceBlockKernels kBaselineKernels;
#ifdef __x86_64__
extern const NceBlockKernels kAvx2Kernels;
extern const NceBlockKernels kAvx512Kernels;
extern const NceBlockKernels kAvx512Bf16Kernels;  // of pairs
#elif defined(__aarch64__)
extern const NceBlockKernels kNeonKernels;
#endif

}  // namespace ortnce::kernels::cpu
