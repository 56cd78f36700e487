// Sums of a tile on tensor cores where taking the rows' side of a product apart costs more than loading the
// columns' side again.
#pragma once

#include "kernels/cuda/tensor_core.cuh"
#include "kernels/cuda/tile.cuh"

namespace ortnce::kernels::cuda {

/// Which of the 128 by 128 sums of a tile belong to one thread. Each of the 8 warps of a block has a strip of 16
/// rows by all columns, 16 fragments of 16 by 8.
struct StripSums {
  static constexpr int kRows = 2, kColumns = kTile / 4;  // of a thread
  static constexpr int kFragments = kTile / 8;

  float sums[kFragments][4];

  ORTNCE_DEVICE static int lane() { return thread_index() % kWarp; }
  ORTNCE_DEVICE static int first_row() { return thread_index() / kWarp * 16; }
  ORTNCE_DEVICE static int row(int i) { return first_row() + i * 8 + lane() / 4; }
  ORTNCE_DEVICE static int column(int j) { return j / 2 * 8 + lane() % 4 * 2 + j % 2; }

  ORTNCE_DEVICE float& at(int i, int j) { return sums[j / 2][i * 2 + j % 2]; }

  ORTNCE_DEVICE void clear() { set_zero(sums); }

  /// Adds the products of the strip, a sum of kPieces, and the rows b of kCount fragments. Tensor cores cut off where
  /// floats round: what they add up is these products alone, from 0.
  template <class T, int kPieces, int kCount>
  ORTNCE_DEVICE void add_products(const uint32_t (&pieces)[kPieces][4], const uint32_t (&b)[kCount][2],
                                  float (*to)[4]) {
    float products[kCount][4] = {};
#pragma unroll
    for (int piece = 0; piece < kPieces; ++piece) {
#pragma unroll
      for (int n = 0; n < kCount; ++n) multiply_add(T{}, products[n], pieces[piece], b[n]);
    }
#pragma unroll
    for (int n = 0; n < kCount; ++n) {
#pragma unroll
      for (int i = 0; i < 4; ++i) to[n][i] += products[n][i];
    }
  }
};

}  // namespace ortnce::kernels::cuda
