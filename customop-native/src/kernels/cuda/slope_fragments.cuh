// Slopes as the lanes of a warp hold them for products on tensor cores.
#pragma once

#include "kernels/cuda/panel.cuh"
#include "kernels/cuda/tensor_core.cuh"

namespace ortnce::kernels::cuda {

/// 16 slopes by 8 terms from `row` and `k` on. x[0], x[1]: those of term lane % 4 in rows lane / 4 and lane / 4 + 8;
/// x[2], x[3]: those of term lane % 4 + 4. kTransposed: they lie in a panel, else in a tile.
template <bool kTransposed>
ORTNCE_DEVICE void load_slopes(const unsigned char* slopes, int row, int k, uint32_t (&x)[4]) {
  const int lane = thread_index() % kWarp;
  if constexpr (kTransposed) {
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      float slope;
      load_panel<float, 1>(slopes, k + i / 2 * 4 + lane % 4, row + i % 2 * 8 + lane / 4, &slope);
      x[i] = bits_of(slope);
    }
  } else {
    load_matrices(slopes + chunk_offset<kStepBytes>(row + lane % 16, k / 4 + lane / 16), x);
  }
}

/// Of 8 terms, load_slopes() gives a lane term lane % 4 and the fourth after it. As halves in one word they are where
/// products expect terms 2 (lane % 4) and the next: rows that are loaded in this order meet their slopes.
ORTNCE_DEVICE int term_of_position(int position) { return position % 2 * 4 + position / 2; }

/// x - rounded, 0 for infinity.
ORTNCE_DEVICE float rest_of(float x, float rounded) { return x == rounded ? 0.0f : x - rounded; }

}  // namespace ortnce::kernels::cuda
