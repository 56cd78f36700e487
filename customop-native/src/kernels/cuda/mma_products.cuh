// Logits of a tile on tensor cores: float16, bfloat16, and floats rounded to 11 bits (TF32).
#pragma once

#include "kernels/cuda/tensor_core.cuh"
#include "kernels/cuda/tile.cuh"

namespace ortnce::kernels::cuda {

/// Which of the 128 by 128 sums of a tile belong to one thread. The 8 warps of a block are 2 by 4; each has
/// 64 by 32 of them, 4 by 4 fragments of 16 by 8.
struct MmaSums {
  static constexpr int kRowLanes = 4, kColumnWarps = 4;  // that share a row

  float sums[4][4][4];

  ORTNCE_DEVICE static int lane() { return thread_index() % kWarp; }
  ORTNCE_DEVICE static int column_warp() { return thread_index() / kWarp % kColumnWarps; }
  ORTNCE_DEVICE static int first_row() { return thread_index() / kWarp / kColumnWarps * 64; }
  ORTNCE_DEVICE static int row(int i) { return first_row() + i / 2 * 16 + i % 2 * 8 + lane() / 4; }
  ORTNCE_DEVICE static int column(int j) { return column_warp() * 32 + j / 2 * 8 + lane() % 4 * 2 + j % 2; }

  ORTNCE_DEVICE float& at(int i, int j) { return sums[i / 2][j / 2][i % 2 * 2 + j % 2]; }

  /// In the order of rows: in that of fragments, kernels of sm_75 spill.
  ORTNCE_DEVICE void clear() {
#pragma unroll
    for (int i = 0; i < kPerThread; ++i) {
#pragma unroll
      for (int j = 0; j < kPerThread; ++j) at(i, j) = 0;
    }
  }
};

/// The products of examples and embeddings of T.
template <class T>
struct MmaProducts : MmaSums {
  using Input = T;
  using Weight = T;

  /// Adds the products of one step: two chunks of every row at a time.
  ORTNCE_DEVICE void add(const unsigned char* inputs, const unsigned char* weights) {
#pragma unroll
    for (int chunk = 0; chunk < kStepBytes / 16; chunk += 2) {
      uint32_t b[2][4];  // of two fragments each
#pragma unroll
      for (int pair = 0; pair < 2; ++pair) {
        const int row = column_warp() * 32 + pair * 16 + lane() / 16 * 8 + lane() % 8;
        load(weights, row, chunk + lane() / 8 % 2, b[pair]);
      }
#pragma unroll
      for (int m = 0; m < 4; ++m) {
        uint32_t a[4];
        load(inputs, first_row() + m * 16 + lane() % 16, chunk + lane() / 16, a);
#pragma unroll
        for (int n = 0; n < 4; ++n) multiply_add(T{}, sums[m][n], a, &b[n / 2][n % 2 * 2]);
      }
    }
  }

 private:
  ORTNCE_DEVICE static void load(const unsigned char* tile, int row, int chunk, uint32_t (&r)[4]) {
    load_matrices(tile + chunk_offset<kStepBytes>(row, chunk), r);
    if constexpr (sizeof(T) == sizeof(float)) {
#pragma unroll
      for (uint32_t& word : r) word = rounded_to_tf32(word);
    }
  }
};

}  // namespace ortnce::kernels::cuda
