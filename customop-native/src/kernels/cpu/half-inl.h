// Vectors of floats from and to float16 and bfloat16.
//
// Widening is exact; narrowing rounds to nearest, ties to even, to subnormal numbers and infinity where
// that is nearest. Neither heeds a processor's mode of flushing subnormal numbers. NaN stays NaN with its
// sign and the upper bits of its payload; it becomes quiet, except on the way from bfloat16.
#pragma once

#include "kernels/cpu/vector-inl.h"
#include "kernels/element_type.h"

namespace {

using ortnce::kernels::Bfloat16;
using ortnce::kernels::Float16;

using Words = uint32_t __attribute__((vector_size(4 * ORTNCE_LANES)));
using Halves = uint16_t __attribute__((vector_size(2 * ORTNCE_LANES)));
using LooseHalves = uint16_t __attribute__((vector_size(2 * ORTNCE_LANES), aligned(2), may_alias));
#if ORTNCE_LANES >= 8
using SignedHalves = int16_t __attribute__((vector_size(2 * ORTNCE_LANES)));  // what the instructions are declared with
#endif

inline Halves load_halves(const void* from) { return *static_cast<const LooseHalves*>(from); }
inline void store_halves(void* to, Halves x) { *static_cast<LooseHalves*>(to) = x; }

inline Floats load(const Bfloat16* from) {
  return (Floats)(__builtin_convertvector(load_halves(from), Words) << 16);
}

inline void store(Bfloat16* to, Floats x) {
  const Words bits = (Words)x, magnitude = bits & 0x7fffffff;
  const Words rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  const Words nan = (bits >> 16) | 0x40;
  store_halves(to, __builtin_convertvector(magnitude > 0x7f800000 ? nan : rounded, Halves));
}

inline Floats load(const Float16* from) {
#if ORTNCE_LANES == 16
  return __builtin_ia32_vcvtph2ps512_mask((SignedHalves)load_halves(from), Floats{}, -1, 4);
#elif ORTNCE_LANES == 8
  return __builtin_ia32_vcvtph2ps256((SignedHalves)load_halves(from));
#else
  const Words bits = __builtin_convertvector(load_halves(from), Words);
  const Words sign = (bits & 0x8000) << 16, magnitude = bits & 0x7fff;
  const Words normal = (magnitude << 13) + (112 << 23);  // the exponents' biases differ by 112
  const Words subnormal = (Words)(__builtin_convertvector((Ints)magnitude, Floats) * 0x1p-24f);
  const Words infinity = (magnitude << 13) | 0x7f800000;
  const Words special = magnitude > 0x7c00 ? infinity | 0x400000 : infinity;
  const Words finite = magnitude < 0x400 ? subnormal : normal;
  return (Floats)(sign | (magnitude < 0x7c00 ? finite : special));
#endif
}

inline void store(Float16* to, Floats x) {
#if ORTNCE_LANES == 16
  store_halves(to, (Halves)__builtin_ia32_vcvtps2ph512_mask(x, 0, SignedHalves{}, -1));
#elif ORTNCE_LANES == 8
  store_halves(to, (Halves)__builtin_ia32_vcvtps2ph256(x, 0));
#else
  const Words bits = (Words)x, sign = (bits >> 16) & 0x8000, magnitude = bits & 0x7fffffff;
  const Words rounded = magnitude + 0xfff + ((magnitude >> 13) & 1);
  const Words normal = (rounded - (112 << 23)) >> 13;
  // 0.5 has the unit of the subnormal numbers, 2^-24, so that the sum is rounded to a multiple of it.
  const Words subnormal = (Words)((Floats)magnitude + 0.5f) - (Words)broadcast(0.5f);
  const Words nan = ((magnitude >> 13) & 0x3ff) | 0x7e00;
  constexpr uint32_t kLeastNormal = 0x38800000, kLeastInfinite = 0x477ff000, kInfinity = 0x7f800000;
  const Words finite = magnitude < kLeastNormal ? subnormal : normal;
  const Words limited = magnitude < kLeastInfinite ? finite : Words{} + 0x7c00;
  store_halves(to, __builtin_convertvector(sign | (magnitude > kInfinity ? nan : limited), Halves));
#endif
}

/// to[i] = from[i].
template <class Half>
void widen(const Half* from, int64_t count, float* to) {
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) store(to + i, load(from + i));
  if (i == count) return;
  Half halves[kLanes] = {};
  float floats[kLanes];
  for (int64_t lane = 0; i + lane < count; ++lane) halves[lane] = from[i + lane];
  store(floats, load(halves));
  for (int64_t lane = 0; i + lane < count; ++lane) to[i + lane] = floats[lane];
}

/// to[i] = from[i], rounded.
template <class Half>
void narrow(const float* from, int64_t count, Half* to) {
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) store(to + i, load(from + i));
  if (i == count) return;
  float floats[kLanes] = {};
  Half halves[kLanes];
  for (int64_t lane = 0; i + lane < count; ++lane) floats[lane] = from[i + lane];
  store(halves, load(floats));
  for (int64_t lane = 0; i + lane < count; ++lane) to[i + lane] = halves[lane];
}

}  // namespace
