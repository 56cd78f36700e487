// AVX-512 F, DQ, BW, VL.
#define ORTNCE_LANES 16
#define ORTNCE_LEVEL "avx512"
#define ORTNCE_KERNELS kAvx512ConversionKernels
#include "kernels/cpu/conversion_block-inl.h"
