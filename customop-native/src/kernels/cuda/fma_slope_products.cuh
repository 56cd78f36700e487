// Products of slopes and rows by fused multiply-adds: rows of any type, every architecture.
#pragma once

#include "kernels/cuda/fma_products.cuh"
#include "kernels/cuda/panel.cuh"

namespace ortnce::kernels::cuda {

/// Sums of a tile that belong to one thread, by fused multiply-adds: each is one chain. The 8 warps of a
/// block are 4 by 2, the lanes of each 4 by 8; a thread has two times four columns side by side.
template <class Row, bool kTransposed>
struct FmaSlopeProducts : FmaSums {
  static constexpr int kRows = kPerThread, kColumns = kPerThread;  // of a thread

  ORTNCE_DEVICE static int lane() { return thread_index() % kWarp; }
  ORTNCE_DEVICE static int row(int i) {
    const int first = thread_index() / kWarp / 2 * 32;
    return kTransposed ? first + i / 4 * 16 + lane() / 8 * 4 + i % 4 : first + lane() / 8 + 4 * i;
  }
  ORTNCE_DEVICE static int column(int j) {
    return thread_index() / kWarp % 2 * 64 + j / 4 * 32 + lane() % 8 * 4 + j % 4;
  }

  ORTNCE_DEVICE void add(const unsigned char* slopes, const unsigned char* rows) {
#pragma unroll 1
    for (int k = 0; k < kStepTerms; k += 2) {
      float a[2][kPerThread];
      load_slopes(slopes, k, a);
#pragma unroll
      for (int n = 0; n < 2; ++n) {
#pragma unroll
        for (int half = 0; half < 2; ++half) {
          float x[4];
          load_panel<Row, 4>(rows, k + n, column(4 * half), x);
#pragma unroll
          for (int j = 0; j < 4; ++j) {
#pragma unroll
            for (int i = 0; i < kPerThread; ++i) sums[i][4 * half + j] = fmaf(a[n][i], x[j], sums[i][4 * half + j]);
          }
        }
      }
    }
  }

 private:
  ORTNCE_DEVICE static void load_slopes(const unsigned char* slopes, int k, float (&a)[2][kPerThread]) {
    if constexpr (kTransposed) {
#pragma unroll
      for (int n = 0; n < 2; ++n) {
#pragma unroll
        for (int half = 0; half < 2; ++half) {
          load_panel<float, 4>(slopes, k + n, row(4 * half), a[n] + 4 * half);
        }
      }
    } else {
#pragma unroll
      for (int i = 0; i < kPerThread; ++i) {
        const auto* const from = slopes + chunk_offset<kStepBytes>(row(i), k / 4) + k % 4 * int{sizeof(float)};
        const auto two = load_shared(reinterpret_cast<const Pack<float, 2>*>(from));
        a[0][i] = two.numbers[0];
        a[1][i] = two.numbers[1];
      }
    }
  }
};

}  // namespace ortnce::kernels::cuda
