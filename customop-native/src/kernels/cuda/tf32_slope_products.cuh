// Products of slopes and rows of floats on tensor cores, both rounded to 11 bits (TF32).
#pragma once

#include "kernels/cuda/mma_products.cuh"
#include "kernels/cuda/slope_fragments.cuh"

namespace ortnce::kernels::cuda {

/// Sums of a tile that belong to one thread. kTransposed: slopes lie in a panel, else in a tile.
template <bool kTransposed>
struct Tf32SlopeProducts : MmaSums {
  static constexpr int kRows = kPerThread, kColumns = kPerThread;  // of a thread

  ORTNCE_DEVICE void add(const unsigned char* slopes, const unsigned char* rows) {
#pragma unroll 1  // addresses of both halves would spill
    for (int k = 0; k < kStepTerms; k += 8) {
      uint32_t b[4][2];
#pragma unroll
      for (int n = 0; n < 4; ++n) {
#pragma unroll
        for (int half = 0; half < 2; ++half) {
          float x;
          load_panel<float, 1>(rows, k + 4 * half + lane() % 4, column_warp() * 32 + n * 8 + lane() / 4, &x);
          b[n][half] = rounded_to_tf32(bits_of(x));
        }
      }
#pragma unroll
      for (int m = 0; m < 4; ++m) {
        uint32_t a[4];
        load_slopes<kTransposed>(slopes, first_row() + m * 16, k, a);
#pragma unroll
        for (uint32_t& slope : a) slope = rounded_to_tf32(slope);
#pragma unroll
        for (int n = 0; n < 4; ++n) multiply_add(float{}, sums[m][n], a, b[n]);
      }
    }
  }
};

}  // namespace ortnce::kernels::cuda
