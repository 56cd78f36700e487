// Products of slopes and rows of bfloat16 on tensor cores. A slope is the exact sum of three numbers of 8 bits:
// two would leave it 16 of its 24.
#pragma once

#include "kernels/cuda/slope_fragments.cuh"
#include "kernels/cuda/strip_sums.cuh"

namespace ortnce::kernels::cuda {

/// kTransposed: slopes lie in a panel, else in a tile.
template <bool kTransposed>
struct Bfloat16SlopeProducts : StripSums {
  ORTNCE_DEVICE void add(const unsigned char* slopes, const unsigned char* rows) {
    uint32_t pieces[kPieces][4];
    load_pieces(slopes, pieces);
    constexpr int kTogether = 2;
#pragma unroll
    for (int first = 0; first < kFragments; first += kTogether) {
      uint32_t b[kTogether][2];
#pragma unroll
      for (int n = 0; n < kTogether; n += 2) load_rows(rows, first + n, &b[n]);
      add_products<Bfloat16>(pieces, b, &sums[first]);
    }
  }

 private:
  static constexpr int kPieces = 3;
  static constexpr uint32_t kUpper = 0xffff0000;

  /// The slopes of the strip for 16 terms, two terms a word: see term_of_position().
  ORTNCE_DEVICE static void load_pieces(const unsigned char* slopes, uint32_t (&pieces)[kPieces][4]) {
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      uint32_t x[4];
      load_slopes<kTransposed>(slopes, first_row(), 8 * half, x);
#pragma unroll
      for (int piece = 0; piece < kPieces; ++piece) {
#pragma unroll
        for (int i = 0; i < 2; ++i) {
          pieces[piece][2 * half + i] = x[i] >> 16 | (x[i + 2] & kUpper);
          x[i] = rest(x[i]);
          x[i + 2] = rest(x[i + 2]);
        }
      }
    }
  }

  /// What is left of a number without its upper 8 bits.
  ORTNCE_DEVICE static uint32_t rest(uint32_t bits) {
    return bits_of(rest_of(float_of(bits), float_of(bits & kUpper)));
  }

  /// 16 terms of the rows for fragment `n`, which is even, and the next.
  ORTNCE_DEVICE static void load_rows(const unsigned char* rows, int n, uint32_t (*b)[2]) {
    const int matrix = lane() / 8, k = matrix % 2 * 8 + term_of_position(lane() % 8);
    uint32_t r[4];
    // panel_offset(k, n + matrix / 2); this way the addresses of all fragments differ by a constant.
    load_matrices_transposed(rows + (panel_offset<Bfloat16>(k, matrix / 2) ^ n * 16), r);
#pragma unroll
    for (int i = 0; i < 4; ++i) b[i / 2][i % 2] = r[i];
  }
};

}  // namespace ortnce::kernels::cuda
