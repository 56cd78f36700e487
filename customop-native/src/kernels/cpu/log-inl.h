// The natural logarithm in double of one instruction-set level.
#pragma once

#include "kernels/cpu/vector-inl.h"

namespace {

/// log(x) for positive finite normal doubles, with a relative error of some 2^-44: more than a result
/// that becomes a float needs. Other numbers give some number.
///
/// x = m 2^e with m in [sqrt(1/2), sqrt(2)); log(m) = 2 atanh(s), s = (m - 1) / (m + 1), |s| <= 0.1716.
inline HalfDoubles log_of(HalfDoubles x) {
  using Bits = uint64_t __attribute__((vector_size(4 * ORTNCE_LANES)));
  constexpr uint64_t kSqrtHalf = 0x3fe6a09e667f3bcd, kMantissa = 0x000fffffffffffff;
  // Counted from sqrt(1/2), the exponent field is e and the mantissa field that of m.
  const Bits above = (Bits)x - kSqrtHalf;
  const HalfDoubles m = (HalfDoubles)((above & kMantissa) + kSqrtHalf);
  // e + 1024 in the low bits of 2^52: integers become doubles without an instruction for it.
  constexpr uint64_t kTwo52 = 0x4330000000000000;
  const Bits biased = (above + (uint64_t{1024} << 52)) >> 52;
  const HalfDoubles e = (HalfDoubles)(biased | kTwo52) - (0x1p52 + 1024);
  const HalfDoubles s = (m - 1.0) / (m + 1.0), z = s * s;
  // The series of atanh: what is left out is below z^8 / 17 of s.
  HalfDoubles p = z * (1.0 / 15) + 1.0 / 13;
  p = p * z + 1.0 / 11;
  p = p * z + 1.0 / 9;
  p = p * z + 1.0 / 7;
  p = p * z + 1.0 / 5;
  p = p * z + 1.0 / 3;
  return e * 0x1.62e42fefa39efp-1 + (s + s) * (p * z + 1.0);
}

/// offsets[i] -= log(counts[i]), in double and rounded once, for positive finite counts, subnormal ones
/// too. An element of any other count is some number.
void subtract_logs(const float* counts, int64_t count, float* offsets) {
  constexpr int kHalf = kLanes / 2;
  const auto subtract = [](const float* of, float* from) {
    const auto logs = log_of(__builtin_convertvector(*reinterpret_cast<const LooseHalfFloats*>(of), HalfDoubles));
    auto* const at = reinterpret_cast<LooseHalfFloats*>(from);
    *at = __builtin_convertvector(__builtin_convertvector(*at, HalfDoubles) - logs, LooseHalfFloats);
  };
  int64_t i = 0;
  for (; i + kHalf <= count; i += kHalf) subtract(counts + i, offsets + i);
  if (i == count) return;
  float rest[kHalf] = {}, results[kHalf] = {};
  for (int lane = 0; i + lane < count; ++lane) rest[lane] = counts[i + lane], results[lane] = offsets[i + lane];
  subtract(rest, results);
  for (int lane = 0; i + lane < count; ++lane) offsets[i + lane] = results[lane];
}

}  // namespace
