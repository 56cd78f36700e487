// The part of the forward pass that is compiled once per instruction set.
#pragma once

#include <cstdint>

#include "kernels/nce_forward.h"

namespace ortnce::kernels::cpu {

/// The block kernels of one instruction-set level. Plain pointers in, no allocation, no errors.
struct NceBlockKernels {
  const char* level;

  /// Candidates in a panel; packed rows are interleaved in groups of this many.
  int64_t panel_width;

  /// Rows of a register tile of add_products: a multiple of this many wastes no arithmetic.
  int64_t tile_rows;

  /// Examples of one block; more than this many are never passed to the functions below.
  int64_t block_examples;

  /// Packs rows[0 .. count) of length `dim`, count <= panel_width, as panel [dim, panel_width];
  /// missing columns are zero.
  void (*pack_panel)(const float* const* rows, int64_t count, int64_t dim, float* panel);

  /// sums[e] = sum over candidates k in [first, last) of softplus(v_ek), without accidental hits,
  /// for the examples e in [0, count) that start at example `example`. `first` is a multiple of
  /// panel_width; `panels` holds all packed panels.
  void (*sampled_sums)(const NceProblem& problem, const float* panels, int64_t example, int64_t count, int64_t first,
                       int64_t last, double* sums);

  /// sums[e] = sum_j (softplus(u_ej) - u_ej / T_e) over the counted labels of example e.
  void (*true_sums)(const NceProblem& problem, int64_t example, int64_t count, double* sums);

  /// slopes[e * stride + k - first] = loss_grad[e] * sigmoid(v_ek), 0 for accidental hits, for the
  /// examples and candidates of sampled_sums. Writes whole panels: stride is a multiple of
  /// panel_width. Unless `sums` is null, adds what sampled_sums would write.
  void (*sampled_slopes)(const NceProblem& problem, const float* panels, int64_t example, int64_t count, int64_t first,
                         int64_t last, const float* loss_grad, float* slopes, int64_t stride, double* sums);

  /// slopes[e, j] = loss_grad[e] * (sigmoid(u_ej) - 1 / T_e), 0 for ignored labels; adds each slope
  /// times the embedding of its class to inputs_grad[e, :]. Pointers start at `example`. Unless `sums`
  /// is null, writes what true_sums would.
  void (*true_gradients)(const NceProblem& problem, int64_t example, int64_t count, const float* loss_grad,
                         float* slopes, float* inputs_grad, double* sums);

  /// Packs rows[0 .. count) of length `dim` in panels [count, panel_width] of adjacent columns, the
  /// last filled up with zeros. Panels begin `panel_stride` floats apart: count * panel_width, or
  /// more where other rows follow.
  void (*pack_rows)(const float* const* rows, int64_t count, int64_t dim, float* packed, int64_t panel_stride);

  /// out[m, :] += sum over t in [0, steps) of factors[m * by_row + t * by_step] * row t, for m in
  /// [0, rows); out is [rows, dim], the rows are those of pack_rows.
  void (*add_products)(const float* factors, int64_t by_row, int64_t by_step, int64_t rows, const float* packed,
                       int64_t steps, int64_t dim, float* out);

  /// out[c] += sum over m in [0, rows) of matrix[m * stride + c], for c in [0, columns), columns <=
  /// panel_width; panel_width columns are read. Sums run in double, in order of the rows.
  void (*add_column_sums)(const float* matrix, int64_t stride, int64_t rows, int64_t columns, float* out);

  /// y = a x.
  void (*set_scaled)(float a, const float* x, int64_t count, float* y);

  /// y += a x.
  void (*add_scaled)(float a, const float* x, int64_t count, float* y);

  /// out[i] = softplus(x[i]); for tests of the arithmetic alone.
  void (*softplus)(const float* x, int64_t count, float* out);
};

extern const NceBlockKernels kBaselineKernels;
#ifdef __x86_64__
extern const NceBlockKernels kAvx2Kernels;
extern const NceBlockKernels kAvx512Kernels;
#elif defined(__aarch64__)
extern const NceBlockKernels kNeonKernels;
#endif

}  // namespace ortnce::kernels::cpu
