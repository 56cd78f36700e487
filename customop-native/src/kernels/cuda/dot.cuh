// Dot products of long rows, a warp each.
#pragma once

#include "kernels/cuda/number.cuh"

namespace ortnce::kernels::cuda {

/// The sum over the lanes of a warp, in all of them; the order does not depend on the lane.
template <class Number>
ORTNCE_DEVICE Number sum_of_lanes(Number x) {
#pragma unroll
  for (int mask = kWarp / 2; mask > 0; mask /= 2) x += shuffle_xor(x, mask);
  return x;
}

/// x . w over `dim` numbers, in all lanes. `aligned`: both begin at multiples of 16 bytes, and so does
/// their end. Each lane has four chains.
template <class X, class W>
ORTNCE_DEVICE float dot_of_warp(const X* x, const W* w, int64_t dim, bool aligned) {
  const int lane = thread_index() % kWarp;
  float sums[4] = {};
  if (aligned) {
#pragma unroll 4
    for (int64_t d = 4 * lane; d < dim; d += 4 * kWarp) {
      const auto a = *reinterpret_cast<const Pack<X, 4>*>(x + d);
      const auto b = *reinterpret_cast<const Pack<W, 4>*>(w + d);
#pragma unroll
      for (int n = 0; n < 4; ++n) sums[n] = fmaf(widen(a.numbers[n]), widen(b.numbers[n]), sums[n]);
    }
  } else {
    for (int64_t d = lane; d < dim; d += kWarp) sums[0] = fmaf(widen(x[d]), widen(w[d]), sums[0]);
  }
  return sum_of_lanes((sums[0] + sums[1]) + (sums[2] + sums[3]));
}

}  // namespace ortnce::kernels::cuda
