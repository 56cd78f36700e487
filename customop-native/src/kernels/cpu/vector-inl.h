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

#ifdef ORTNCE_BFLOAT16_PAIRS
/// A lane holds two bfloat16 numbers. sum + a0 b0 + a1 b1, rounded to nearest after each; subnormal
/// numbers, and sums, count as 0.
inline Floats multiply_add(Floats a, Floats b, Floats sum) {
  using Pairs = short __attribute__((vector_size(64)));  // what the instruction is declared with
  return __builtin_ia32_dpbf16ps_v16sf(sum, (Pairs)a, (Pairs)b);
}

/// All lanes are those of *x, whose bits are no number.
inline Floats broadcast_lane(const float* x) {
  int32_t bits;
  __builtin_memcpy(&bits, x, sizeof(bits));
  return (Floats)(bits - Ints{});
}
#else
/// sum + a b.
inline Floats multiply_add(Floats a, Floats b, Floats sum) { return sum + a * b; }

inline Floats broadcast_lane(const float* x) { return broadcast(*x); }
#endif

/// Sum of the lanes, in a fixed tree: halves are added until one lane is left.
inline double sum_lanes(Doubles x) {
  using HalfInts = int64_t __attribute__((vector_size(4 * ORTNCE_LANES)));
  HalfDoubles halves[2];
  __builtin_memcpy(halves, &x, sizeof(x));
  HalfDoubles sum = halves[0] + halves[1];
#pragma GCC unroll 4
  for (int width = kLanes / 4; width > 0; width /= 2) {
    HalfInts from;
    for (int i = 0; i < kLanes / 2; ++i) from[i] = (i + width) % (kLanes / 2);
    sum += __builtin_shuffle(sum, from);
  }
  return sum[0];
}

/// Lane l of the result is lane l + Shift of `a` where bit Width of l is 0, else lane l + OtherShift of `b`.
template <int Width, int Shift, int OtherShift>
Floats select_lanes(Floats a, Floats b) {
  Ints from;
  for (int l = 0; l < kLanes; ++l) from[l] = (l & Width) == 0 ? l + Shift : kLanes + l + OtherShift;
  return __builtin_shuffle(a, b, from);
}

/// Lane i of the result is the sum of the lanes of x[i], in the same tree, for kLanes vectors, which are
/// overwritten.
template <int Width = kLanes / 2>
[[gnu::always_inline]] inline Floats sums_of_lanes(Floats* x) {
#pragma GCC unroll 16
  for (int i = 0; i < Width; ++i) {
    const Floats a = x[i], b = x[i + Width];
    x[i] = select_lanes<Width, 0, 0>(a, b) + select_lanes<Width, Width, -Width>(a, b);
  }
  if constexpr (Width == 1) {
    return x[0];
  } else {
    return sums_of_lanes<Width / 2>(x);
  }
}

/// Transposes a square of kLanes vectors in place.
template <int Width = kLanes / 2>
[[gnu::always_inline]] inline void transpose(Floats* x) {
#pragma GCC unroll 16
  for (int i = 0; i < kLanes; ++i) {
    if ((i & Width) != 0) continue;
    const Floats a = x[i], b = x[i + Width];
    x[i] = select_lanes<Width, 0, -Width>(a, b);
    x[i + Width] = select_lanes<Width, Width, 0>(a, b);
  }
  if constexpr (Width > 1) transpose<Width / 2>(x);
}

/// The larger one; `b` where one is NaN.
inline Floats larger(Floats a, Floats b) {
#ifdef __AVX512F__
  return __builtin_ia32_maxps512_mask(a, b, b, -1, 4);
#else
  return a > b ? a : b;
#endif
}

}  // namespace
