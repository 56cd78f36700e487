// AVX-512 F, DQ, BW, VL, without fused products.
#define ORTNCE_LEVEL "avx512"
#define ORTNCE_KERNELS kAvx512OptimizerKernels
#include "kernels/cpu/optimizer_block-inl.h"
