// exp, softplus and sigmoid of one instruction-set level, and sums of softplus.
#pragma once

#include "kernels/cpu/vector-inl.h"

namespace {

/// Adding this to a number of magnitude below 2^22 leaves the nearest integer in the low bits.
constexpr float kRound = 0x1.8p23f;

/// 2^n for integers n in [-151, 0], from n + kRound. It goes below the normal numbers: a product by it
/// may be subnormal.
#ifdef __AVX512F__
struct PowerOfTwo {
  Floats exponent;

  explicit PowerOfTwo(Floats shifted) : exponent(shifted - kRound) {}
  Floats times(Floats x) const { return __builtin_ia32_scalefps512_mask(x, exponent, x, -1, 4); }
};
#else
struct PowerOfTwo {
  Floats low, high;  // two factors, normal numbers both

  explicit PowerOfTwo(Floats shifted) {
    const Ints exponent = (Ints)shifted - (Ints)broadcast(kRound);
    const Ints half = exponent >> 1;
    low = (Floats)((half + 127) << 23);
    high = (Floats)((exponent - half + 127) << 23);
  }
  Floats times(Floats x) const { return x * low * high; }
};
#endif

/// exp(-|x|) = (1 + fraction) * power.
struct Exponential {
  Floats fraction;  // in [-0.3, 0.42]
  PowerOfTwo power;
};

/// Reduction to r = -|x| - n log(2), |r| <= log(2)/2, with log(2) in two parts; then r + r^2 p(r), p
/// minimax of degree 4 (relative error 2^-28). NaN for NaN.
inline Exponential reduced_exp_minus_abs(Floats x) {
  const Floats minus_abs = (Floats)((Ints)x | INT32_MIN);
  // Everything below underflows to 0; the bound keeps n in range.
  const Floats t = larger(broadcast(-105.0f), minus_abs);
  const Floats shifted = t * 0x1.715476p0f + kRound;
  const Floats n = shifted - kRound;
  Floats r = t - n * 0x1.62e4p-1f;
  r = r - n * 0x1.7f7d1cp-20f;
  Floats p = broadcast(0x1.6ac74ep-10f);
  p = p * r + 0x1.123dep-7f;
  p = p * r + 0x1.555858p-5f;
  p = p * r + 0x1.55548cp-3f;
  p = p * r + 0x1.fffffcp-2f;
  return {p * (r * r) + r, PowerOfTwo(shifted)};
}

/// exp(-|x|), at most 0.9 ulp off where it is a normal number; NaN for NaN.
inline Floats exp_minus_abs(Floats x) {
  const Exponential e = reduced_exp_minus_abs(x);
  return e.power.times(e.fraction + 1.0f);
}

/// A number as a float, and what the last rounding took from it.
struct Rounded {
  Floats value;
  Floats rest;
};

/// exp(-|x|) with what its rounding took.
inline Rounded rounded_exp_minus_abs(Floats x) {
  const Exponential e = reduced_exp_minus_abs(x);
  const Floats sum = e.fraction + 1.0f;
  return {e.power.times(sum), e.power.times(e.fraction - (sum - 1.0f))};
}

/// base + log(1 + e) for base >= 0 and e in [0, 1]: log(1 + e) = e + e^2 q(e), q minimax of degree 8
/// (relative error 2^-27).
///
/// Two roundings would cost softplus more than 2 ulp where no product is fused into a sum. That of e
/// is made good: the rest moves the logarithm by rest / (1 + e), and 0.6 is near enough to that
/// quotient in [1/2, 1]. That of the logarithm is spared: the negative e^2 q meets the base first.
inline Floats add_log1p(Floats base, Rounded exponential) {
  const Floats e = exponential.value;
  Floats q = broadcast(-0x1.af49cep-9f);
  q = q * e + 0x1.4917cep-6f;
  q = q * e + -0x1.d6b08cp-5f;
  q = q * e + 0x1.b4ae08p-4f;
  q = q * e + -0x1.3a435ep-3f;
  q = q * e + 0x1.934b54p-3f;
  q = q * e + -0x1.ff23e6p-3f;
  q = q * e + 0x1.554ddp-2f;
  q = q * e + -0x1.ffffd2p-2f;
  return (e * e * q + (exponential.rest * 0.6f + base)) + e;
}

inline Floats positive_part(Floats x) { return larger(Floats{}, x); }

/// log(1 + exp(x)), at most 1.51 ulp off for every x, 1.88 where products are not fused (measured over
/// all floats); +-infinity give infinity and 0, NaN gives NaN.
inline Floats softplus(Floats x) { return add_log1p(positive_part(x), rounded_exp_minus_abs(x)); }

/// 1 / x for x in [1, 2], less than 1 ulp off; NaN for NaN.
inline Floats reciprocal(Floats x) {
#ifdef __AVX512F__
  // A step of Newton's method doubles the 14 bits.
  const Floats estimate = __builtin_ia32_rcp14ps512_mask(x, x, -1);
  return estimate * (1.0f - x * estimate) + estimate;
#else
  return 1.0f / x;
#endif
}

/// 1 / (1 + exp(-x)) of x and exp(-|x|), at most 3 ulp off; the limits at +-infinity, NaN for NaN.
inline Floats sigmoid_of(Floats x, Floats exponential) {
  return (x > 0 ? broadcast(1.0f) : exponential) * reciprocal(1.0f + exponential);
}

inline Floats sigmoid(Floats x) { return sigmoid_of(x, exp_minus_abs(x)); }

/// A sum of softplus in every lane, with one logarithm for all its terms:
///
///   sum_i softplus(x_i) = sum_i max(x_i, 0) + log(prod_i (1 + t_i)),  t_i = exp(-|x_i|).
///
/// The product is kept as q = prod - 1, so that tiny terms count to their last digit. At most
/// kMostTerms terms.
struct SoftplusSum {
  Floats positive;  // of max(x, 0) / kMostTerms: a sum of large terms must not overflow
  Floats q;
};

constexpr int kMostTerms = 32;

/// The sum of one term, of x and exp(-|x|).
inline SoftplusSum softplus_of(Floats x, Floats exponential) {
  return {positive_part(x) * (1.0f / static_cast<float>(kMostTerms)), exponential};
}

inline SoftplusSum softplus_of(Floats x) { return softplus_of(x, exp_minus_abs(x)); }

/// (1 + p)(1 + q) = 1 + (p + q + p q).
inline SoftplusSum operator+(const SoftplusSum& a, const SoftplusSum& b) {
  return {a.positive + b.positive, a.q * b.q + (a.q + b.q)};
}

/// total += the sum. With 1 + q = 2^k (1 + f), |f| <= 1/3: log(1 + f) = f + f^2 p(f), p minimax of degree
/// 8 (relative error 2^-27). For q < 1/3, f is q itself.
inline void add_to(Doubles& total, const SoftplusSum& sum) {
  const Ints exponent = ((Ints)(sum.q + 1.0f) - (Ints)broadcast(0x1.555556p-1f)) >> 23;
  const Floats scale = (Floats)((127 - exponent) << 23);
  const Floats f = sum.q * scale + (scale - 1.0f);
  Floats p = broadcast(-0x1.0931d4p-3f);
  p = p * f + 0x1.1ed144p-3f;
  p = p * f + -0x1.f25dep-4f;
  p = p * f + 0x1.1ebe68p-3f;
  p = p * f + -0x1.55a754p-3f;
  p = p * f + 0x1.99d1f2p-3f;
  p = p * f + -0x1.fffe84p-3f;
  p = p * f + 0x1.555502p-2f;
  p = p * f + -0x1p-1f;
  const Floats logarithm = (f * f * p + __builtin_convertvector(exponent, Floats) * 0x1.62e43p-1f) + f;
  total += __builtin_convertvector(sum.positive, Doubles) * kMostTerms;
  total += __builtin_convertvector(logarithm, Doubles);
}

}  // namespace
