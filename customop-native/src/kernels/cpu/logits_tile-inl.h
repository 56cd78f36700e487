// The register-blocked matrix product that all block kernels of one instruction-set level share. The
// including unit defines ORTNCE_LANES and ORTNCE_ROWS (rows of a register tile).
#include "kernels/cpu/vector-inl.h"

#ifndef ORTNCE_ROWS
#error "define ORTNCE_ROWS before including logits_tile-inl.h"
#endif

namespace {

/// A register tile: kRows rows by two vectors of columns. Its accumulators, the two vectors of the
/// panel and a broadcast fill the register file without spilling.
constexpr int kRows = ORTNCE_ROWS;
constexpr int kWidth = 2 * kLanes;

/// Products summed in one chain before they join the total: bounds the rounding error for large D,
/// and the slice of a panel in flight stays in the first-level cache.
constexpr int64_t kChain = 256;

/// One offset a column, [Vectors * kLanes].
struct ColumnOffsets {
  static Floats at(const float* offsets, int, int vector) { return load(offsets + vector * kLanes); }
};

/// One offset a row, [Rows].
struct RowOffsets {
  static Floats at(const float* offsets, int row, int) { return broadcast(offsets[row]); }
};

/// For rows that start at x[m * stride]: logits[m, c] = x_m . panel[:, c] + offset, for the first
/// Vectors vectors of the columns; panel is [dim, kWidth], logits [Rows, kWidth].
template <class Offsets, int Rows, int Vectors>
void logits_tile(const float* x, int64_t stride, const float* panel, int64_t dim, const float* offsets, float* logits) {
  int64_t begin = 0;
  do {
    const int64_t end = dim - begin < kChain ? dim : begin + kChain;
    Floats sum[Rows][Vectors] = {};
    for (int64_t d = begin; d < end; ++d) {
      Floats column[Vectors];
      for (int v = 0; v < Vectors; ++v) column[v] = load(panel + d * kWidth + v * kLanes);
#pragma GCC unroll 16
      for (int m = 0; m < Rows; ++m) {
        const float factor = x[m * stride + d];
        for (int v = 0; v < Vectors; ++v) sum[m][v] += factor * column[v];
      }
    }
#pragma GCC unroll 16
    for (int m = 0; m < Rows; ++m) {
      for (int v = 0; v < Vectors; ++v) {
        float* const at = logits + m * kWidth + v * kLanes;
        const Floats total = begin == 0 ? sum[m][v] : load(at) + sum[m][v];
        store(at, end == dim ? total + Offsets::at(offsets, m, v) : total);
      }
    }
    begin = end;
  } while (begin < dim);
}

using LogitsTile = void (*)(const float*, int64_t, const float*, int64_t, const float*, float*);

/// The tile of `rows` rows, 1 <= rows <= kRows.
template <class Offsets, int Vectors, int Rows = kRows>
LogitsTile logits_tile_of(int rows) {
  if constexpr (Rows == 0) {
    return nullptr;
  } else {
    return rows == Rows ? &logits_tile<Offsets, Rows, Vectors> : logits_tile_of<Offsets, Vectors, Rows - 1>(rows);
  }
}

constexpr float kMinusInfinity = -__builtin_inff();

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

}  // namespace
