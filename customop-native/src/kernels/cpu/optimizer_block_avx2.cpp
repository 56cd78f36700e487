// AVX2, without fused products.
#define ORTNCE_LEVEL "avx2"
#define ORTNCE_KERNELS kAvx2OptimizerKernels
#include "kernels/cpu/optimizer_block-inl.h"
