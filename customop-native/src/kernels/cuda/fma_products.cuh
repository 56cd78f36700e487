// Logits of a tile by fused multiply-adds: any two types, every architecture.
#pragma once

#include "kernels/cuda/tile.cuh"

namespace ortnce::kernels::cuda {

/// 8 by 8 sums of a thread.
struct FmaSums {
  float sums[kPerThread][kPerThread];

  ORTNCE_DEVICE float& at(int i, int j) { return sums[i][j]; }

  ORTNCE_DEVICE void clear() { set_zero(sums); }
};

/// The products of examples of X and embeddings of W that belong to one thread. The 8 warps of a block
/// are 4 by 2, the lanes of each 4 by 8; a thread has every fourth row and every eighth column of its
/// warp's 32 by 64. Each product is one chain of fused multiply-adds over the dimension.
template <class X, class W>
struct FmaProducts : FmaSums {
  using Input = X;
  using Weight = W;
  static constexpr int kRowLanes = 8, kColumnWarps = 2;  // that share a row

  ORTNCE_DEVICE static int lane() { return thread_index() % kWarp; }
  ORTNCE_DEVICE static int column_warp() { return thread_index() / kWarp % kColumnWarps; }
  ORTNCE_DEVICE static int row(int i) { return thread_index() / kWarp / kColumnWarps * 32 + lane() / 8 + 4 * i; }
  ORTNCE_DEVICE static int column(int j) { return column_warp() * 64 + lane() % 8 + 8 * j; }

  /// Adds the products of one step, two of every sum at a time: four would spill.
  ORTNCE_DEVICE void add(const unsigned char* inputs, const unsigned char* weights) {
#pragma unroll 1
    for (int k = 0; k < kStepNumbers<X>; k += 2) {
      float x[kPerThread][2];
#pragma unroll
      for (int i = 0; i < kPerThread; ++i) load<X>(inputs, row(i), k, x[i]);
#pragma unroll
      for (int j = 0; j < kPerThread; ++j) {
        float w[2];
        load<W>(weights, column(j), k, w);
#pragma unroll
        for (int n = 0; n < 2; ++n) {
#pragma unroll
          for (int i = 0; i < kPerThread; ++i) sums[i][j] = fmaf(x[i][n], w[n], sums[i][j]);
        }
      }
    }
  }

 private:
  template <class T>
  ORTNCE_DEVICE static void load(const unsigned char* tile, int row, int k, float (&out)[2]) {
    constexpr int kRowBytes = kStepNumbers<X> * static_cast<int>(sizeof(T));
    const int byte = k * static_cast<int>(sizeof(T));
    const auto* const from = tile + chunk_offset<kRowBytes>(row, byte / 16) + byte % 16;
    const auto pair = load_shared(reinterpret_cast<const Pack<T, 2>*>(from));
#pragma unroll
    for (int n = 0; n < 2; ++n) out[n] = widen(pair.numbers[n]);
  }
};

}  // namespace ortnce::kernels::cuda
