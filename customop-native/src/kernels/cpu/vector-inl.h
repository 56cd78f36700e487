// Vector arithmetic of one instruction-set level: included by each level's translation unit, which
// defines ORTNCE_LANES (floats in a register). GCC's vector types compile to the instructions of
// that unit's flags.
//
// Everything here and in the other -inl.h files has internal linkage, and they use no inline
// function or template of other headers: the linker would keep one copy for all levels, maybe the
// one with instructions that this processor lacks.
#pragma once

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

/// The larger one; `b` where one is NaN.
inline Floats larger(Floats a, Floats b) {
#ifdef __AVX512F__
  return __builtin_ia32_maxps512_mask(a, b, b, -1, 4);
#else
  return a > b ? a : b;
#endif
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
