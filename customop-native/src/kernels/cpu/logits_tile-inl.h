// The register-blocked matrix product that all block kernels of one instruction-set level share. The
// including unit defines ORTNCE_LANES, and ORTNCE_ROWS and ORTNCE_VECTORS (rows of a register tile, and
// vectors of its columns).
#pragma once

#include "kernels/cpu/row-inl.h"
#include "kernels/cpu/softplus-inl.h"

#if !defined(ORTNCE_ROWS) || !defined(ORTNCE_VECTORS)
#error "define ORTNCE_ROWS and ORTNCE_VECTORS before including logits_tile-inl.h"
#endif

namespace {

/// A register tile: kRows rows by kVectors vectors of columns. Its accumulators, the vectors of the
/// panel and a broadcast fill the register file without spilling.
constexpr int kRows = ORTNCE_ROWS;
constexpr int kVectors = ORTNCE_VECTORS;
constexpr int kWidth = kVectors * kLanes;

/// Products summed in one chain before they join the total: bounds the rounding error for large D,
/// and the slice of a panel in flight stays in the first-level cache.
#ifdef ORTNCE_BFLOAT16_PAIRS
constexpr int64_t kChain = 128;  // of two products
#else
constexpr int64_t kChain = 256;
#endif

/// One offset a column, [Vectors * kLanes].
struct ColumnOffsets {
  static Floats at(const float* offsets, int, int vector) { return load(offsets + vector * kLanes); }
};

/// One offset a row, [Rows].
struct RowOffsets {
  static Floats at(const float* offsets, int row, int) { return broadcast(offsets[row]); }
};

/// For rows that start at x[m * stride]: logits[m, c] = x_m . panel[:, c] + offset, for the first
/// Vectors vectors of the columns; panel is [dim, kWidth], logits [Rows, kWidth]. With Fetch, as many
/// rows from `ahead` on, one behind the other, are fetched into the second-level cache meanwhile.
template <class Offsets, int Rows, int Vectors, bool Fetch = false>
void logits_tile(const float* x, int64_t stride, const float* panel, int64_t dim, const float* offsets, float* logits,
                 const float* ahead = nullptr) {
  int64_t begin = 0;
  do {
    const int64_t end = dim - begin < kChain ? dim : begin + kChain;
    Floats sum[Rows][Vectors] = {};
    for (int64_t d = begin; d < end; ++d) {
      if constexpr (Fetch) __builtin_prefetch(ahead + d * Rows, 0, 2);
      Floats column[Vectors];
#pragma GCC unroll 4
      for (int v = 0; v < Vectors; ++v) column[v] = load(panel + d * kWidth + v * kLanes);
#pragma GCC unroll 16
      for (int m = 0; m < Rows; ++m) {
        const Floats factor = broadcast_lane(x + m * stride + d);
#pragma GCC unroll 4
        for (int v = 0; v < Vectors; ++v) sum[m][v] = multiply_add(factor, column[v], sum[m][v]);
      }
    }
#pragma GCC unroll 16
    for (int m = 0; m < Rows; ++m) {
#pragma GCC unroll 4
      for (int v = 0; v < Vectors; ++v) {
        float* const at = logits + m * kWidth + v * kLanes;
        const Floats total = begin == 0 ? sum[m][v] : load(at) + sum[m][v];
        store(at, end == dim ? total + Offsets::at(offsets, m, v) : total);
      }
    }
    begin = end;
  } while (begin < dim);
}

using LogitsTile = void (*)(const float*, int64_t, const float*, int64_t, const float*, float*, const float*);

/// The tile of `rows` rows, 1 <= rows <= kRows. Only that of kRows fetches ahead.
template <class Offsets, int Vectors, int Rows = kRows>
LogitsTile logits_tile_of(int rows, bool fetch = false) {
  if constexpr (Rows == 0) {
    return nullptr;
  } else {
    if (rows != Rows) return logits_tile_of<Offsets, Vectors, Rows - 1>(rows);
    return Rows == kRows && fetch ? &logits_tile<Offsets, kRows, Vectors, true> : &logits_tile<Offsets, Rows, Vectors>;
  }
}

constexpr float kMinusInfinity = -__builtin_inff();

template <class Element>
void pack_panel_of(const void* const* rows, int64_t count, int64_t dim, float* panel) {
  const auto row = [&](int64_t c) { return static_cast<const Element*>(rows[c]); };
  for (int64_t c = 0; c < kWidth; c += kLanes) {
    const auto filled = static_cast<int>(count - c < kLanes ? count - c : kLanes);
    int64_t d = 0;
    for (; d + kLanes <= dim; d += kLanes) {
      Floats square[kLanes] = {};
      for (int i = 0; i < filled; ++i) square[i] = load(row(c + i) + d);
      transpose(square);
      for (int i = 0; i < kLanes; ++i) store(panel + (d + i) * kWidth + c, square[i]);
    }
    for (int i = 0; d < dim && i < kLanes; ++i) {
      float buffer[kLanes] = {};
      const float* const rest = i < filled ? elements(row(c + i), d, dim, buffer) : buffer;
      for (int64_t at = d; at < dim; ++at) panel[at * kWidth + c + i] = rest[at - d];
    }
  }
}

void pack_panel(ElementType type, const void* const* rows, int64_t count, int64_t dim, float* panel) {
  switch (type) {
    case ElementType::kFloat: pack_panel_of<float>(rows, count, dim, panel); break;
    case ElementType::kFloat16: pack_panel_of<Float16>(rows, count, dim, panel); break;
    case ElementType::kBfloat16: pack_panel_of<Bfloat16>(rows, count, dim, panel); break;
  }
}

}  // namespace
