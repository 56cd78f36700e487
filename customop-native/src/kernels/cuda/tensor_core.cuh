// Products of small matrices by the 32 lanes of a warp together.
//
// Rows of an operand are 16-byte chunks along the inner dimension: 8 half numbers or 4 floats. Fragments
// of one chunk lie over the lanes in the same way for all types: lane l holds word l % 4 of row l / 4.
#pragma once

#include "kernels/cuda/device.cuh"
#include "kernels/element_type.h"

#ifdef __CUDACC__

namespace ortnce::kernels::cuda {

/// Whether the architecture that is compiled for has matrix products of the type.
template <class T>
struct TensorCore {
#if __CUDA_ARCH__ >= 800
  static constexpr bool kHere = true;
#else
  static constexpr bool kHere = false;
#endif
};

#if __CUDA_ARCH__ >= 750
template <>
struct TensorCore<Float16> {
  static constexpr bool kHere = true;
};
#endif

/// Loads four matrices of 8 rows by one chunk. Lane l gives the address of row l % 8 of matrix l / 8;
/// r[m] is what the lane holds of matrix m.
ORTNCE_DEVICE void load_matrices(const void* row, uint32_t (&r)[4]) {
  const auto shared = static_cast<uint32_t>(__cvta_generic_to_shared(row));
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(shared)
               : "memory");
}

/// The same of halves, transposed: r[m] is numbers lane / 4 of rows 2 (lane % 4) and the next of matrix m.
ORTNCE_DEVICE void load_matrices_transposed(const void* row, uint32_t (&r)[4]) {
  const auto shared = static_cast<uint32_t>(__cvta_generic_to_shared(row));
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(shared)
               : "memory");
}

/// c += a b: [16, 8] += [16, 2 chunks] by [2 chunks, 8]. a: rows 0 to 7 and 8 to 15 of the first chunk, then
/// of the second; b: its two chunks of columns; c: columns 2 (l % 4) and the next of rows l / 4 and
/// l / 4 + 8. Products are exact, sums in float.
ORTNCE_DEVICE void multiply_add(Float16, float (&c)[4], const uint32_t (&a)[4], const uint32_t* b) {
#if __CUDA_ARCH__ >= 800
  asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
               : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
#else
  for (int chunk = 0; chunk < 2; ++chunk) {
    asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5}, {%6}, {%0,%1,%2,%3};"
                 : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
                 : "r"(a[2 * chunk]), "r"(a[2 * chunk + 1]), "r"(b[chunk]));
  }
#endif
}

ORTNCE_DEVICE void multiply_add(Bfloat16, float (&c)[4], const uint32_t (&a)[4], const uint32_t* b) {
#if __CUDA_ARCH__ >= 800
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
#endif
}

/// Of floats whose lower 13 bits are left out: see round_for().
ORTNCE_DEVICE void multiply_add(float, float (&c)[4], const uint32_t (&a)[4], const uint32_t* b) {
#if __CUDA_ARCH__ >= 800
  asm volatile(
      "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
#endif
}

/// The bits of a float rounded to the 11 digits that multiply_add() reads.
ORTNCE_DEVICE uint32_t rounded_to_tf32(uint32_t bits) {
#if __CUDA_ARCH__ >= 800
  uint32_t rounded;
  asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(rounded) : "f"(float_of(bits)));
  return rounded;
#else
  return bits;
#endif
}

}  // namespace ortnce::kernels::cuda

#else
#include "cuda_emulation/tensor_core.h"
#endif
