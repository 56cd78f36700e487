// Products of slopes and rows on tensor cores, as floats rounded to 11 bits (TF32): rows of half types are
// exact in them, and so is a slope to 22 bits as a sum of two.
#pragma once

#include "kernels/cuda/mma_products.cuh"
#include "kernels/cuda/panel.cuh"

namespace ortnce::kernels::cuda {

/// Sums of a tile that belong to one thread. `kExact`: slopes are two terms each; rows must be of a half type.
/// kTransposed: slopes lie in a panel, else in a tile.
template <class Row, bool kTransposed, bool kExact>
struct MmaSlopeProducts : MmaSums {
  ORTNCE_DEVICE void add(const unsigned char* slopes, const unsigned char* rows) {
#pragma unroll 1  // addresses of both halves would spill
    for (int k = 0; k < kStepTerms; k += 8) {
      uint32_t b[4][2];
#pragma unroll
      for (int n = 0; n < 4; ++n) {
#pragma unroll
        for (int half = 0; half < 2; ++half) {
          float x;
          load_panel<Row, 1>(rows, k + 4 * half + lane() % 4, column_warp() * 32 + n * 8 + lane() / 4, &x);
          b[n][half] = rounded_to_tf32(bits_of(x));
        }
      }
#pragma unroll
      for (int m = 0; m < 4; ++m) {
        uint32_t a[4], high[4];
        load_slopes(slopes, first_row() + m * 16, k, a);
#pragma unroll
        for (int i = 0; i < 4; ++i) high[i] = rounded_to_tf32(a[i]);
#pragma unroll
        for (int n = 0; n < 4; ++n) multiply_add(float{}, sums[m][n], high, b[n]);
        if constexpr (kExact) {
          uint32_t low[4];
#pragma unroll
          for (int i = 0; i < 4; ++i) low[i] = rounded_to_tf32(bits_of(rest_of(float_of(a[i]), float_of(high[i]))));
#pragma unroll
          for (int n = 0; n < 4; ++n) multiply_add(float{}, sums[m][n], low, b[n]);
        }
      }
    }
  }

  ORTNCE_DEVICE float at(int i, int j) const { return sums[i / 2][j / 2][i % 2 * 2 + j % 2]; }

 private:
  /// x - rounded, 0 for infinity.
  ORTNCE_DEVICE static float rest_of(float x, float rounded) { return x == rounded ? 0.0f : x - rounded; }

  /// A fragment of 16 rows by 8 terms.
  ORTNCE_DEVICE static void load_slopes(const unsigned char* slopes, int row, int k, uint32_t (&a)[4]) {
    if constexpr (kTransposed) {
#pragma unroll
      for (int i = 0; i < 4; ++i) {
        float slope;
        load_panel<float, 1>(slopes, k + i / 2 * 4 + lane() % 4, row + i % 2 * 8 + lane() / 4, &slope);
        a[i] = bits_of(slope);
      }
    } else {
      load_matrices(slopes + chunk_offset<kStepBytes>(row + lane() % 16, k / 4 + lane() / 16), a);
    }
  }
};

}  // namespace ortnce::kernels::cuda
