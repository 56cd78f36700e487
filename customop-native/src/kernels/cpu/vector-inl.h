// Vector arithmetic of one instruction-set level: included by each level's translation unit, which
// defines ORTNCE_LANES (floats in a register). GCC's vector types compile to the instructions of
// that unit's flags.
//
// Everything here and in the other -inl.h files has internal linkage, and they use no inline
// function or template of other headers: the linker would keep one copy for all levels, maybe the
// one with instructions that this processor lacks.
#include <cstdint>

#ifndef ORTNCE_LANES
#error "define ORTNCE_LANES before including vector-inl.h"
#endif

namespace {

constexpr int kLanes = ORTNCE_LANES;

using Floats = float __attribute__((vector_size(4 * ORTNCE_LANES)));
using Ints = int32_t __attribute__((vector_size(4 * ORTNCE_LANES)));
using Doubles = double __attribute__((vector_size(8 * ORTNCE_LANES)));
// The same vectors at any address.
using LooseFloats = float __attribute__((vector_size(4 * ORTNCE_LANES), aligned(4), may_alias));
// As many doubles as a register holds, and the floats that become them.
using HalfDoubles = double __attribute__((vector_size(4 * ORTNCE_LANES)));
using LooseHalfFloats = float __attribute__((vector_size(2 * ORTNCE_LANES), aligned(4), may_alias));

inline Floats load(const float* from) { return *reinterpret_cast<const LooseFloats*>(from); }
inline void store(float* to, Floats x) { *reinterpret_cast<LooseFloats*>(to) = x; }
inline Floats broadcast(float x) { return x - Floats{}; }

/// Lane i of the result is x[(i + Distance) % kLanes].
template <int Distance>
Floats rotate(Floats x) {
  Ints from;
  for (int i = 0; i < kLanes; ++i) from[i] = (i + Distance) % kLanes;
  return __builtin_shuffle(x, from);
}

/// Sum of the lanes, in a fixed tree: halves are added until one lane is left.
template <int Width = kLanes / 2>
float sum_lanes(Floats x) {
  const Floats halved = x + rotate<Width>(x);
  if constexpr (Width == 1) {
    return halved[0];
  } else {
    return sum_lanes<Width / 2>(halved);
  }
}

/// Sum of the lanes, in a fixed tree.
inline double sum_lanes(Doubles x) {
  double lanes[kLanes];
  for (int i = 0; i < kLanes; ++i) lanes[i] = x[i];
  for (int width = kLanes / 2; width > 0; width /= 2) {
    for (int i = 0; i < width; ++i) lanes[i] += lanes[i + width];
  }
  return lanes[0];
}

/// x[0] . y[0] + ... in four interleaved accumulators, so that neither the latency of the additions
/// nor a long chain of roundings counts.
inline float dot(const float* x, const float* y, int64_t count) {
  Floats sum[4] = {};
  int64_t i = 0;
  for (; i + 4 * kLanes <= count; i += 4 * kLanes) {
    for (int u = 0; u < 4; ++u) sum[u] += load(x + i + u * kLanes) * load(y + i + u * kLanes);
  }
  for (int u = 0; u < 4 && i + kLanes <= count; ++u, i += kLanes) sum[u] += load(x + i) * load(y + i);
  Floats all = (sum[0] + sum[1]) + (sum[2] + sum[3]);
  if (i < count) {
    float lanes[kLanes];
    store(lanes, all);
    for (int lane = 0; i < count; ++i, ++lane) lanes[lane] += x[i] * y[i];
    all = load(lanes);
  }
  return sum_lanes(all);
}

/// A number as a float, and what the last rounding took from it.
struct Rounded {
  Floats value;
  Floats rest;
};

/// exp(-|x|), at most 0.9 ulp off where it is a normal number; NaN for NaN.
///
/// Reduction to r = -|x| - n log(2), |r| <= log(2)/2, with log(2) in two parts; then
/// 1 + r + r^2 p(r), p minimax of degree 4 (relative error 2^-28).
inline Rounded exp_minus_abs(Floats x) {
  const Floats minus_abs = x > 0 ? -x : x;
  // Everything below underflows to 0; the bound keeps n in range. NaN fails the comparison.
  const Floats t = minus_abs < -105.0f ? broadcast(-105.0f) : minus_abs;
  constexpr float kRound = 0x1.8p23f;  // adding it leaves the nearest integer in the low bits
  const Floats shifted = t * 0x1.715476p0f + kRound;
  const Floats n = shifted - kRound;
  Floats r = t - n * 0x1.62e4p-1f;
  r = r - n * 0x1.7f7d1cp-20f;
  Floats p = broadcast(0x1.6ac74ep-10f);
  p = p * r + 0x1.123dep-7f;
  p = p * r + 0x1.555858p-5f;
  p = p * r + 0x1.55548cp-3f;
  p = p * r + 0x1.fffffcp-2f;
  p = p * (r * r) + r;
  const Floats e = p + 1.0f;
  const Floats rest = p - (e - 1.0f);
  // 2^n in two factors: n goes down to -151, where the result is subnormal or 0.
  const Ints exponent = (Ints)shifted - (Ints)broadcast(kRound);
  const Ints half = exponent >> 1;
  const Floats low = (Floats)((half + 127) << 23), high = (Floats)((exponent - half + 127) << 23);
  return {e * low * high, rest * low * high};
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

inline Floats positive_part(Floats x) { return x > 0 ? x : Floats{}; }

/// log(1 + exp(x)), at most 1.51 ulp off for every x, 1.88 where products are not fused (measured over
/// all floats); +-infinity give infinity and 0, NaN gives NaN.
inline Floats softplus(Floats x) { return add_log1p(positive_part(x), exp_minus_abs(x)); }

/// 1 / (1 + exp(-x)), at most 3 ulp off; the limits at +-infinity, NaN for NaN.
inline Floats sigmoid(Floats x) {
  const Floats e = exp_minus_abs(x).value;
  return (x > 0 ? broadcast(1.0f) : e) / (1.0f + e);
}

/// y = a x.
inline void set_scaled_row(float a, const float* x, int64_t count, float* y) {
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) store(y + i, a * load(x + i));
  for (; i < count; ++i) y[i] = a * x[i];
}

/// y += a x.
inline void add_scaled_row(float a, const float* x, int64_t count, float* y) {
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) store(y + i, load(y + i) + a * load(x + i));
  for (; i < count; ++i) y[i] += a * x[i];
}

}  // namespace
