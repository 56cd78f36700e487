// AVX2 and F16C.
#define ORTNCE_LANES 8
#define ORTNCE_LEVEL "avx2"
#define ORTNCE_KERNELS kAvx2ConversionKernels
#include "kernels/cpu/conversion_block-inl.h"
