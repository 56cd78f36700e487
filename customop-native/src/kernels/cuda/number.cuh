// Numbers as they are stored, and as floats.
#pragma once

#include "kernels/cuda/device.cuh"
#include "kernels/element_type.h"

namespace ortnce::kernels::cuda {

ORTNCE_DEVICE float widen(float x) { return x; }
ORTNCE_DEVICE float widen(Float16 x) { return widen_half(x.bits); }
ORTNCE_DEVICE float widen(Bfloat16 x) { return float_of(static_cast<uint32_t>(x.bits) << 16); }

/// Rounds to nearest, ties to even.
ORTNCE_DEVICE void narrow(float x, float* to) { *to = x; }
ORTNCE_DEVICE void narrow(float x, Float16* to) { to->bits = narrow_half(x); }
ORTNCE_DEVICE void narrow(float x, Bfloat16* to) {
  const uint32_t bits = bits_of(x), rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  to->bits = static_cast<uint16_t>((bits & 0x7fffffff) > 0x7f800000 ? bits >> 16 | 0x40 : rounded);
}

/// What one instruction moves: 16 bytes.
struct alignas(16) Chunk {
  uint32_t words[4];
};

/// Numbers that lie side by side, at a multiple of their size: one access.
template <class T, int kCount>
struct alignas(kCount * sizeof(T)) Pack {
  T numbers[kCount];
};

}  // namespace ortnce::kernels::cuda
