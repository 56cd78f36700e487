// The functions of kernels/cuda/tensor_core.cuh on a processor.
//
// A tensor core multiplies exactly and adds with a few bits more than a float has, cutting off the rest, in
// an order that is not documented. Here each sum is formed in double and cut off to a float: the
// rounding of one step, at its worst in direction, in no particular order.
#pragma once

#include <cstdint>

#include "cuda_emulation/device.h"
#include "kernels/element_type.h"

namespace ortnce::kernels::cuda {

template <class T>
struct TensorCore {
  static constexpr bool kHere = true;
};

void load_matrices(const void* row, uint32_t (&r)[4]);
void load_matrices_transposed(const void* row, uint32_t (&r)[4]);
void multiply_add(Float16, float (&c)[4], const uint32_t (&a)[4], const uint32_t* b);
void multiply_add(Bfloat16, float (&c)[4], const uint32_t (&a)[4], const uint32_t* b);
void multiply_add(float, float (&c)[4], const uint32_t (&a)[4], const uint32_t* b);

/// To nearest, ties away from zero.
inline uint32_t rounded_to_tf32(uint32_t bits) {
  return (bits & 0x7f800000) == 0x7f800000 ? bits : (bits + 0x1000) & ~uint32_t{0x1fff};
}

}  // namespace ortnce::kernels::cuda
