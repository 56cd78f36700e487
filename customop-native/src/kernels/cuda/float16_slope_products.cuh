// Products of slopes and rows of float16 on tensor cores, as floats rounded to 11 bits (TF32): the rows are exact in
// them, and a slope keeps 22 of its 24 bits as a sum of two. As float16 itself small slopes would keep fewer.
#pragma once

#include "kernels/cuda/slope_fragments.cuh"
#include "kernels/cuda/strip_sums.cuh"

namespace ortnce::kernels::cuda {

/// kTransposed: slopes lie in a panel, else in a tile.
template <bool kTransposed>
struct Float16SlopeProducts : StripSums {
  ORTNCE_DEVICE void add(const unsigned char* slopes, const unsigned char* rows) {
#pragma unroll 1
    for (int k = 0; k < kStepTerms; k += 8) {
      uint32_t x[4], pieces[2][4];
      load_slopes<kTransposed>(slopes, first_row(), k, x);
#pragma unroll
      for (int i = 0; i < 4; ++i) {
        pieces[0][i] = rounded_to_tf32(x[i]);
        pieces[1][i] = rounded_to_tf32(bits_of(rest_of(float_of(x[i]), float_of(pieces[0][i]))));
      }
      constexpr int kTogether = 4;
#pragma unroll
      for (int first = 0; first < kFragments; first += kTogether) {
        uint32_t b[kTogether][2];
        load_rows(rows, k, first, b);
        add_products<float>(pieces, b, &sums[first]);
      }
    }
  }

 private:
  /// 8 terms of the rows for fragments [first, first + 4): a word of halves has what a fragment has in two.
  ORTNCE_DEVICE static void load_rows(const unsigned char* rows, int k, int first, uint32_t (&b)[4][2]) {
    uint32_t r[4];
    load_matrices_transposed(
        rows + panel_offset<Float16>(k + term_of_position(lane() % 8), first + lane() / 8), r);
#pragma unroll
    for (int n = 0; n < 4; ++n) {
      b[n][0] = bits_of(widen_half(static_cast<uint16_t>(r[n])));
      b[n][1] = bits_of(widen_half(static_cast<uint16_t>(r[n] >> 16)));
    }
  }
};

}  // namespace ortnce::kernels::cuda
