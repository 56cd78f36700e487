// Products of slopes by rows of one instruction-set level, which the gradients are made of.
#pragma once

#include "kernels/cpu/logits_tile-inl.h"

namespace ortnce::kernels::cpu {
namespace {

template <class Element>
void pack_rows_of(const void* const* rows, int64_t count, int64_t dim, float* packed, int64_t panel_stride) {
  for (int64_t d = 0; d < dim; d += kWidth, packed += panel_stride) {
    const int64_t width = dim - d < kWidth ? dim - d : kWidth;
    for (int64_t t = 0; t < count; ++t) {
      float* const to = packed + t * kWidth;
      float buffer[kWidth];
      const float* const columns = elements(static_cast<const Element*>(rows[t]), d, d + width, buffer);
      for (int64_t c = 0; c < width; ++c) to[c] = columns[c];
      for (int64_t c = width; c < kWidth; ++c) to[c] = 0;
    }
  }
}

void pack_rows(ElementType type, const void* const* rows, int64_t count, int64_t dim, float* packed,
               int64_t panel_stride) {
  switch (type) {
    case ElementType::kFloat: pack_rows_of<float>(rows, count, dim, packed, panel_stride); break;
    case ElementType::kFloat16: pack_rows_of<Float16>(rows, count, dim, packed, panel_stride); break;
    case ElementType::kBfloat16: pack_rows_of<Bfloat16>(rows, count, dim, packed, panel_stride); break;
  }
}

/// out[m, :] += sum_t factors[m * by_row + t * by_step] panel[t, :] for Rows rows and the first `width`
/// columns, which need Vectors vectors; `out` counts as 0 unless `add`.
template <int Rows, int Vectors>
void products_tile(const float* factors, int64_t by_row, int64_t by_step, const float* panel, int64_t steps,
                   int64_t width, float* out, int64_t stride, bool add) {
  int64_t begin = 0;
  do {
    const int64_t end = steps - begin < kChain ? steps : begin + kChain;
    Floats sum[Rows][Vectors] = {};
    for (int64_t t = begin; t < end; ++t) {
      Floats column[Vectors];
#pragma GCC unroll 4
      for (int v = 0; v < Vectors; ++v) column[v] = load(panel + t * kWidth + v * kLanes);
#pragma GCC unroll 16
      for (int m = 0; m < Rows; ++m) {
        const float factor = factors[m * by_row + t * by_step];
#pragma GCC unroll 4
        for (int v = 0; v < Vectors; ++v) sum[m][v] += factor * column[v];
      }
    }
#pragma GCC unroll 16
    for (int m = 0; m < Rows; ++m) {
      float* const row = out + m * stride;
#pragma GCC unroll 4
      for (int v = 0; v < Vectors; ++v) {
        float* const at = row + v * kLanes;
        if ((v + 1) * kLanes <= width) {
          store(at, add ? load(at) + sum[m][v] : sum[m][v]);
        } else {
          float lanes[kLanes];
          store(lanes, sum[m][v]);
          for (int64_t c = v * kLanes; c < width; ++c) row[c] = (add ? row[c] : 0) + lanes[c - v * kLanes];
        }
      }
    }
    add = true;
    begin = end;
  } while (begin < steps);
}

using ProductsTile = void (*)(const float*, int64_t, int64_t, const float*, int64_t, int64_t, float*, int64_t, bool);

/// The tile of `rows` rows and `vectors` vectors, at least one each.
template <int Rows, int Vectors>
ProductsTile products_tile_of(int rows, int vectors) {
  if constexpr (Rows == 0 || Vectors == 0) {
    return nullptr;
  } else {
    if (rows < Rows) return products_tile_of<Rows - 1, Vectors>(rows, vectors);
    if (vectors < Vectors) return products_tile_of<Rows, Vectors - 1>(rows, vectors);
    return &products_tile<Rows, Vectors>;
  }
}

void add_products(const float* factors, int64_t by_row, int64_t by_step, int64_t rows, const float* panel,
                  int64_t steps, int64_t width, float* out, int64_t stride, bool add) {
  const auto vectors = static_cast<int>((width + kLanes - 1) / kLanes);
  for (int64_t m = 0; m < rows; m += kRows) {
    const auto tile_rows = static_cast<int>(rows - m < kRows ? rows - m : kRows);
    products_tile_of<kRows, kVectors>(tile_rows, vectors)(factors + m * by_row, by_row, by_step, panel, steps, width,
                                                          out + m * stride, stride, add);
  }
}

void add_column_sums(const float* matrix, int64_t stride, int64_t rows, int64_t columns, float* out) {
  constexpr int kHalf = kLanes / 2, kParts = kWidth / kHalf;
  HalfDoubles sums[kParts] = {};
  for (int64_t m = 0; m < rows; ++m) {
#pragma GCC unroll 8
    for (int part = 0; part < kParts; ++part) {
      const auto* const at = reinterpret_cast<const LooseHalfFloats*>(matrix + m * stride + part * kHalf);
      sums[part] += __builtin_convertvector(*at, HalfDoubles);
    }
  }
  float totals[kWidth];
#pragma GCC unroll 8
  for (int part = 0; part < kParts; ++part) {
    *reinterpret_cast<LooseHalfFloats*>(totals + part * kHalf) = __builtin_convertvector(sums[part], LooseHalfFloats);
  }
  for (int64_t c = 0; c < columns; ++c) out[c] += totals[c];
}

}  // namespace
}  // namespace ortnce::kernels::cpu
