// AVX-512 F, DQ, BW, VL: 512-bit vectors, 32 registers. Compiled with the flags of those four.
#define ORTNCE_LANES 16
#define ORTNCE_ROWS 6
#define ORTNCE_VECTORS 4  // 24 accumulators, 4 panel vectors, a broadcast: 10 loads for 24 products
#define ORTNCE_LEVEL "avx512"
#define ORTNCE_KERNELS kAvx512Kernels
#include "kernels/cpu/nce_block-inl.h"
