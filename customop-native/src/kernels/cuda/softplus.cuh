// softplus, sums of it, and sigmoid, of fused multiply-adds and integer arithmetic alone: the same bits on
// every architecture and in the emulation. Polynomials are those of cpu/softplus-inl.h.
#pragma once

#include "kernels/cuda/device.cuh"

namespace ortnce::kernels::cuda {

/// exp(-|x|), at most 0.9 ulp off where it is a normal number; 0 for NaN.
ORTNCE_DEVICE float exp_minus_abs(float x) {
  // Adding kRound leaves the nearest integer in the low bits, and 32 more there: the power is formed 2^32
  // too large, so that a subnormal result is rounded once, by the last product.
  constexpr float kRound = 0x1.8p23f + 32;
  const float t = fmaxf(-fabsf(x), -105.0f);  // everything below underflows to 0
  const float shifted = fmaf(t, 0x1.715476p0f, kRound);
  const float n = shifted - kRound;
  float r = fmaf(n, -0x1.62e4p-1f, t);
  r = fmaf(n, -0x1.7f7d1cp-20f, r);
  float e = 0x1.6ac74ep-10f;
  e = fmaf(e, r, 0x1.123dep-7f);
  e = fmaf(e, r, 0x1.555858p-5f);
  e = fmaf(e, r, 0x1.55548cp-3f);
  e = fmaf(e, r, 0x1.fffffcp-2f);
  e = fmaf(e, r, 1.0f);
  e = fmaf(e, r, 1.0f);
  return float_of(bits_of(e) + (bits_of(shifted) << 23)) * 0x1p-32f;
}

/// log(1 + q) for q in [0, 2^20]: with 1 + q = 2^k (1 + f), |f| <= 1/3, log(1 + f) = f + f^2 p(f).
ORTNCE_DEVICE float log_one_plus(float q) {
  const int k = static_cast<int>(bits_of(q + 1.0f) - bits_of(0x1.555556p-1f)) >> 23;
  const float scale = float_of(static_cast<uint32_t>(127 - k) << 23);
  const float f = fmaf(q, scale, scale - 1.0f);
  float p = -0x1.0931d4p-3f;
  p = fmaf(p, f, 0x1.1ed144p-3f);
  p = fmaf(p, f, -0x1.f25dep-4f);
  p = fmaf(p, f, 0x1.1ebe68p-3f);
  p = fmaf(p, f, -0x1.55a754p-3f);
  p = fmaf(p, f, 0x1.99d1f2p-3f);
  p = fmaf(p, f, -0x1.fffe84p-3f);
  p = fmaf(p, f, 0x1.555502p-2f);
  p = fmaf(p, f, -0x1p-1f);
  return fmaf(f * f, p, static_cast<float>(k) * 0x1.62e43p-1f) + f;
}

/// A sum of up to 16 terms softplus(x) = max(x, 0) + log(1 + exp(-|x|)) with one logarithm for all: that of
/// prod (1 + t). The product is kept as q = prod - 1, so that tiny terms count to their last digit. NaN
/// stays in `positive`; +infinity is a sum of +infinity, -infinity a term of 0.
struct SoftplusSum {
  float positive = 0;
  float q = 0;
};

ORTNCE_DEVICE SoftplusSum softplus_of(float x) { return {larger(x, 0.0f), exp_minus_abs(x)}; }

/// (1 + p)(1 + q) = 1 + (p + q + p q).
ORTNCE_DEVICE SoftplusSum operator+(SoftplusSum a, SoftplusSum b) {
  return {a.positive + b.positive, fmaf(a.q, b.q, a.q + b.q)};
}

/// Of the numbers number(first) and the kCount - 1 after it, at most 16, a power of two; a tree.
template <int kCount, class Number>
ORTNCE_DEVICE SoftplusSum softplus_sum(const Number& number, int first = 0) {
  if constexpr (kCount == 1) {
    return softplus_of(number(first));
  } else {
    return softplus_sum<kCount / 2>(number, first) + softplus_sum<kCount / 2>(number, first + kCount / 2);
  }
}

ORTNCE_DEVICE float value_of(SoftplusSum sum) { return sum.positive + log_one_plus(sum.q); }

/// 1 / d for d in [1, 2], at most 1 ulp off: Newton's method from a line that is at most 1/17 off. A division
/// takes more registers than the kernels have left.
ORTNCE_DEVICE float reciprocal(float d) {
  float r = fmaf(d, -8.0f / 17, 24.0f / 17);
#pragma unroll
  for (int i = 0; i < 3; ++i) r = fmaf(r, fmaf(-d, r, 1.0f), r);
  return r;
}

/// 1 / (1 + exp(-x)), at most 3 ulp off; the limits at +-infinity, NaN for NaN.
ORTNCE_DEVICE float sigmoid(float x) {
  const float t = exp_minus_abs(x);
  return (x <= 0 ? t : (x > 0 ? 1.0f : x)) * reciprocal(1.0f + t);
}

}  // namespace ortnce::kernels::cuda
