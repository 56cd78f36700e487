// Conversion between float and the half types, compiled once per instruction set.
#pragma once

#include <cstdint>

#include "kernels/element_type.h"

namespace ortnce::kernels::cpu {

/// The conversions of one instruction-set level; half-inl.h says how they round. Every level gives the
/// same bits.
struct ConversionKernels {
  const char* level;
  void (*widen_float16)(const Float16* from, int64_t count, float* to);
  void (*widen_bfloat16)(const Bfloat16* from, int64_t count, float* to);
  void (*narrow_float16)(const float* from, int64_t count, Float16* to);
  void (*narrow_bfloat16)(const float* from, int64_t count, Bfloat16* to);
};

extern const ConversionKernels kBaselineConversionKernels;
#ifdef __x86_64__
extern const ConversionKernels kAvx2ConversionKernels;
extern const ConversionKernels kAvx512ConversionKernels;
#endif

}  // namespace ortnce::kernels::cpu
